"""A tool that reads a page, by the package crawl4ai and a real browser, and lets a model take something out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel

from ...._argument_checks import arguments_checked
from ...._packages import missing_package
from ...._web.fence import AddressFence
from ...._web.fetch import Limits
from ...._web.proxy import proxy_of_environment
from ....errors import ToolServiceError
from ....oai.client import OpenAIWrapper
from ...dependency_injection import ChatContext
from ...tool import Tool
from .._accounts import caller_in, on_account_of_caller
from .._foreign import ForeignText

if TYPE_CHECKING:
    from crawl4ai import CrawlResult

    from ._extraction import Extraction

__all__ = ("Crawl4AITool",)

_FIRST_ERROR = 400
_LIMITS = Limits(size=20_000_000)

_Url = Annotated[str, "The address of the page."]


class Crawl4AITool(Tool):
    """Opens a page in Chromium and returns its text as Markdown; models call it ``crawl4ai``.

    With a model, the tool takes an instruction besides the address, and returns what the model takes out of the page,
    as a list in JSON. The browser stays behind the same fence as all browsers here (see `AddressFence`), and ends with
    the page. What comes back is marked for models as the words of strangers.
    """

    @arguments_checked
    def __init__(
        self,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        extraction_model: type[BaseModel] | None = None,
        llm_strategy_kwargs: Mapping[str, Any] | None = None,
        *,
        allow_private_addresses: bool | Iterable[str] = True,
    ) -> None:
        """Make the tool.

        Args:
            llm_config: the model that reads pages; without one, the whole text is returned.
            extraction_model: the form of each thing that the model takes out; without it, pieces of text with tags.
            llm_strategy_kwargs: further arguments of crawl4ai's ``LLMExtractionStrategy``, such as
                ``{"chunk_token_threshold": 2000, "extra_args": {"temperature": 0}}``.
            allow_private_addresses: whether addresses of this machine and of private networks may be opened, or a list
                of hosts and networks that may.

        Raises:
            ImportError: the package crawl4ai is missing.
        """
        os.environ.setdefault("CRAWL4AI_NO_CLOUD_NOTICE", "1")  # or it prints advertisements
        try:
            import_module("crawl4ai")
        except ImportError as error:
            raise missing_package("Crawl4AITool", error, "crawl4ai") from error
        self._fence = AddressFence(allow_private_addresses)
        self._extraction_model = extraction_model
        self._strategy_settings = dict(llm_strategy_kwargs or {})
        super().__init__(
            name="crawl4ai",
            description="Open a web page, and return its text.",
            func_or_tool=self._with_model(llm_config) if llm_config else self._without_model(),
        )

    def _without_model(self) -> Callable[..., Any]:
        async def crawl4ai(url: _Url) -> ForeignText:
            return await self._read(url, None)

        return crawl4ai

    def _with_model(self, llm_config: Mapping[str, Any]) -> Callable[..., Any]:
        """The function for models that may say what to take out of a page."""
        client = OpenAIWrapper(**{key: value for key, value in llm_config.items() if key not in ("tools", "functions")})

        async def crawl4ai(
            url: _Url,
            instruction: Annotated[str, "What to take out of the page."],
            chat: ChatContext | None = None,
        ) -> ForeignText:
            from ._extraction import Extraction

            owner = caller_in(chat)
            cache = None if owner is None else owner.client_cache
            extraction = Extraction.by(client, cache, instruction, self._extraction_model, self._strategy_settings)
            with on_account_of_caller(chat, client):
                return await self._read(url, extraction)

        return crawl4ai

    async def _read(self, url: str, extraction: Extraction | None) -> ForeignText:
        """Open a page behind the fence, and return its text or what was taken out of it."""
        from crawl4ai import AsyncWebCrawler, BrowserConfig, CacheMode, CrawlerRunConfig

        from ._chromium import fenced_chromium

        self._fence.check_url(url, through_proxy=bool(proxy_of_environment(url)))
        async with fenced_chromium(self._fence, _LIMITS) as (cdp_url, proxy):
            config = CrawlerRunConfig(
                cache_mode=CacheMode.BYPASS,
                extraction_strategy=extraction,
                page_timeout=int(1000 * _LIMITS.seconds),
                verbose=False,
            )
            async with AsyncWebCrawler(config=BrowserConfig(cdp_url=cdp_url, verbose=False)) as crawler:
                result = await crawler.arun(url=url, config=config)
            reason = _failure_of(result)
            if reason:
                raise ToolServiceError(f"The page cannot be read: {proxy.refusals[-1] if proxy.refusals else reason}")
        return ForeignText(result.markdown if extraction is None else result.extracted_content)


def _failure_of(result: CrawlResult) -> str | None:
    """Why there is no page; None if there is one. The package also takes short pages for refusals of robots."""
    status = result.redirected_status_code or result.status_code or 0
    if status >= _FIRST_ERROR:
        return f"the server answers with the status {status}."
    return None if result.success or result.markdown else str(result.error_message)
