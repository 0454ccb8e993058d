"""Find documents in folders and on the web, and read their text."""

from __future__ import annotations

import glob
import hashlib
import logging
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

from ...._packages import missing_package
from ...._secrets import place_of
from ...._web.addresses import is_url
from ...._web.errors import AddressRefusedError, FetchError
from ...._web.fetch import fetch
from ....errors import UnreadableDocumentError
from .pages import markdown_of

if TYPE_CHECKING:
    import requests

__all__ = (
    "HAS_UNSTRUCTURED",
    "TEXT_FORMATS",
    "UNSTRUCTURED_FORMATS",
    "Found",
    "check_docs_path",
    "download",
    "files_in",
    "save_response",
    "text_of",
    "text_of_pdf",
)

logger = logging.getLogger("autogen.retrieve_utils")
_PYPDF = logging.getLogger("pypdf")

Found: TypeAlias = "str | tuple[str, str]"
"""The path of a file; for a downloaded one, a pair of its path and the url."""

UNSTRUCTURED_FORMATS = [
    "doc",
    "docx",
    "epub",
    "msg",
    "odt",
    "org",
    "pdf",
    "ppt",
    "pptx",
    "rtf",
    "rst",
    "xlsx",
]
HAS_UNSTRUCTURED = find_spec("unstructured") is not None
TEXT_FORMATS = [
    "txt",
    "json",
    "csv",
    "tsv",
    "md",
    "html",
    "htm",
    "rtf",
    "rst",
    "jsonl",
    "log",
    "xml",
    "yaml",
    "yml",
    "pdf",
]
if HAS_UNSTRUCTURED:
    TEXT_FORMATS += [kind for kind in UNSTRUCTURED_FORMATS if kind not in TEXT_FORMATS]

_DOWNLOADS = Path("tmp", "chromadb")
_HASH_LENGTH = 8
_LONGEST_NAME = 80


def check_docs_path(given: object) -> None:
    """Refuse what does not say where documents are.

    Args:
        given: a path, pattern or url, several of these, or None.

    Raises:
        TypeError: ``given`` is none of these.
    """
    if isinstance(given, bytes | Mapping) or not isinstance(given, str | PathLike | Iterable | None):
        raise TypeError(f"docs_path must be a path, a pattern, a url, a list of these, or None; it is {given!r}.")


def files_in(places: str | Sequence[str], types: Sequence[str], recursive: bool) -> list[Found]:
    """Find the files that paths, patterns and urls stand for.

    Args:
        places: a file, a folder, a pattern such as ``"docs/**/*.md"``, a url, or a list of these.
        types: the endings to take from folders and patterns, without the dot. A file that is named is taken anyway.
        recursive: whether to look into the folders of a folder.

    Returns:
        The files; those of urls as pairs of file and url.

    Raises:
        ValueError: ``places`` is a single path which does not exist. In a list, such a path is skipped with a warning.
        AddressRefusedError: a url leads to where nothing may be fetched from.
    """
    if isinstance(places, str):
        found = _files_of(places, types, recursive)
        if found is None:
            kind = "File" if Path(places).suffix else "Directory"
            problem = f"{kind} {places} does not exist."
            if glob.has_magic(places):
                problem = f"Nothing matches the pattern {places}."
            logger.error("%s", problem)
            raise ValueError(problem)
        return list(found)
    files: list[Found] = []
    for place in places:
        found = _files_of(str(place), types, recursive)
        if found is None:
            logger.warning("File %s does not exist. Skipping.", place)
        files.extend(found or ())
    return files


def _files_of(place: str, types: Sequence[str], recursive: bool) -> Iterable[Found] | None:
    """The files of one place, or None if it does not exist."""
    if is_url(place):
        downloaded = download(place)
        return [downloaded] if downloaded else []
    path = Path(place)
    if path.is_file():
        return [place]
    if path.is_dir():
        return _files_below(path, types, recursive)
    matching = sorted(glob.glob(place, recursive=recursive)) if glob.has_magic(place) else []
    if not matching:
        return None
    return [file for file in matching if Path(file).is_file() and _has_type(Path(file), types)]


def _files_below(folder: Path, types: Sequence[str], recursive: bool) -> Iterator[str]:
    for file in sorted(folder.rglob("*") if recursive else folder.glob("*")):
        if file.is_file() and _has_type(file, types):
            yield str(file)


def _has_type(file: Path, types: Sequence[str]) -> bool:
    return file.suffix[1:].lower() in types


