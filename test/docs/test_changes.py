"""Every change that is not released yet is one line in a file whose name says what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHANGES = sorted(
    path for path in (Path(__file__).resolve().parents[2] / "changes").glob("*.md") if path.stem != "README"
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_is_one_line_for_its_readers(change: Path) -> None:
    assert re.fullmatch(r"\d+\.([\w-]+\.)?(added|changed|fixed|removed)\.md", change.name)
    text = change.read_text(encoding="utf-8")
    assert text == text.strip() + "\n"
    assert "\n" not in text.strip()
