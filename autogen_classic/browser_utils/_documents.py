"""What a document may be, whether it can be unpacked, and how its Markdown is kept tidy."""

from __future__ import annotations

import importlib
import mimetypes
import re
import zipfile
from collections.abc import Iterator

from ..errors import FileConversionException

__all__ = ("each_once", "extension_of_kind", "refuse_bomb", "tidy")

MOST_UNPACKED = 500_000_000


def tidy(text: str) -> str:
    """A text without white space at the ends of lines, and with at most one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in re.split(r"\r?\n", text)))


def each_once(extensions: list[str], path: str) -> Iterator[str]:
    """The extensions that a document may have: those that are known, then what its first bytes say."""
    seen = {""}
    for extension in extensions:
        extension = extension.lower() if extension.startswith(".") or not extension else f".{extension.lower()}"
        if extension not in seen:
            seen.add(extension)
            yield extension
    puremagic = importlib.import_module("puremagic")
    try:
        guessed = puremagic.from_file(path)
    except (puremagic.PureError, ValueError):
        return
    if guessed not in seen:
        yield guessed


def extension_of_kind(kind: str) -> str:
    """The extension for a type of content; what is not known of text is plain text."""
    if kind == "text/plain":
        return ".txt"
    return mimetypes.guess_extension(kind) or (".txt" if kind.startswith("text/") else "")


def refuse_bomb(path: str, shown: str) -> None:
    """Refuse a document whose parts take more memory than any real one, once they are unpacked.

    Raises:
        FileConversionException: the parts take more than `MOST_UNPACKED` bytes.
    """
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise FileConversionException(f"{shown!r} unpacks to more than {MOST_UNPACKED} bytes.")
