"""What an address of the web seems to hold, and whether it may be fetched."""

from __future__ import annotations

import posixpath
from enum import Enum
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ...._web.errors import AddressRefusedError, FetchError
from ...._web.fence import AddressFence
from ...._web.fetch import Limits, fetch
from ....agentchat.contrib._retrieval.parse import LARGEST_FILE
from ....errors import UnsafeURLError

__all__ = ("InputFormat", "URLAnalyzer", "UnsafeURLError", "validate_url")

_OFFICE = "application/vnd.openxmlformats-officedocument."


class InputFormat(Enum):
    """How a document is written."""

    DOCX = "docx"
    PPTX = "pptx"
    HTML = "html"
    XML = "xml"
    IMAGE = "image"
    PDF = "pdf"
    ASCIIDOC = "asciidoc"
    MD = "md"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    INVALID = "invalid"


_EXTENSIONS: dict[InputFormat, tuple[str, ...]] = {
    InputFormat.DOCX: ("docx", "dotx", "docm", "dotm"),
    InputFormat.PPTX: ("pptx", "potx", "ppsx", "pptm", "potm", "ppsm"),
    InputFormat.XLSX: ("xlsx",),
    InputFormat.HTML: ("html", "htm", "xhtml"),
    InputFormat.XML: ("xml", "nxml", "txt"),
    InputFormat.IMAGE: ("png", "jpg", "jpeg", "tiff", "tif", "bmp"),
    InputFormat.PDF: ("pdf",),
    InputFormat.ASCIIDOC: ("adoc", "asciidoc", "asc"),
    InputFormat.MD: ("md", "markdown"),
    InputFormat.CSV: ("csv",),
    InputFormat.JSON: ("json",),
    InputFormat.INVALID: ("doc", "ppt", "xls", "gif"),
}


def validate_url(url: str) -> None:
    """Refuse an address that is not of the public web.

    Args:
        url: the address.

    Raises:
        UnsafeURLError: it is not http(s), its host cannot be found, or belongs to this machine or a private network.
    """
    try:
        AddressFence(allow_private_addresses=False).check_url(url)
    except FetchError as error:
        raise UnsafeURLError(str(error)) from error


