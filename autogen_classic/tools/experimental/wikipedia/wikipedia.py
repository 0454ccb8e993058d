"""Tools that search Wikipedia and read its pages.

Wikipedia is asked by the helper that gets all other pages, so that size and time have limits and proxies are used.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel

from ...._argument_checks import Count, arguments_checked, check_value
from ...._core.callables import blocking
from ...._web.fetch import Limits, fetch
from ....errors import ToolServiceError
from ....version import RELEASE
from ...tool import Tool
from .._foreign import ForeignResults
from .._services import SECONDS, asking

__all__ = (
    "MAX_ARTICLE_LENGTH",
    "MAX_PAGE_RETRIEVE",
    "MAX_QUERY_LENGTH",
    "Document",
    "WikipediaClient",
    "WikipediaPage",
    "WikipediaPageLoadTool",
    "WikipediaQueryRunTool",
)

MAX_QUERY_LENGTH = 300
"""The longest query, in characters."""
MAX_PAGE_RETRIEVE = 100
"""The most pages that are searched for."""
MAX_ARTICLE_LENGTH = 10_000
"""The longest text of a page, in characters."""

FoundT = TypeVar("FoundT")

logger = logging.getLogger("autogen.tools.experimental.wikipedia")

_NOTHING = "No good Wikipedia Search Result was found"
_FAILED = "wikipedia search failed: {error}"
_LANGUAGE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.IGNORECASE)
_HEADING = re.compile(r"^=.*= *$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_LIMITS = Limits(size=20_000_000, seconds=SECONDS)

What = Annotated[str, "What to look for."]


class Document(BaseModel):
    """A page that a tool has read.

    Attributes:
        page_content: its text, or the beginning of it.
        metadata: where it is (``source``), and its ``title``, ``pageid``, ``timestamp``, ``wordcount`` and ``size``.
    """

    page_content: str
    metadata: dict[str, str]


@dataclass(frozen=True)
class WikipediaPage:
    """A page of Wikipedia.

    Attributes:
        pageid: its number.
        title: its title.
        summary: the text above the first heading.
        text: all of its text; headings are lines.
        fullurl: its address.
    """

    pageid: int
    title: str
    summary: str
    text: str
    fullurl: str


class WikipediaClient:
    """Asks the Wikipedia of one language."""

    def __init__(self, language: str = "en", tool_name: str = "wikipedia-client") -> None:
        """Choose the Wikipedia.

        Args:
            language: its code, such as ``"en"`` or ``"zh-yue"``.
            tool_name: who asks, as Wikipedia is told.

        Raises:
            ValueError: this is not the code of a language.
        """
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise ValueError(f"language must be a code such as 'en' or 'zh-yue', but it is {language!r}.")
        self.base_url = f"https://{language.lower()}.wikipedia.org/w/api.php"
        # Wikipedia wants to know who asks, and where to complain.
        agent = f"autogen-classic/{RELEASE} ({tool_name}; https://pypi.org/project/autogen-classic)"
        self.headers = {"User-Agent": agent}

    @arguments_checked
    def search(self, query: str, limit: Count = 3) -> list[dict[str, Any]]:
        """Look for pages.

        Args:
            query: what to look for.
            limit: how many at most.

        Returns:
            What Wikipedia tells about each: ``title``, ``pageid``, ``timestamp``, ``wordcount``, ``size``.

        Raises:
            ToolServiceError: Wikipedia refuses or fails.
        """
        with asking("Wikipedia"):
            found = self._ask(list="search", srsearch=query, srlimit=str(limit), srprop="size|wordcount|timestamp")
            return [page for page in found["search"] if page["title"]]

    @arguments_checked
    def get_page(self, title: str) -> WikipediaPage | None:
        """Read a page; redirections are followed.

        Args:
            title: its title.

        Returns:
            The page, or None if there is no such page.

        Raises:
            ToolServiceError: Wikipedia refuses or fails.
        """
        with asking("Wikipedia"):
            found = self._ask(prop="extracts|info", inprop="url", titles=title, explaintext="1", redirects="1")
            page = next(iter(found["pages"].values()))
            if "missing" in page or "invalid" in page:
                return None
            text = page.get("extract") or ""
            return WikipediaPage(
                pageid=page["pageid"],
                title=page["title"],
                summary=_HEADING.split(text, 1)[0].strip(),
                text=_BLANK_LINES.sub("\n\n", _HEADING.sub(_title_in, text)).strip(),
                fullurl=page.get("fullurl") or "",
            )

    def _ask(self, **params: str) -> dict[str, Any]:
        """What Wikipedia answers to a query."""
        asked = {"action": "query", "format": "json", **params}
        response = fetch(self.base_url, limits=_LIMITS, options={"params": asked, "headers": self.headers})
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise ToolServiceError(f"Wikipedia refused the request: {str(answer['error']['info'])[:300]}")
        found: dict[str, Any] = answer["query"]
        return found


class _WikipediaTool(Tool):
    """What both tools have in common.

    Attributes:
        language: the code of the language.
        top_k: how many pages are looked at.
        verbose: whether searches are logged.
        wiki_cli: what asks Wikipedia.
    """

    def __init__(
        self, name: str, description: str, run: Callable[..., object], language: str, top_k: int, verbose: bool
    ) -> None:
        self.language = language
        self.top_k = min(top_k, MAX_PAGE_RETRIEVE)
        self.verbose = verbose
        self.wiki_cli = WikipediaClient(language, name)
        super().__init__(name=name, description=description, func_or_tool=run)

    def _found(
        self, query: str, of_page: Callable[[dict[str, Any], WikipediaPage], FoundT | None]
    ) -> ForeignResults[FoundT] | str:
        """Look for pages and read them; a text says that there are none, or what went wrong."""
        check_value(f"query of {self.name}", query, str)
        query = query[:MAX_QUERY_LENGTH]
        if self.verbose:
            logger.info("[%s] search query=%r top_k=%s", self.name, query, self.top_k)
        try:
            results = self.wiki_cli.search(query, limit=self.top_k)
            read = ((result, self.wiki_cli.get_page(result["title"])) for result in results[: self.top_k])
            found = [item for result, page in read if page and (item := of_page(result, page)) is not None]
        except ToolServiceError as error:
            return _FAILED.format(error=error)
        return ForeignResults(found) if found else _NOTHING


class WikipediaQueryRunTool(_WikipediaTool):
    """Looks something up in Wikipedia; the tool is called ``wikipedia-query-run``."""

    @arguments_checked
    def __init__(self, language: str = "en", top_k: Count = 3, verbose: bool = False) -> None:
        """Make the tool.

        Args:
            language: the code of the language, such as ``"en"``.
            top_k: how many pages are summed up; at most 100.
            verbose: whether searches are logged.

        Raises:
            ValueError: this is not the code of a language.
        """
        super().__init__(
            "wikipedia-query-run",
            "Search Wikipedia; returns the title and the summary of the pages that fit best.",
            self.query_run,
            language,
            top_k,
            verbose,
        )

    @blocking
    def query_run(self, query: What) -> ForeignResults[str] | str:
        """Look something up.

        Args:
            query: what to look for.

        Returns:
            The title and the summary of each page; or a text that there are none, or what went wrong.
        """
        return self._found(query, _summary_of)


class WikipediaPageLoadTool(_WikipediaTool):
    """Reads pages of Wikipedia; the tool is called ``wikipedia-page-load``.

    Attributes:
        truncate: how many characters of each page are read.
    """

    @arguments_checked
    def __init__(self, language: str = "en", top_k: Count = 3, truncate: Count = 4000, verbose: bool = False) -> None:
        """Make the tool.

        Args:
            language: the code of the language, such as ``"en"``.
            top_k: how many pages are read; at most 100.
            truncate: how many characters of each; at most 10,000.
            verbose: whether searches are logged.

        Raises:
            ValueError: this is not the code of a language.
        """
        self.truncate = min(truncate, MAX_ARTICLE_LENGTH)
        super().__init__(
            "wikipedia-page-load",
            "Search Wikipedia; returns the text of the pages that fit best, each with its title and address.",
            self.content_search,
            language,
            top_k,
            verbose,
        )

    @blocking
    def content_search(self, query: What) -> ForeignResults[Document] | str:
        """Read pages about something.

        Args:
            query: what to look for.

        Returns:
            The pages; or a text that there are none, or what went wrong.
        """
        return self._found(query, self._document_of)

    def _document_of(self, result: dict[str, Any], page: WikipediaPage) -> Document | None:
        if not page.text:
            return None
        told = {name: str(result.get(name, "")) for name in ("timestamp", "wordcount", "size")}
        source = f"https://{self.language}.wikipedia.org/?curid={page.pageid}"
        metadata = {"source": source, "title": page.title, "pageid": str(page.pageid), **told}
        return Document(page_content=page.text[: self.truncate], metadata=metadata)


def _summary_of(result: dict[str, Any], page: WikipediaPage) -> str | None:
    return f"Page: {page.title}\nSummary: {page.summary}" if page.summary else None


def _title_in(heading: re.Match[str]) -> str:
    return heading[0].strip(" ").strip("=").strip(" ")
