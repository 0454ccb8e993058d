"""Documents as Markdown: one converter for each kind of file, and one that chooses between them.

The work is done by ``markitdown``, which is loaded when the first document is converted.
"""

from __future__ import annotations

import base64
import importlib
import mimetypes
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, ClassVar, Protocol

import requests

from .._web.fence import AddressFence
from .._web.fetch import fetch
from ..errors import FileConversionException, UnsupportedFormatException
from ._local_files import name_of_download

__all__ = (
    "IS_AUDIO_TRANSCRIPTION_CAPABLE",
    "IS_YOUTUBE_TRANSCRIPT_CAPABLE",
    "BingSerpConverter",
    "DocumentConverter",
    "DocumentConverterResult",
    "DocxConverter",
    "FileConversionException",
    "HtmlConverter",
    "ImageConverter",
    "MarkdownConverter",
    "MediaConverter",
    "Mp3Converter",
    "PdfConverter",
    "PlainTextConverter",
    "PptxConverter",
    "UnsupportedFormatException",
    "WavConverter",
    "WikipediaConverter",
    "XlsxConverter",
    "YouTubeConverter",
)

IS_AUDIO_TRANSCRIPTION_CAPABLE = bool(find_spec("pydub") and find_spec("speech_recognition"))
"""Whether spoken words are written down; it sends the sound to a service of Google."""
IS_YOUTUBE_TRANSCRIPT_CAPABLE = bool(find_spec("youtube_transcript_api"))
"""Whether the subtitles of a video are fetched for its page."""


class _DescribingModel(Protocol):
    """What is asked of an `OpenAIWrapper`."""

    create: Callable[..., object]
    extract_text_or_completion_object: Callable[..., Sequence[object]]


_MOST_UNPACKED = 500_000_000
_CAPTION_PROMPT = "Describe this picture in one detailed sentence."


class DocumentConverterResult:
    """A document as Markdown.

    Args:
        title: the title of the document; None if it has none.
        text_content: the document.
    """

    def __init__(self, title: str | None = None, text_content: str = "") -> None:
        self.title = title
        self.text_content = text_content


class DocumentConverter:
    """Converts one kind of document. Subclasses override `convert`."""

    _extensions: ClassVar[tuple[str, ...]] = ()
    _engine: ClassVar[str] = ""

    def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
        """Convert a file.

        Args:
            local_path: where the file is.
            **kwargs: what is known about it: ``file_extension`` (with its dot), ``url``, and options of converters.

        Returns:
            The document, or None if this converter does not take it.
        """
        if str(kwargs.get("file_extension", "")).lower() not in self._extensions:
            return None
        return _by_markitdown(self._engine, local_path, **kwargs)


def _by_markitdown(engine: str, local_path: str, **kwargs: Any) -> DocumentConverterResult:
    """Convert a file with the converter of ``markitdown`` that has this name."""
    try:
        markitdown = importlib.import_module("markitdown")
        converter = getattr(importlib.import_module("markitdown.converters"), engine)()
    except ImportError as error:
        raise ImportError(
            f"Documents cannot be converted: {error}. Run pip install autogen-classic[websurfer]."
        ) from error
    extension = str(kwargs.get("file_extension", ""))
    facts = markitdown.StreamInfo(
        extension=extension,
        mimetype=mimetypes.guess_type(f"file{extension}")[0],
        charset=kwargs.get("charset"),
        url=kwargs.get("url"),
        local_path=local_path,
    )
    with open(local_path, "rb") as file:
        result = converter.convert(file, facts, exiftool_path=shutil.which("exiftool"))
    return DocumentConverterResult(title=result.title, text_content=result.markdown)


class PlainTextConverter(DocumentConverter):
    """Takes every file whose name stands for a kind of text."""

    _engine = "PlainTextConverter"

    def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
        kind = mimetypes.guess_type(f"file{kwargs.get('file_extension', '')}")[0] or ""
        return _by_markitdown(self._engine, local_path, **kwargs) if kind.startswith("text/") else None


class HtmlConverter(DocumentConverter):
    """Takes pages; scripts and styles are left out."""

    _extensions: ClassVar[tuple[str, ...]] = (".html", ".htm")
    _engine = "HtmlConverter"

    def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
        return super().convert(local_path, **kwargs)


class _PageConverter(DocumentConverter):
    """Takes the pages of one site."""

    _extensions = HtmlConverter._extensions
    _site: ClassVar[re.Pattern[str]]

    def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
        if not self._site.match(str(kwargs.get("url", ""))):
            return None
        return super().convert(local_path, **kwargs)


class WikipediaConverter(_PageConverter):
    """Takes articles of Wikipedia, without what stands around them."""

    _engine = "WikipediaConverter"
    _site = re.compile(r"https?://[a-zA-Z-]+(\.m)?\.wikipedia\.org/")


