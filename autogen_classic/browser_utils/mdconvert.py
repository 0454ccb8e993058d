"""Documents as Markdown, whatever kind they are of."""

from __future__ import annotations

import os
import tempfile
from typing import IO, Any

import requests

from .._web.fence import AddressFence
from .._web.fetch import fetch
from ..errors import FileConversionException, UnsupportedFormatException
from ._converters import (
    IS_AUDIO_TRANSCRIPTION_CAPABLE,
    IS_YOUTUBE_TRANSCRIPT_CAPABLE,
    BingSerpConverter,
    DescribingModel,
    DocumentConverter,
    DocumentConverterResult,
    DocxConverter,
    HtmlConverter,
    ImageConverter,
    MediaConverter,
    Mp3Converter,
    PdfConverter,
    PlainTextConverter,
    PptxConverter,
    WavConverter,
    WikipediaConverter,
    XlsxConverter,
    YouTubeConverter,
)
from ._documents import each_once, extension_of_kind, refuse_bomb, tidy
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
        mlm_client: DescribingModel | None = None,
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
            TypeError: ``source`` is none of these.
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
            extension_of_kind(kind.strip()),
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
        refuse_bomb(path, shown)
        tried = []
        for extension in each_once(extensions, path):
            tried.append(extension)
            for converter in self._page_converters:
                try:
                    result = converter.convert(path, **options, file_extension=extension)
                except (ImportError, FileConversionException):
                    raise
                except Exception as error:
                    raise FileConversionException(f"{shown!r} cannot be read as {extension}: {error}") from error
                if result is not None:
                    result.text_content = tidy(result.text_content)
                    return result
        raise UnsupportedFormatException(
            f"Could not convert {shown!r} to Markdown. The formats {tried} are not supported."
        )
