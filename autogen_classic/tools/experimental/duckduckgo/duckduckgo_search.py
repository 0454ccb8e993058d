"""A tool that searches the web by DuckDuckGo, which needs no key."""

from __future__ import annotations

from typing import Annotated

from ...._core.callables import blocking
from ...._packages import missing_package
from ....errors import ToolServiceError
from ...tool import Tool
from .._foreign import ForeignResults
from .._services import SECONDS, asking

__all__ = ("DuckDuckGoSearchTool",)

_NOTHING_FOUND = "No results found."  # the package says so of refusals, too
_NOTHING_OR_REFUSED = "DuckDuckGo gave no results: there are none, or it was asked too often."


class DuckDuckGoSearchTool(Tool):
    """Searches the web by DuckDuckGo.

    The tool is called ``duckduckgo_search`` and returns a list of ``{"title", "link", "snippet"}``. DuckDuckGo has no
    interface for programs: the package ddgs reads its page of results, and DuckDuckGo refuses those who ask often. A
    proxy for it stands in the variable ``DDGS_PROXY`` of the environment.
    """

    def __init__(self) -> None:
        """Make the tool.

        Raises:
            ImportError: the package ddgs is missing.
        """
        try:
            from ddgs import DDGS
            from ddgs.exceptions import DDGSException
        except ImportError as error:
            raise missing_package("DuckDuckGoSearchTool", error, "duckduckgo") from error

        @blocking
        def duckduckgo_search(
            query: Annotated[str, "What to look for."],
            num_results: Annotated[int, "How many results at most."] = 5,
        ) -> ForeignResults[dict[str, str]]:
            with asking("DuckDuckGo"):
                try:
                    most = max(num_results, 1)
                    found = DDGS(timeout=int(SECONDS)).text(query, max_results=most, backend="duckduckgo")
                except DDGSException as error:
                    if str(error) == _NOTHING_FOUND:
                        raise ToolServiceError(_NOTHING_OR_REFUSED) from None
                    raise
            return ForeignResults(
                {"title": one.get("title", ""), "link": one.get("href", ""), "snippet": one.get("body", "")}
                for one in found
            )

        super().__init__(
            name="duckduckgo_search",
            description="Search the web with DuckDuckGo; returns the title, the address and the gist of each page.",
            func_or_tool=duckduckgo_search,
        )