class YouTubeConverter(_PageConverter):
    """Takes the pages of videos: their description, and their subtitles where `IS_YOUTUBE_TRANSCRIPT_CAPABLE`."""

    _engine = "YouTubeConverter"
    _site = re.compile(r"https://www\.youtube\.com/watch\?")


class BingSerpConverter(_PageConverter):
    """Takes the pages on which Bing lists what it has found."""

    _engine = "BingSerpConverter"
    _site = re.compile(r"https://www\.bing\.com/search\?q=")


class PdfConverter(DocumentConverter):
    """Takes PDF files that hold text."""

    _extensions = (".pdf",)
    _engine = "PdfConverter"


class DocxConverter(HtmlConverter):
    """Takes documents of Word."""

    _extensions = (".docx",)
    _engine = "DocxConverter"


class XlsxConverter(HtmlConverter):
    """Takes workbooks of Excel; each sheet becomes a table."""

    _extensions = (".xlsx",)
    _engine = "XlsxConverter"


class PptxConverter(HtmlConverter):
    """Takes presentations of PowerPoint."""

    _extensions = (".pptx",)
    _engine = "PptxConverter"


class MediaConverter(DocumentConverter):
    """Takes sound and pictures; what is known about them is shown where ``exiftool`` is installed."""


class WavConverter(MediaConverter):
    """Takes sound; spoken words are written down where `IS_AUDIO_TRANSCRIPTION_CAPABLE`."""

    _extensions = (".wav",)
    _engine = "AudioConverter"

    def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
        return super().convert(local_path, **kwargs)


class Mp3Converter(WavConverter):
    """Takes sound in MP3, as `WavConverter` does."""

    _extensions = (".mp3",)


class ImageConverter(MediaConverter):
    """Takes pictures; with a model (``mlm_client``) each gets a description."""

    _extensions = (".jpg", ".jpeg", ".png")
    _engine = "ImageConverter"

    def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
        """Convert a picture.

        Args:
            local_path: where the picture is.
            **kwargs: also ``mlm_client``, an `OpenAIWrapper` for a model that sees, and ``mlm_prompt``.

        Returns:
            What is known about the picture, or None for another kind of file.
        """
        result = super().convert(local_path, **kwargs)
        client = kwargs.get("mlm_client")
        if result is not None and client is not None:
            prompt = str(kwargs.get("mlm_prompt") or _CAPTION_PROMPT)
            described = _described(client, prompt, local_path, str(kwargs["file_extension"]))
            result.text_content += f"\n# Description:\n{described}\n"
        return result


def _described(client: _DescribingModel, prompt: str, local_path: str, extension: str) -> str:
    kind = mimetypes.guess_type(f"file{extension}")[0] or "image/jpeg"
    data = base64.b64encode(Path(local_path).read_bytes()).decode()
    content = [
        {"type": "text", "text": prompt},
        {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}},
    ]
    response = client.create(messages=[{"role": "user", "content": content}])
    return str(client.extract_text_or_completion_object(response)[0]).strip()


