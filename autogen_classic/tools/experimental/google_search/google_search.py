"""A tool that searches the web by Google."""

from __future__ import annotations

import logging
from typing import Annotated

from ...._argument_checks import arguments_checked
from ...._core.callables import blocking
from ....oai._specs import GOOGLE_SEARCH
from ...tool import Tool
from .._foreign import ForeignResults
from ._interfaces import check_package, items_of

__all__ = ("GoogleSearchTool",)

logger = logging.getLogger("autogen.tools.experimental.google_search")

_MOST = 10  # results in one request


class GoogleSearchTool(Tool):
    """Searches the web by Google, in one of two ways.

    A model of Google's (``api_type`` ``"google"``) searches by itself: the tool is called ``prebuilt_google_search``,
    and must be its only one. With ``use_internal_llm_tool_if_available=False`` the tool is called ``google_search`` and
    asks a search engine of yours, made at programmablesearchengine.google.com; it returns a list of
    ``{"title", "link", "snippet"}``.

    Attributes:
        search_api_key: the key.
        search_engine_id: the search engine.
        use_internal_llm_tool_if_available: whether a model of Google's searches by itself.
    """

    @arguments_checked
    def __init__(
        self,
        *,
        search_api_key: str | None = None,
        search_engine_id: str | None = None,
        use_internal_llm_tool_if_available: bool = True,
    ) -> None:
        """Make the tool.

        Args:
            search_api_key: the key for Google's Custom Search.
            search_engine_id: the search engine.
            use_internal_llm_tool_if_available: True has a model of Google's search by itself; other models then use
                the key and the search engine, if they are given.

        Raises:
            ValueError: the tool is to ask the search engine, but there is no key, or it is not said which one.
            ImportError: it is to ask it, but the package google-api-python-client is missing.
        """
        if not use_internal_llm_tool_if_available and not (search_api_key and search_engine_id):
            raise ValueError(
                "search_api_key and search_engine_id must be given, as use_internal_llm_tool_if_available is False."
            )
        if search_api_key and search_engine_id:
            check_package("GoogleSearchTool")
        elif search_api_key or search_engine_id:
            missing = "search_engine_id" if search_api_key else "search_api_key"
            logger.warning("GoogleSearchTool has no %s, so that only a model of Google's can search with it.", missing)
        if use_internal_llm_tool_if_available and search_api_key and search_engine_id:
            logger.warning("A model of Google's searches by itself, without search_api_key and search_engine_id.")
        self.search_api_key = search_api_key
        self.search_engine_id = search_engine_id
        self.use_internal_llm_tool_if_available = use_internal_llm_tool_if_available

        @blocking
        def google_search(
            query: Annotated[str, "What to look for."],
            num_results: Annotated[int, "How many results; at most 10."] = _MOST,
        ) -> ForeignResults[dict[str, str]]:
            return self._search(query, num_results)

        super().__init__(
            name=GOOGLE_SEARCH if use_internal_llm_tool_if_available else "google_search",
            description="Search the web with Google; returns the title, the address and the gist of each page found.",
            func_or_tool=google_search,
        )

    def _search(self, query: str, num_results: int) -> ForeignResults[dict[str, str]]:
        """Ask Google's API for results."""
        if not self.search_api_key or not self.search_engine_id:
            raise ValueError(
                "This model cannot search with Google by itself: GoogleSearchTool needs search_api_key and "
                "search_engine_id for it."
            )
        items = items_of(
            "Google",
            self.search_api_key,
            ("customsearch", "v1", "cse"),
            q=query,
            cx=self.search_engine_id,
            num=min(max(num_results, 1), _MOST),
        )
        return ForeignResults(
            {"title": item.get("title", ""), "link": item.get("link", ""), "snippet": item.get("snippet", "")}
            for item in items
        )
