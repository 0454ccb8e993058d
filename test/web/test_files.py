"""Which files of this machine may be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autogen_classic._web.files import LocalFiles
from autogen_classic.errors import AddressRefusedError


@pytest.mark.parametrize("form", [str, Path, lambda folder: [folder], lambda folder: iter([Path(folder)])])
def test_files_in_a_folder_are_allowed_in_whatever_form_it_is_given(form: Any, tmp_path: Path) -> None:
    files = LocalFiles(form(str(tmp_path)))
    files.check(tmp_path / "a.png", opened_by_program=False)
    with pytest.raises(AddressRefusedError, match="allow_local_files says which folders"):
        files.check(tmp_path.parent / "a.png", opened_by_program=True)


@pytest.mark.parametrize("allowed", [1, 2.5, b"/", object(), [None], [b"/"], [True]])
def test_what_is_not_a_folder_is_refused(allowed: Any) -> None:
    with pytest.raises(TypeError, match="a folder is a text or a path, but not"):
        LocalFiles(allowed)
