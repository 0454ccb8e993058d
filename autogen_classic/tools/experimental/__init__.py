"""Tools that need models or services of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from .browser_use import BrowserUseTool
    from .crawl4ai import Crawl4AITool
    from .deep_research import DeepResearchTool
    from .duckduckgo import DuckDuckGoSearchTool
    from .perplexity import PerplexitySearchTool
    from .reliable import ReliableTool, ReliableToolError, SuccessfulExecutionParameters, ToolExecutionDetails
    from .tavily import TavilySearchTool

__all__ = (
    "BrowserUseTool",
    "Crawl4AITool",
    "DeepResearchTool",
    "DuckDuckGoSearchTool",
    "PerplexitySearchTool",
    "ReliableTool",
    "ReliableToolError",
    "SuccessfulExecutionParameters",
    "TavilySearchTool",
    "ToolExecutionDetails",
)

_HOMES = {
    "BrowserUseTool": ".browser_use",
    "Crawl4AITool": ".crawl4ai",
    "DeepResearchTool": ".deep_research",
    "DuckDuckGoSearchTool": ".duckduckgo",
    "PerplexitySearchTool": ".perplexity",
    "ReliableTool": ".reliable",
    "ReliableToolError": ".reliable",
    "SuccessfulExecutionParameters": ".reliable",
    "TavilySearchTool": ".tavily",
    "ToolExecutionDetails": ".reliable",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
