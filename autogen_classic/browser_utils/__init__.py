"""Browsers that show pages, files and search results as Markdown, a part at a time, as a model can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from ..errors import FileConversionException, UnsupportedFormatException
    from ._simple_text_browser import IS_PDF_CAPABLE, SimpleTextBrowser
    from .abstract_markdown_browser import AbstractMarkdownBrowser
    from .markdown_search import AbstractMarkdownSearch, BingMarkdownSearch
    from .mdconvert import DocumentConverterResult, MarkdownConverter
    from .playwright_markdown_browser import PlaywrightMarkdownBrowser
    from .requests_markdown_browser import RequestsMarkdownBrowser
    from .selenium_markdown_browser import SeleniumMarkdownBrowser

__all__ = (
    "IS_PDF_CAPABLE",
    "AbstractMarkdownBrowser",
    "AbstractMarkdownSearch",
    "BingMarkdownSearch",
    "DocumentConverterResult",
    "FileConversionException",
    "MarkdownConverter",
    "PlaywrightMarkdownBrowser",
    "RequestsMarkdownBrowser",
    "SeleniumMarkdownBrowser",
    "SimpleTextBrowser",
    "UnsupportedFormatException",
)

_HOMES = {
    "AbstractMarkdownBrowser": ".abstract_markdown_browser",
    "AbstractMarkdownSearch": ".markdown_search",
    "BingMarkdownSearch": ".markdown_search",
    "DocumentConverterResult": ".mdconvert",
    "FileConversionException": "..errors",
    "IS_PDF_CAPABLE": "._simple_text_browser",
    "MarkdownConverter": ".mdconvert",
    "PlaywrightMarkdownBrowser": ".playwright_markdown_browser",
    "RequestsMarkdownBrowser": ".requests_markdown_browser",
    "SeleniumMarkdownBrowser": ".selenium_markdown_browser",
    "SimpleTextBrowser": "._simple_text_browser",
    "UnsupportedFormatException": "..errors",
}


def __getattr__(name: str) -> object:
    return load(__name__, name, _HOMES)
