"""Which files of this machine a browser shows, how a folder looks, and where downloads go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ..errors import AddressRefusedError

__all__ = ("LocalFiles", "folder_as_markdown", "name_of_download", "path_of", "save")

_UNFIT_FOR_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_LONGEST_NAME = 130  # bytes, which leaves room for a number even on encrypted file systems
_LONGEST_EXTENSION = 20


def path_of(address: str) -> Path:
    """The path that a ``file:`` address stands for."""
    return Path(url2pathname(urlsplit(address).path))


class LocalFiles:
    """Decides which files may be shown.

    Args:
        allowed: True for every file, False for none, or the folders whose files may be shown. None for those that the
            program itself opens.
        downloads_folder: files in it may be shown unless ``allowed`` is False.
    """

    def __init__(self, allowed: bool | Iterable[str | os.PathLike[str]] | None, downloads_folder: str | None) -> None:
        listed = isinstance(allowed, Iterable) and not isinstance(allowed, str)
        folders = list(allowed) if listed else [allowed] if isinstance(allowed, str) else []  # type: ignore[arg-type]
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
        real = os.path.realpath(path)
        if not any(os.path.commonpath([real, folder]) == folder for folder in self._folders):
            raise AddressRefusedError(
                f"The file {str(path)!r} is refused: allow_local_files says which folders of this machine may be shown."
            )


def folder_as_markdown(folder: Path) -> str:
    """The content of a folder as a table with links."""
    lines = [
        f"# Index of {folder}",
        "",
        f"[.. (parent directory)]({folder.parent.as_uri()})",
        "",
        "| Name | Size | Date modified |",
        "| --- | --- | --- |",
    ]
    for entry in sorted(folder.iterdir(), key=lambda one: (one.is_dir(), one.name)):
        facts = entry.lstat()
        changed = datetime.fromtimestamp(facts.st_mtime).strftime("%Y-%m-%d %H:%M")
        name = re.sub(r"([\\\[\]|])", r"\\\1", entry.name)
        shown, size = (f"{name}/", "") if entry.is_dir() else (name, str(facts.st_size))
        lines.append(f"| [{shown}]({entry.absolute().as_uri()}) | {size} | {changed} |")
    return "\n".join(lines) + "\n"


def name_of_download(url: str, content_disposition: str | None) -> str:
    """The name under which a download is saved: what the server suggests, or the end of the address.

    Args:
        url: where the content comes from.
        content_disposition: the header of that name.

    Returns:
        A name without folders, that every file system takes.
    """
    suggested = ""
    if content_disposition:
        header = Message()
        header["Content-Disposition"] = " ".join(content_disposition.splitlines())
        suggested = header.get_filename("")
    name = suggested or urlsplit(url).path
    name = re.split(r"[/\\]", name)[-1]
    name = _UNFIT_FOR_NAMES.sub("_", name).strip(" .")
    stem, extension = os.path.splitext(name)
    if len(extension.encode("utf-8", "ignore")) > _LONGEST_EXTENSION:
        stem, extension = name, ""
    return _cut(stem, _LONGEST_NAME - _LONGEST_EXTENSION) + _cut(extension, _LONGEST_EXTENSION) or "download"


def _cut(text: str, size: int) -> str:
    """The beginning of a text that fits into some bytes of UTF-8, without what UTF-8 cannot write."""
    return text.encode("utf-8", "ignore")[:size].decode("utf-8", "ignore")


def save(content: bytes, folder: str, name: str) -> Path:
    """Write a new file; where the name is taken, a number goes behind it.

    Args:
        content: what is written.
        folder: where; it is made if it is missing.
        name: a name without folders.

    Returns:
        The whole path.
    """
    os.makedirs(folder, exist_ok=True)
    stem, extension = os.path.splitext(name)
    number = 0
    while True:
        path = Path(folder).absolute() / (f"{stem}__{number}{extension}" if number else name)
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            number += 1
        else:
            return path