def download(url: str, save_path: str | None = None) -> tuple[str, str] | None:
    """Fetch a url into a file; a web page becomes Markdown.

    Args:
        url: an http or https address.
        save_path: a file, or a folder that exists; the default is the folder ``tmp/chromadb``.

    Returns:
        The file and the url; None, after a warning, if the url cannot be fetched or read.

    Raises:
        AddressRefusedError: the url, or one that it redirects to, leads to where nothing may be fetched from.
    """
    try:
        response = fetch(url)
        response.raise_for_status()
    except AddressRefusedError:
        raise
    except OSError as error:  # all errors of requests are of this kind
        logger.warning(
            "Failed to download %s, %s", place_of(url), error if isinstance(error, FetchError) else response.status_code
        )
        return None
    try:
        return save_response(response, url, save_path), url
    except UnreadableDocumentError as error:
        logger.warning("%s cannot be read: %s", place_of(url), error)
        return None


def save_response(response: requests.Response, url: str, save_path: str | None = None) -> str:
    """Write the content of an address into a file; a web page becomes Markdown.

    Args:
        response: the answer of the server.
        url: the address, from which the file gets its name.
        save_path: as for `download`.

    Returns:
        The path of the file.

    Raises:
        UnreadableDocumentError: a web page cannot be turned into Markdown.
    """
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    content = response.content
    if kind in ("text/html", "application/xhtml+xml"):
        content = markdown_of(content, url).encode()
        kind = "text/markdown"
    path = Path(save_path) if save_path else _DOWNLOADS
    if not save_path or path.is_dir():
        path = path / _name_for(url, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def _name_for(url: str, kind: str) -> str:
    """Make a file name that says where the content comes from, with the ending that its kind asks for."""
    parts = urlsplit(url)
    name = unquote(parts.path).rstrip("/").rpartition("/")[2]
    readable = re.sub(r"[^\w.-]+", "_", f"{parts.hostname}_{name}")[:_LONGEST_NAME]
    ending = Path(name).suffix if Path(name).suffix[1:].lower() in TEXT_FORMATS else ""
    if kind == "text/markdown":
        ending = ".md"
    elif kind == "application/pdf" or not ending:
        ending = mimetypes.guess_extension(kind) or ending or ".txt"
    return f"{readable}_{_hash(url)}{ending}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8")).hexdigest()[:_HASH_LENGTH]


def text_of(file: str) -> str:
    """Read the text of a file.

    Args:
        file: its path; the ending says how to read it.

    Returns:
        The text. Bytes that are not UTF-8 or UTF-16 are read as Western European.

    Raises:
        FileNotFoundError: the file does not exist.
        ImportError: the file is a PDF, and pypdf is missing.
        UnreadableDocumentError: the file is damaged, or needs a password.
    """
    kind = Path(file).suffix[1:].lower()
    if HAS_UNSTRUCTURED and kind in UNSTRUCTURED_FORMATS:
        return _text_by_unstructured(file)
    if kind == "pdf":
        return text_of_pdf(file)
    return _decoded(Path(file).read_bytes())


def _decoded(content: bytes) -> str:
    """The text of bytes: UTF-8, or UTF-16 with a mark; other bytes are read as Western European."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def text_of_pdf(file: str) -> str:
    """Read the text of a PDF file, page by page.

    Args:
        file: its path. A file that opens without a password is read even if it is encrypted.

    Returns:
        The text, with a line end after each page.

    Raises:
        FileNotFoundError: the file does not exist.
        ImportError: pypdf is missing.
        UnreadableDocumentError: the file is damaged, or needs a password.
    """
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise missing_package("Reading PDF files", error, "retrievechat") from error
    if _PYPDF.level == logging.NOTSET:
        _PYPDF.setLevel(logging.CRITICAL)  # pypdf comments on every flaw of a file without naming the file
    with Path(file).open("rb") as stream:
        try:
            reader = PdfReader(stream)
            if reader.is_encrypted:
                reader.decrypt("")
            return "".join(f"{page.extract_text()}\n" for page in reader.pages)
        except Exception as error:  # on damaged files, pypdf fails with whatever it stumbles over
            reason = (str(error) or type(error).__name__).rstrip(".")
            raise UnreadableDocumentError(f"The PDF file {file} cannot be read: {reason}.") from error


def _text_by_unstructured(file: str) -> str:
    from unstructured.partition.auto import partition

    return "\n\n".join(str(element) for element in partition(file))
