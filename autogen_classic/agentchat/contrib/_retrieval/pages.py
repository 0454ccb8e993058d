"""Turn a web page into Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...._packages import missing_package
from ....errors import UnreadableDocumentError

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ("markdown_of",)

_NOT_TEXT = ("script", "style", "noscript", "template")


def markdown_of(html: str | bytes, url: str | None = None) -> str:
    """Turn a page into Markdown, without its scripts and styles.

    Args:
        html: the page.
        url: where it comes from. Of a page of Wikipedia, only the article is kept.

    Returns:
        The title as a heading, and the text.

    Raises:
        ImportError: beautifulsoup4 or markdownify is missing.
        UnreadableDocumentError: the page is nested too deeply.
    """
    try:
        from bs4 import BeautifulSoup
        from markdownify import MarkdownConverter
    except ImportError as error:
        raise missing_package("Reading web pages", error, "retrievechat") from error
    page = BeautifulSoup(html, "html.parser")
    for tag in page(_NOT_TEXT):
        tag.extract()
    title, body = _article(page, url)
    try:
        text = MarkdownConverter().convert_soup(body)
    except RecursionError as error:
        raise UnreadableDocumentError("The page is nested too deeply to be read.") from error
    text = re.sub(r"\r\n?", "\n", text)
    headings = "".join(f"# {one}\n\n" for one in title)
    return re.sub(r"\n{2,}", "\n\n", headings + text).strip()


def _article(page: BeautifulSoup, url: str | None) -> tuple[list[str], Tag]:
    """The titles to show, and the part of the page that holds its text."""
    titles = [page.title.extract().get_text(strip=True)] if page.title else []
    if (urlsplit(url or "").hostname or "").endswith("wikipedia.org"):
        article = page.find("div", {"id": "mw-content-text"})
        name = page.find("span", {"class": "mw-page-title-main"})
        if article is not None:
            return titles + ([name.get_text(strip=True)] if name else []), article
    return titles, page
