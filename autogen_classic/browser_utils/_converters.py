"""One converter for each kind of document. The work is done by ``markitdown``, which is loaded when it is needed."""

from __future__ import annotations

import base64
import importlib
import mimetypes
import re
import shutil
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Protocol

from .._packages import keep_onnxruntime_silent, missing_package

__all__ = (
    "IS_AUDIO_TRANSCRIPTION_CAPABLE",
    "IS_YOUTUBE_TRANSCRIPT_CAPABLE",
    "BingSerpConverter",
    "DescribingModel",
    "DocumentConverter",
    "DocumentConverterResult",
    "DocxConverter",
    "HtmlConverter",
    "ImageConverter",
    "MediaConverter",
    "Mp3Converter",
    "PdfConverter",
    "PlainTextConverter",
    "PptxConverter",
    "WavConverter",
    "WikipediaConverter",
    "XlsxConverter",
    "YouTubeConverter",
)

IS_AUDIO_TRANSCRIPTION_CAPABLE = bool(find_spec("pydub") and find_spec("speech_recognition"))
"""Whether spoken words are written down; it sends the sound to a service of Google."""
IS_YOUTUBE_TRANSCRIPT_CAPABLE = bool(find_spec("youtube_transcript_api"))
"""Whether the subtitles of a video are fetched for its page."""


class DescribingModel(Protocol):
    """What is asked of an `OpenAIWrapper`."""

    create: Callable[..., object]
    extract_text_or_completion_object: Callable[..., Sequence[object]]


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
    keep_onnxruntime_silent()
    try:
        markitdown = importlib.import_module("markitdown")
        converter = getattr(importlib.import_module("markitdown.converters"), engine)()
    except ImportError as error:
        raise missing_package("The conversion of documents", error, "websurfer") from error
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


def _described(client: DescribingModel, prompt: str, local_path: str, extension: str) -> str:
    kind = mimetypes.guess_type(f"file{extension}")[0] or "image/jpeg"
    data = base64.b64encode(Path(local_path).read_bytes()).decode()
    content = [
        {"type": "text", "text": prompt},
        {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}},
    ]
    response = client.create(messages=[{"role": "user", "content": content}])
    return str(client.extract_text_or_completion_object(response)[0]).strip()
