"""A tool that searches the web by Tavily, a service made for models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...._argument_checks import arguments_checked
from ...._core.callables import blocking
from ...._packages import missing_package
from ...tool import Tool
from .._foreign import ForeignResults
from .._services import SECONDS, asking, key_for, unreadable

__all__ = ("TavilySearchTool",)


class TavilySearchTool(Tool):
    """Searches the web by Tavily.

    The tool is called ``tavily_search`` and returns a list of ``{"title", "link", "snippet"}``, with ``raw_content``
    where the model asks for it. Tavily's own answer to the question is the list's attribute ``answer``.
    """

    @arguments_checked
    def __init__(
        self, *, llm_config: dict[str, Any] | Literal[False] | None = None, tavily_api_key: str | None = None
    ) -> None:
        """Make the tool.

        Args:
            llm_config: not used.
            tavily_api_key: the key; by default the variable ``TAVILY_API_KEY`` of the environment.

        Raises:
            ValueError: there is no key.
            ImportError: the package tavily-python is missing.
        """
        key = key_for("Tavily", tavily_api_key, "tavily_api_key", "TAVILY_API_KEY")
        try:
            from tavily import TavilyClient, errors
        except ImportError as error:
            raise missing_package("TavilySearchTool", error, "tavily") from error
        client = TavilyClient(api_key=key)
        statuses = {
            errors.InvalidAPIKeyError: 401,
            errors.ForbiddenError: 403,
            errors.UsageLimitExceededError: 429,
            errors.BadRequestError: 400,
        }

        @blocking
        def tavily_search(
            query: Annotated[str, "What to look for."],
            search_depth: Annotated[str | None, "How thoroughly: 'basic', or 'advanced', which costs more."] = "basic",
            include_answer: Annotated[str | None, "How long Tavily's own answer is: 'basic' or 'advanced'."] = "basic",
            include_raw_content: Annotated[bool | None, "Whether the whole text of the pages is wanted."] = False,
            include_domains: Annotated[list[str] | None, "Search these domains only, such as 'example.com'."] = [],  # noqa: B006
            num_results: Annotated[int, "How many results at most."] = 5,
        ) -> ForeignResults[dict[str, str]]:
            with asking("Tavily", key, statuses):
                found = client.search(
                    query,
                    search_depth=search_depth or "basic",
                    topic="general",
                    include_answer=include_answer or "basic",
                    include_raw_content=bool(include_raw_content),
                    include_domains=include_domains or [],
                    max_results=max(num_results, 1),
                    timeout=SECONDS,
                )
            return _results_of(found)

        super().__init__(
            name="tavily_search",
            description="Search the web with Tavily; returns the title, the address and the gist of each page found.",
            func_or_tool=tavily_search,
        )


def _results_of(found: object) -> ForeignResults[dict[str, str]]:
    """Read what Tavily sent, which may lack any field."""
    results = found.get("results") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(results, list):
        raise unreadable("Tavily")
    answer = found.get("answer")
    return ForeignResults(
        (
            {
                "title": result.get("title") or "",
                "link": result.get("url") or "",
                "snippet": result.get("content") or "",
                **({"raw_content": result["raw_content"]} if result.get("raw_content") else {}),
            }
            for result in results
            if isinstance(result, dict)
        ),
        answer if isinstance(answer, str) else None,
    )
