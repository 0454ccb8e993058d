"""A tool that searches the web with Tavily, reads the pages that it finds, and sums them up with a model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from ...._argument_checks import Count, arguments_checked
from ...._core.threads import in_thread
from ...._packages import missing_package
from ...._web.fence import AddressFence
from ...._web.fetch import Limits, fetch
from ....agentchat.contrib._retrieval.pages import markdown_of
from ....errors import FetchError, UnreadableDocumentError
from ....oai.client import OpenAIWrapper
from ...dependency_injection import ChatContext
from ...tool import Tool
from .._accounts import caller_in, on_account_of_caller
from .._foreign import ForeignText
from ..tavily.tavily_search import TavilySearchTool
from ._summaries import MAX_CHUNK_TOKENS, MAX_INPUT_TOKENS, OVERLAP_TOKENS, SUMMARIZE_TIMEOUT, Summarizer

__all__ = (
    "CRAWL_TIMEOUT",
    "IMAGE_EXTS",
    "MAX_CHUNK_TOKENS",
    "MAX_INPUT_TOKENS",
    "MAX_QUERIES",
    "MEDIA_EXTS",
    "OVERLAP_TOKENS",
    "SUMMARIZE_TIMEOUT",
    "QuickResearchTool",
)

MAX_QUERIES = 5
"""How many queries one call may have; further ones are left out."""
CRAWL_TIMEOUT = 10.0
"""How long a page may take, in seconds."""
IMAGE_EXTS = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"}
"""How the addresses of pictures end, which are not fetched."""
MEDIA_EXTS = {".mp3", ".mp4", ".ogg", ".pdf", ".wav", ".webm"}
"""How the addresses of other things end that are not fetched."""

_LARGEST_PAGE = 5_000_000
_PAGES = ("text/html", "application/xhtml", "text/plain")

Result = Mapping[str, Any]


class QuickResearchTool(Tool):
    """Searches the web for several queries at once, and sums up each page found; models call it ``quick_research``.

    It returns a list in JSON, marked for models as the words of strangers: for each query
    ``{"query", "sources": [{"title", "url", "summary"}]}``. A page that cannot be read is summed up from what Tavily
    says about it. A query or source that has failed has an ``error``; if all have, the tool fails.
    """

    @arguments_checked
    def __init__(
        self,
        *,
        llm_config: dict[str, Any] | Literal[False] | None,
        tavily_api_key: str | None = None,
        num_results_per_query: Count = 3,
        allow_private_addresses: bool | Iterable[str] = False,
    ) -> None:
        """Make the tool.

        Args:
            llm_config: the model that sums up; about one request for each page, and more for long pages.
            tavily_api_key: the key for Tavily; by default the variable ``TAVILY_API_KEY`` of the environment.
            num_results_per_query: how many pages are read for each query.
            allow_private_addresses: whether addresses of this machine and of private networks may be fetched, or a
                list of hosts and networks that may.

        Raises:
            ValueError: there is no model or no key.
            ImportError: a package is missing.
        """
        if not llm_config:
            raise ValueError("QuickResearchTool needs a model: give it an llm_config.")
        try:
            for package in ("bs4", "markdownify"):
                import_module(package)
        except ImportError as error:
            raise missing_package("QuickResearchTool", error, "quick-research") from error
        self.num_results_per_query = num_results_per_query
        self._search = TavilySearchTool(tavily_api_key=tavily_api_key)
        self._fence = AddressFence(allow_private_addresses)
        client = OpenAIWrapper(**{key: value for key, value in llm_config.items() if key not in ("tools", "functions")})

        async def quick_research(
            queries: Annotated[list[str], f"What to search for: one to {MAX_QUERIES} queries."],
            chunk_prompt: Annotated[str, "How to sum up a part of a long page."] = "Sum up this part; keep all facts.",
            merger_prompt: Annotated[str, "How to unite the summaries of its parts."] = "Make one summary of these.",
            full_prompt: Annotated[str, "How to sum up a page."] = "Sum up this page in a few sentences; keep facts.",
            chat: ChatContext | None = None,
        ) -> ForeignText:
            owner = caller_in(chat)
            cache = None if owner is None else owner.client_cache
            summarizer = Summarizer(client, cache, full_prompt, chunk_prompt, merger_prompt)
            with on_account_of_caller(chat, client):
                return await self._research(queries[:MAX_QUERIES], summarizer)

        super().__init__(
            name="quick_research",
            description="Search the web for several queries at once; returns a summary of each page that is found.",
            func_or_tool=quick_research,
        )

    async def _research(self, queries: Sequence[str], summarizer: Summarizer) -> ForeignText:
        found = await asyncio.gather(*(self._answer(query, summarizer) for query in queries), return_exceptions=True)
        answered = _without_failures(found, [{"query": query, "sources": []} for query in queries])
        return ForeignText(json.dumps(answered, ensure_ascii=False))

    async def _answer(self, query: str, summarizer: Summarizer) -> Result:
        search = partial(self._search, query=query, num_results=self.num_results_per_query)
        results: list[Result] = await in_thread(search)
        sources = [{"title": result["title"], "url": result["link"]} for result in results]
        summed_up = await asyncio.gather(
            *(self._sum_up(result, source, summarizer) for result, source in zip(results, sources, strict=True)),
            return_exceptions=True,
        )
        return {"query": query, "sources": _without_failures(summed_up, sources)}

    async def _sum_up(self, result: Result, source: Result, summarizer: Summarizer) -> Result:
        text = await in_thread(self._text_of, str(result["link"])) or str(result["snippet"])
        return {**source, "summary": await summarizer.sum_up(text)}

    def _text_of(self, url: str) -> str:
        """The text of a page; an empty one if the page cannot be read."""
        if urlsplit(url).path.lower().endswith((*IMAGE_EXTS, *MEDIA_EXTS)):
            return ""
        limits = Limits(size=_LARGEST_PAGE, seconds=CRAWL_TIMEOUT, content_types=_PAGES)
        try:
            response = fetch(url, fence=self._fence, limits=limits)
            return markdown_of(response.content, response.url) if response.ok else ""
        except (FetchError, UnreadableDocumentError):
            return ""


def _without_failures(outcomes: Sequence[Result | BaseException], places: Sequence[Result]) -> list[Result]:
    """What has come out, with an error in the place of what has failed; if all has, the first failure is raised."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if failures and len(failures) == len(outcomes):
        raise failures[0]
    return [
        {**place, "error": str(outcome)} if isinstance(outcome, BaseException) else outcome
        for outcome, place in zip(outcomes, places, strict=True)
    ]