class URLAnalyzer:
    """Tells what an address holds: by the ending of its path, or by asking it.

    Args:
        url: the address.

    Attributes:
        FormatToMimeType: the content types of each format.
        MimeTypeToFormat: the format of each content type.
    """

    FormatToMimeType: ClassVar[dict[InputFormat, list[str]]] = {
        InputFormat.DOCX: [f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}wordprocessingml.template"],
        InputFormat.PPTX: [
            f"{_OFFICE}presentationml.template",
            f"{_OFFICE}presentationml.slideshow",
            f"{_OFFICE}presentationml.presentation",
        ],
        InputFormat.HTML: ["text/html", "application/xhtml+xml"],
        InputFormat.XML: ["application/xml", "text/xml", "text/plain"],
        InputFormat.IMAGE: ["image/png", "image/jpeg", "image/tiff", "image/gif", "image/bmp"],
        InputFormat.PDF: ["application/pdf"],
        InputFormat.ASCIIDOC: ["text/asciidoc"],
        InputFormat.MD: ["text/markdown", "text/x-markdown"],
        InputFormat.CSV: ["text/csv"],
        InputFormat.XLSX: [f"{_OFFICE}spreadsheetml.sheet"],
        InputFormat.JSON: ["application/json"],
    }
    # The loop leaves its variables behind as attributes, which AG2 shows too.
    MimeTypeToFormat: ClassVar[dict[str, InputFormat]] = {}
    for format_type, mime_types in FormatToMimeType.items():
        for mime_type in mime_types:
            MimeTypeToFormat[mime_type] = format_type

    def __init__(self, url: str) -> None:
        self.url = url
        self._result: dict[str, Any] | None = None
        self._chain: list[str] = []

    def analyze(
        self, test_url: bool = False, follow_redirects: bool = True, prioritize_extension: bool = True
    ) -> dict[str, Any]:
        """Tell what the address holds.

        Args:
            test_url: whether to fetch it; otherwise only its text is looked at.
            follow_redirects: whether redirects are followed when it is fetched.
            prioritize_extension: whether a known ending counts more than the content type that is told.

        Returns:
            A dict with ``url``, ``final_url``, ``redirects``, ``redirect_count``, ``is_file`` (whether the format is
            known), ``file_type`` (an `InputFormat` or None), ``mime_type`` (None unless fetched), ``method``, and
            ``extension`` where the ending is known. What cannot be fetched has ``error``, the reason.

        Raises:
            UnsafeURLError: the address, or one that it redirects to, is not of the public web.
        """
        self._chain = []
        mime_type, error = self._told(follow_redirects) if test_url else (None, None)
        extension = _extension_of(self._chain[-1] if self._chain else self.url)
        by_extension = next((one for one, endings in _EXTENSIONS.items() if extension in endings), None)
        by_type = None if mime_type is None else self.MimeTypeToFormat.get(mime_type)
        first, second = (by_extension, by_type) if prioritize_extension else (by_type, by_extension)
        file_type = first or second
        self._result = {
            "url": self.url,
            "is_file": file_type is not None,
            "file_type": file_type,
            "mime_type": mime_type,
            "method": "extension_analysis" if file_type is by_extension else "mime_type",
            "redirects": bool(self._chain),
            "redirect_count": len(self._chain),
            "final_url": self._chain[-1] if self._chain else self.url,
            **({"extension": extension} if by_extension else {}),
            **({"error": error} if error else {}),
        }
        return self._result

    def _told(self, follow_redirects: bool) -> tuple[str | None, str | None]:
        """The content type that a server tells, or why there is none."""
        validate_url(self.url)
        try:
            response = fetch(
                self.url,
                fence=AddressFence(allow_private_addresses=False),
                limits=Limits(size=LARGEST_FILE),
                options={"allow_redirects": follow_redirects},
            )
        except AddressRefusedError as error:
            raise UnsafeURLError(str(error)) from error
        except FetchError as error:
            return None, str(error)
        self._chain = [step.url for step in [*response.history[1:], response]] if response.history else []
        if not response.ok:
            return None, f"The server answers with the status {response.status_code}."
        return response.headers.get("Content-Type", "").partition(";")[0].strip().lower() or None, None

    def get_result(self) -> dict[str, Any] | None:
        """The result of the latest analysis; None before the first."""
        return self._result

    def get_redirect_info(self) -> dict[str, Any]:
        """Where the latest analysis was led: ``original_url``, ``final_url``, ``redirects``, ``redirect_count`` and
        ``redirect_chain``.
        """
        return {
            "redirects": bool(self._chain),
            "redirect_count": len(self._chain),
            "original_url": self.url,
            "final_url": self._chain[-1] if self._chain else self.url,
            "redirect_chain": self._chain,
        }

    def follow_redirects(self) -> tuple[str, list[str]]:
        """Fetch the address, and return where it leads in the end, with all addresses on the way there.

        Raises:
            UnsafeURLError: one of the addresses is not of the public web.
        """
        self._chain = []
        self._told(follow_redirects=True)
        return (self._chain[-1] if self._chain else self.url), self._chain

    @classmethod
    def get_supported_formats(cls) -> list[InputFormat]:
        """The formats that are known."""
        return list(cls.FormatToMimeType)

    @classmethod
    def get_supported_mime_types(cls) -> list[str]:
        """The content types that are known."""
        return list(cls.MimeTypeToFormat)

    @classmethod
    def get_supported_extensions(cls) -> list[str]:
        """The endings of paths that are known, without the dot."""
        return [ending for endings in _EXTENSIONS.values() for ending in endings]


def _extension_of(url: str) -> str:
    return posixpath.splitext(urlsplit(url).path)[1][1:].lower()
