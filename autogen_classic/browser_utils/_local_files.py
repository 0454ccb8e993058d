"""Files of this machine in a browser: how a folder looks, and where downloads go."""

from __future__ import annotations

import os
import re
from datetime import datetime
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

__all__ = ("folder_as_markdown", "name_of_download", "path_of", "save")

_UNFIT_FOR_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_LONGEST_NAME = 130  # bytes, which leaves room for a number even on encrypted file systems
_LONGEST_EXTENSION = 20


def path_of(address: str) -> Path:
    """The path that a ``file:`` address stands for."""
    return Path(url2pathname(urlsplit(address).path))


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
