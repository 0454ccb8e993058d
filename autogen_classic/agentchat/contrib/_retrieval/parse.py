"""Turn a file of any kind into Markdown: with docling where it is installed, otherwise with ``markitdown``."""

from __future__ import annotations

import importlib
import logging
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from ...._packages import keep_onnxruntime_silent
from ...._web.addresses import is_url, without_login
from ....browser_utils import MarkdownConverter
from ....errors import FileConversionException, UnreadableDocumentError, UnsupportedFormatException
from .files import TEXT_FORMATS, download, text_of

__all__ = ("LARGEST_FILE", "Folder", "Places", "documents_in", "markdown_of_file")

logger = logging.getLogger("autogen.agentchat.contrib.retrieval")

Folder: TypeAlias = str | Path | None
"""The path of a folder; None for no folder."""
Places: TypeAlias = str | Path | Iterable[str | Path] | None
"""The path of a file or an http(s) address, or several of these; None for none at all."""

LARGEST_FILE = 50_000_000
"""In bytes."""

_MARKED_UP = ("html", "htm", "pdf", "rtf")
_PLAIN = frozenset(kind for kind in TEXT_FORMATS if kind not in _MARKED_UP) | {"markdown", "adoc", "toml", "py"}
_FOR_DOCLING = frozenset(("pdf", "docx", "pptx", "xlsx", "html", "htm", "png", "jpg", "jpeg", "tif", "tiff", "bmp"))


def markdown_of_file(file: str | Path) -> str:
    """Read a file as Markdown.

    Args:
        file: its path; the ending says of which kind it is.

    Returns:
        The text, which is not empty.

    Raises:
        FileNotFoundError: it does not exist.
        UnreadableDocumentError: it is a folder, empty, too large, damaged, of an unknown kind, or holds no text.
        ImportError: a package for its kind is missing.
    """
    path = Path(file)
    _refuse_unreadable(path)
    kind = path.suffix[1:].lower()
    if kind in _PLAIN or not kind:
        text = _plain_text(path)
    elif kind in _FOR_DOCLING and find_spec("docling") is not None:
        text = _by_docling(path)
    else:
        text = _by_markitdown(path)
    if not text.strip():
        raise UnreadableDocumentError(f"{path} holds no text that can be read; it may consist of pictures.")
    return text


def _refuse_unreadable(path: Path) -> None:
    if path.is_dir():
        raise UnreadableDocumentError(f"{path} is a folder. Name the files in it, or their folder as a folder.")
    if not path.exists():
        raise FileNotFoundError(f"The file {path} does not exist.")
    size = path.stat().st_size
    if not size:
        raise UnreadableDocumentError(f"The file {path} is empty.")
    if size > LARGEST_FILE:
        raise UnreadableDocumentError(
            f"The file {path} is too large: it has {size:,} bytes, and at most {LARGEST_FILE:,} are read."
        )


def _plain_text(path: Path) -> str:
    text = text_of(str(path))
    if "\0" in text:
        raise UnreadableDocumentError(f"{path} is not a text, whatever its name says.")
    return text


def _by_docling(path: Path) -> str:
    keep_onnxruntime_silent()
    converter = importlib.import_module("docling.document_converter").DocumentConverter()
    try:
        return str(converter.convert(str(path)).document.export_to_markdown())
    except Exception as error:  # on damaged files, the engines behind docling fail with whatever they stumble over
        raise UnreadableDocumentError(f"{path} cannot be read: {error}") from error


def _by_markitdown(path: Path) -> str:
    try:
        return MarkdownConverter().convert_local(path).text_content
    except UnsupportedFormatException as error:
        raise UnreadableDocumentError(
            f"{path} is of a kind that cannot be read ({path.suffix}). Texts, HTML, PDF and files of Office can be."
        ) from error
    except FileConversionException as error:
        raise UnreadableDocumentError(str(error)) from error


def documents_in(folder: Folder, places: Places) -> list[tuple[str, str]]:
    """Read the documents that a program names.

    Args:
        folder: a folder, of which hidden files and the folders in it are left out. Files in it that cannot be read
            are passed over with a warning.
        places: files and http(s) addresses; all must be readable.

    Returns:
        Pairs of a text and where it comes from.

    Raises:
        FileNotFoundError: a file or the folder does not exist.
        UnreadableDocumentError: a named document cannot be read.
        AddressRefusedError: an address leads to where nothing may be fetched from.
    """
    if isinstance(places, str | Path):
        places = [places]
    documents = []
    if folder is not None:
        if not Path(folder).is_dir():
            raise FileNotFoundError(f"The folder {folder} does not exist.")
        for file in sorted(path for path in Path(folder).iterdir() if path.is_file() and path.name[0] != "."):
            try:
                documents.append((markdown_of_file(file), str(file)))
            except UnreadableDocumentError as error:
                logger.warning("A file is passed over. %s", error)
    for place in places or ():
        documents.append((_text_at(str(place)), str(place)))
    return documents


def _text_at(place: str) -> str:
    if not is_url(place):
        return markdown_of_file(place)
    with tempfile.TemporaryDirectory() as folder:
        found = download(place, folder)
        if found is None:
            raise UnreadableDocumentError(f"{without_login(place)} cannot be fetched; the log says why.")
        return markdown_of_file(found[0])
