"""Tools that need models or services of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from .browser_use import BrowserUseTool
    from .crawl4ai import Crawl4AITool
    from .deep_research import DeepResearchTool
    from .duckduckgo import DuckDuckGoSearchTool
    from .google_search import GoogleSearchTool, YoutubeSearchTool
    from .messageplatform import (
        DiscordRetrieveTool,
        DiscordSendTool,
        SlackRetrieveRepliesTool,
        SlackRetrieveTool,
        SlackSendTool,
        TelegramRetrieveTool,
        TelegramSendTool,
    )
    from .perplexity import PerplexitySearchTool
    from .quick_research import QuickResearchTool
    from .reliable import ReliableTool, ReliableToolError, SuccessfulExecutionParameters, ToolExecutionDetails
    from .tavily import TavilySearchTool
    from .tinyfish import TinyFishFetchTool, TinyFishSearchTool, TinyFishTool
    from .wikipedia import WikipediaPageLoadTool, WikipediaQueryRunTool

__all__ = (
    "BrowserUseTool",
    "Crawl4AITool",
    "DeepResearchTool",
    "DiscordRetrieveTool",
    "DiscordSendTool",
    "DuckDuckGoSearchTool",
    "GoogleSearchTool",
    "PerplexitySearchTool",
    "QuickResearchTool",
    "ReliableTool",
    "ReliableToolError",
    "SlackRetrieveRepliesTool",
    "SlackRetrieveTool",
    "SlackSendTool",
    "SuccessfulExecutionParameters",
    "TavilySearchTool",
    "TelegramRetrieveTool",
    "TelegramSendTool",
    "TinyFishFetchTool",
    "TinyFishSearchTool",
    "TinyFishTool",
    "ToolExecutionDetails",
    "WikipediaPageLoadTool",
    "WikipediaQueryRunTool",
    "YoutubeSearchTool",
)

_HOMES = {
    "BrowserUseTool": ".browser_use",
    "Crawl4AITool": ".crawl4ai",
    "DeepResearchTool": ".deep_research",
    "DiscordRetrieveTool": ".messageplatform",
    "DiscordSendTool": ".messageplatform",
    "DuckDuckGoSearchTool": ".duckduckgo",
    "GoogleSearchTool": ".google_search",
    "PerplexitySearchTool": ".perplexity",
    "QuickResearchTool": ".quick_research",
    "ReliableTool": ".reliable",
    "ReliableToolError": ".reliable",
    "SlackRetrieveRepliesTool": ".messageplatform",
    "SlackRetrieveTool": ".messageplatform",
    "SlackSendTool": ".messageplatform",
    "SuccessfulExecutionParameters": ".reliable",
    "TavilySearchTool": ".tavily",
    "TelegramRetrieveTool": ".messageplatform",
    "TelegramSendTool": ".messageplatform",
    "TinyFishFetchTool": ".tinyfish",
    "TinyFishSearchTool": ".tinyfish",
    "TinyFishTool": ".tinyfish",
    "ToolExecutionDetails": ".reliable",
    "WikipediaPageLoadTool": ".wikipedia",
    "WikipediaQueryRunTool": ".wikipedia",
    "YoutubeSearchTool": ".google_search",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
