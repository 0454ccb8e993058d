"""The browser of earlier releases, whose search engine is part of it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from .markdown_search import BingMarkdownSearch
from .requests_markdown_browser import RequestsMarkdownBrowser

__all__ = ("IS_PDF_CAPABLE", "SimpleTextBrowser")

IS_PDF_CAPABLE = find_spec("pdfminer") is not None
"""Whether PDF files can be shown."""

_BING = "bing:"


class SimpleTextBrowser(RequestsMarkdownBrowser):
    """A `RequestsMarkdownBrowser` with the parameters of AutoGen before 0.2.37 and of AG2.

    Args:
        start_page: opened at once; the default is an empty page.
        viewport_size: how many characters of a page are shown at once, at least.
        downloads_folder: where files that are not text are saved.
        bing_base_url: where to search; see `BingMarkdownSearch`.
        bing_api_key: the key for it.
        request_kwargs: what ``requests.get`` takes.
        **options: further parameters of `RequestsMarkdownBrowser`.
    """

    def __init__(
        self,
        start_page: str | None = None,
        viewport_size: int | None = 1024 * 8,
        downloads_folder: str | None = None,
        bing_base_url: str | None = None,
        bing_api_key: str | None = None,
        request_kwargs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("search_engine", BingMarkdownSearch(bing_api_key, base_url=bing_base_url))
        super().__init__(
            start_page=start_page,
            viewport_size=viewport_size,
            downloads_folder=downloads_folder,
            requests_get_kwargs=request_kwargs,
            **options,
        )

    def set_address(self, uri_or_path: str) -> None:
        """Open a page; ``bing:`` and what to look for opens the results of a search.

        Args:
            uri_or_path: its address.
        """
        if uri_or_path.startswith(_BING):
            uri_or_path = f"search:{uri_or_path.removeprefix(_BING)}"
        super().set_address(uri_or_path)