class MarkdownConverter:
    """Converts whatever it knows, from files, streams, addresses and answers of ``requests``.

    Args:
        requests_session: fetches addresses.
        mlm_client: an `OpenAIWrapper` for a model that describes pictures; without it, they are not described.
        allow_private_addresses: whether addresses of this machine and of private networks may be fetched, or a list
            of hosts and networks that may.
    """

    def __init__(
        self,
        requests_session: requests.Session | None = None,
        mlm_client: _DescribingModel | None = None,
        allow_private_addresses: bool | list[str] = True,
    ) -> None:
        self._requests_session = requests_session
        self._mlm_client = mlm_client
        self._fence = AddressFence(allow_private_addresses)
        self._page_converters: list[DocumentConverter] = []
        for kind in (
            PlainTextConverter,
            HtmlConverter,
            WikipediaConverter,
            YouTubeConverter,
            BingSerpConverter,
            DocxConverter,
            XlsxConverter,
            PptxConverter,
            WavConverter,
            Mp3Converter,
            ImageConverter,
            PdfConverter,
        ):
            self.register_page_converter(kind())

    def register_page_converter(self, converter: DocumentConverter) -> None:
        """Add a converter, which is asked before all others.

        Args:
            converter: takes a kind of document.
        """
        self._page_converters.insert(0, converter)

    def convert(
        self, source: str | os.PathLike[str] | requests.Response | IO[Any], **kwargs: Any
    ) -> DocumentConverterResult:
        """Convert a document.

        Args:
            source: a path, an http(s) address, an answer of ``requests``, or an open file.
            **kwargs: ``file_extension`` where the name does not tell it, ``url`` where the document comes from, and
                options of converters.

        Returns:
            The document as Markdown.

        Raises:
            UnsupportedFormatException: no converter takes it.
            FileConversionException: it is damaged, or larger than can be unpacked.
            FileNotFoundError: there is no such file.
            FetchError: the address cannot be fetched.
            requests.HTTPError: the address answers with an error.
        """
        if isinstance(source, requests.Response):
            return self.convert_response(source, **kwargs)
        if isinstance(source, str | os.PathLike):
            path = os.fspath(source)
            is_address = path.startswith(("http://", "https://"))
            return self.convert_url(path, **kwargs) if is_address else self.convert_local(path, **kwargs)
        if not hasattr(source, "read"):
            raise TypeError(
                f"A document is given as a path, an address, an answer of requests or an open file, not {source!r}."
            )
        return self.convert_stream(source, **kwargs)

    def convert_local(self, path: str | os.PathLike[str], **kwargs: Any) -> DocumentConverterResult:
        """Convert a file; see `convert`.

        Args:
            path: where the file is.
            **kwargs: as for `convert`.
        """
        path = os.fspath(path)
        given = [str(kwargs.pop("file_extension", "") or ""), os.path.splitext(path)[1]]
        return self._convert(path, path, given, kwargs)

    def convert_stream(self, stream: IO[Any], **kwargs: Any) -> DocumentConverterResult:
        """Convert an open file; see `convert`.

        Args:
            stream: gives texts or bytes.
            **kwargs: as for `convert`; ``file_extension`` should say what the stream gives.
        """
        content = stream.read()
        if isinstance(content, str):
            content = content.encode()
            kwargs.setdefault("charset", "utf-8")
        given = [str(kwargs.pop("file_extension", "") or "")]
        return self._convert_bytes(content, str(kwargs.get("url", "The stream")), given, kwargs)

    def convert_url(self, url: str, **kwargs: Any) -> DocumentConverterResult:
        """Fetch an address and convert what it holds; see `convert`.

        Args:
            url: an http(s) address.
            **kwargs: as for `convert`.
        """
        response = fetch(url, fence=self._fence, session=self._requests_session)
        response.raise_for_status()
        return self.convert_response(response, **kwargs)

    def convert_response(self, response: requests.Response, **kwargs: Any) -> DocumentConverterResult:
        """Convert an answer of ``requests``; see `convert`.

        Args:
            response: the answer.
            **kwargs: as for `convert`.
        """
        kind, _, parameters = response.headers.get("Content-Type", "").partition(";")
        if "charset=" in parameters.lower() and response.encoding:
            kwargs.setdefault("charset", response.encoding)
        name = name_of_download(response.url, response.headers.get("Content-Disposition"))
        given = [
            str(kwargs.pop("file_extension", "") or ""),
            _extension_of_kind(kind.strip()),
            os.path.splitext(name)[1],
        ]
        kwargs.setdefault("url", response.url)
        return self._convert_bytes(response.content, response.url, given, kwargs)

    def _convert_bytes(
        self, content: bytes, shown: str, extensions: list[str], options: dict[str, Any]
    ) -> DocumentConverterResult:
        handle, path = tempfile.mkstemp()
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            return self._convert(path, shown, extensions, options)
        finally:
            os.unlink(path)

    def _convert(
        self, path: str, shown: str, extensions: list[str], options: dict[str, Any]
    ) -> DocumentConverterResult:
        """Ask the converters, for each extension that the document may have."""
        if not os.path.getsize(path):
            return DocumentConverterResult()
        if self._mlm_client is not None:
            options.setdefault("mlm_client", self._mlm_client)
        _refuse_bomb(path, shown)
        tried = []
        for extension in _each_once(extensions, path):
            tried.append(extension)
            for converter in self._page_converters:
                try:
                    result = converter.convert(path, **options, file_extension=extension)
                except (ImportError, FileConversionException):
                    raise
                except Exception as error:
                    raise FileConversionException(f"{shown!r} cannot be read as {extension}: {error}") from error
                if result is not None:
                    result.text_content = _tidy(result.text_content)
                    return result
        raise UnsupportedFormatException(
            f"Could not convert {shown!r} to Markdown. The formats {tried} are not supported."
        )


def _tidy(text: str) -> str:
    """A text without white space at the ends of lines, and with at most one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in re.split(r"\r?\n", text)))


def _each_once(extensions: list[str], path: str) -> Iterator[str]:
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


def _extension_of_kind(kind: str) -> str:
    """The extension for a type of content; what is not known of text is plain text."""
    if kind == "text/plain":
        return ".txt"
    return mimetypes.guess_extension(kind) or (".txt" if kind.startswith("text/") else "")


def _refuse_bomb(path: str, shown: str) -> None:
    """Refuse a document whose parts take more memory than any real one, once they are unpacked."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise FileConversionException(f"{shown!r} unpacks to more than {_MOST_UNPACKED} bytes.")
