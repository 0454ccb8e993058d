"""Tools that have TinyFish search, fetch pages, and use a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ...._argument_checks import arguments_checked
from ...._core.callables import blocking
from ...._packages import missing_package
from ....errors import ToolServiceError
from ...tool import Tool
from .._foreign import ForeignDict
from .._services import SECONDS, asking, key_for

if TYPE_CHECKING:
    from tinyfish import TinyFish

__all__ = ("TinyFishFetchTool", "TinyFishSearchTool", "TinyFishTool")

_MINUTES_OF_AN_ERRAND = 10
_RESULT = ("position", "site_name", "title", "snippet", "url")
_PAGE = (
    "url",
    "final_url",
    "title",
    "description",
    "language",
    "author",
    "published_date",
    "text",
    "format",
    "links",
    "image_links",
)

Config = dict[str, Any] | Literal[False] | None


class _Client:
    """Makes a client for each request, whose connections end with it.

    Args:
        tool: who asks.
        key: the key.
        seconds: how long TinyFish may take.

    Raises:
        ImportError: the package tinyfish is missing.
    """

    def __init__(self, tool: str, key: str, seconds: float) -> None:
        try:
            from tinyfish import TinyFish
        except ImportError as error:
            raise missing_package(tool, error, "tinyfish") from error
        self._make = partial(TinyFish, api_key=key, timeout=seconds, max_retries=0)
        self._key = key

    @contextmanager
    def asked(self) -> Iterator[TinyFish]:
        """A client, whose failures are a `ToolServiceError`."""
        with asking("TinyFish", self._key), self._make() as client:
            yield client


def _key_for(given: str | None) -> str:
    return key_for("TinyFish", given, "tinyfish_api_key", "TINYFISH_API_KEY")


class TinyFishTool(Tool):
    """Has TinyFish open a page in a browser and do something there.

    The tool is called ``tinyfish_scrape`` and returns ``{"url", "goal", "data"}``, with an ``error`` if TinyFish fails.
    """

    @arguments_checked
    def __init__(self, *, llm_config: Config = None, tinyfish_api_key: str | None = None) -> None:
        """Make the tool.

        Args:
            llm_config: not used.
            tinyfish_api_key: the key; by default the variable ``TINYFISH_API_KEY`` of the environment.

        Raises:
            ValueError: there is no key.
            ImportError: the package tinyfish is missing, which needs Python 3.11.
        """
        key = _key_for(tinyfish_api_key)
        tinyfish = _Client("TinyFishTool", key, _MINUTES_OF_AN_ERRAND * 60)

        @blocking
        def tinyfish_scrape(
            url: Annotated[str, "The address of the page."],
            goal: Annotated[str, "What to find or to do there, in plain words."],
        ) -> ForeignDict:
            try:
                with tinyfish.asked() as client:
                    run = client.agent.run(goal=goal, url=url)
            except ToolServiceError as error:
                return ForeignDict(url=url, goal=goal, data={}, error=str(error))
            data: dict[str, object] = run.result or {"status": "no_result", "error": "No result returned."}
            if run.error is not None:
                data = {"status": "error", "error": run.error.message}
            return ForeignDict(url=url, goal=goal, data=data)

        super().__init__(
            name="tinyfish_scrape",
            description="Open a page in a browser and find or do something there; returns what came of it.",
            func_or_tool=tinyfish_scrape,
        )


class TinyFishSearchTool(Tool):
    """Has TinyFish search the web.

    The tool is called ``tinyfish_search`` and returns ``{"query", "total_results", "results"}``, with an ``error`` if
    TinyFish fails. Each result has ``position``, ``site_name``, ``title``, ``snippet`` and ``url``.
    """

    @arguments_checked
    def __init__(self, *, llm_config: Config = None, tinyfish_api_key: str | None = None) -> None:
        """Make the tool.

        Args:
            llm_config: not used.
            tinyfish_api_key: the key; by default the variable ``TINYFISH_API_KEY`` of the environment.

        Raises:
            ValueError: there is no key.
            ImportError: the package tinyfish is missing, which needs Python 3.11.
        """
        key = _key_for(tinyfish_api_key)
        tinyfish = _Client("TinyFishSearchTool", key, SECONDS)

        @blocking
        def tinyfish_search(
            query: Annotated[str, "What to look for."],
            location: Annotated[str | None, "The country to search from, such as 'US'."] = None,
            language: Annotated[str | None, "The language of the results, such as 'en'."] = None,
        ) -> ForeignDict:
            try:
                with tinyfish.asked() as client:
                    found = client.search.query(query=query, location=location, language=language)
            except ToolServiceError as error:
                return ForeignDict(query=query, results=[], total_results=0, error=str(error))
            results = [{name: getattr(one, name) for name in _RESULT} for one in found.results]
            return ForeignDict(query=found.query, total_results=found.total_results, results=results)

        super().__init__(
            name="tinyfish_search",
            description="Search the web; returns the title, the address and the gist of each page found.",
            func_or_tool=tinyfish_search,
        )


class TinyFishFetchTool(Tool):
    """Has TinyFish fetch pages.

    The tool is called ``tinyfish_fetch`` and returns ``{"results", "errors"}``: a result for each page that could be
    read, with its ``text``, and an error with its ``url`` for each of the others.
    """

    @arguments_checked
    def __init__(self, *, llm_config: Config = None, tinyfish_api_key: str | None = None) -> None:
        """Make the tool.

        Args:
            llm_config: not used.
            tinyfish_api_key: the key; by default the variable ``TINYFISH_API_KEY`` of the environment.

        Raises:
            ValueError: there is no key.
            ImportError: the package tinyfish is missing, which needs Python 3.11.
        """
        key = _key_for(tinyfish_api_key)
        tinyfish = _Client("TinyFishFetchTool", key, 4 * SECONDS)  # it waits for up to ten pages

        @blocking
        def tinyfish_fetch(
            urls: Annotated[list[str], "The addresses of the pages; at most 10."],
            format: Annotated[str | None, "'markdown' (the default), 'html' or 'json'."] = None,
            links: Annotated[bool | None, "Whether the links on the pages are wanted."] = None,
            image_links: Annotated[bool | None, "Whether the links to pictures are wanted."] = None,
        ) -> ForeignDict:
            if not urls:
                return ForeignDict(results=[], errors=[])
            wanted: Any = format  # the package knows which ones there are
            try:
                with tinyfish.asked() as client:
                    found = client.fetch.get_contents(urls, format=wanted, links=links, image_links=image_links)
            except ToolServiceError as error:
                return ForeignDict(results=[], errors=[{"url": url, "error": str(error)} for url in urls])
            return ForeignDict(
                results=[{name: getattr(page, name) for name in _PAGE} for page in found.results],
                errors=[{"url": failed.url, "error": failed.error} for failed in found.errors],
            )

        super().__init__(
            name="tinyfish_fetch",
            description="Fetch the pages at some addresses; returns the text of each.",
            func_or_tool=tinyfish_fetch,
        )
