"""Which files of this machine may be shown when a model or a page may have chosen them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from .errors import AddressRefusedError

__all__ = ("AllowedFiles", "LocalFiles")

AllowedFiles: TypeAlias = "bool | str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None"
"""All files, none, those in one folder or in some, or (None) those that the program itself opens."""


class LocalFiles:
    """Decides which files may be shown, to a model or to a person.

    Args:
        allowed: True for every file, False for none, or the folder or folders whose files may be shown. None for those
            that the program itself opens.
        downloads_folder: files in it may be shown unless ``allowed`` is False.

    Raises:
        TypeError: ``allowed`` is none of these.
    """

    def __init__(self, allowed: AllowedFiles = None, downloads_folder: str | None = None) -> None:
        folders = _folders_in(allowed)
        if downloads_folder and allowed is not False:
            folders.append(downloads_folder)
        self._folders = [os.path.realpath(folder) for folder in folders]
        self._everything = allowed is True
        self._what_programs_open = allowed is None

    def check(self, path: Path, opened_by_program: bool) -> None:
        """Refuse a file that may not be shown.

        Args:
            path: the file or folder; links are followed.
            opened_by_program: whether a program asks for it; otherwise a page or a model does.

        Raises:
            AddressRefusedError: it may not be shown.
        """
        if self._everything or (self._what_programs_open and opened_by_program):
            return
        if not any(Path(os.path.realpath(path)).is_relative_to(folder) for folder in self._folders):
            raise AddressRefusedError(
                f"The file {str(path)!r} is refused: allow_local_files says which folders of this machine may be shown."
            )


def _folders_in(allowed: object) -> list[str | os.PathLike[str]]:
    if allowed is None or isinstance(allowed, bool):
        return []
    is_list = isinstance(allowed, Iterable) and not isinstance(allowed, (str, bytes, os.PathLike))
    folders: list[str | os.PathLike[str]] = []
    for folder in allowed if is_list else (allowed,):  # type: ignore[attr-defined]  # it is iterable then
        if not isinstance(folder, (str, os.PathLike)):
            raise TypeError(
                "allow_local_files is True, False, None, a folder or a list of folders, and a folder is a text or a "
                f"path, but not {folder!r}."
            )
        folders.append(folder)
    return folders
