"""The tools by which an agent gets at the web, each loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal

from ..._argument_checks import check_value
from ..tool import Tool

__all__ = ("WebToolName", "make_web_tool")

WebToolName = Literal["browser_use", "crawl4ai", "duckduckgo", "perplexity", "tavily"]

_CLASSES = {
    "browser_use": (".browser_use", "BrowserUseTool"),
    "crawl4ai": (".crawl4ai", "Crawl4AITool"),
    "duckduckgo": (".duckduckgo", "DuckDuckGoSearchTool"),
    "perplexity": (".perplexity", "PerplexitySearchTool"),
    "tavily": (".tavily", "TavilySearchTool"),
}
_WITH_A_MODEL = ("browser_use", "crawl4ai")


def make_web_tool(
    name: str, llm_config: dict[str, Any] | Literal[False] | None, settings: Mapping[str, Any] | None = None
) -> Tool:
    """Make one of the tools.

    Args:
        name: which one: "browser_use", "crawl4ai", "duckduckgo", "perplexity" or "tavily".
        llm_config: the model for the two that work with one.
        settings: further arguments of the tool.

    Returns:
        The tool.

    Raises:
        ValueError: there is no tool of this name, or the tool lacks a key or a model.
        ImportError: its package is missing.
    """
    if not isinstance(name, str) or name not in _CLASSES:
        raise ValueError(f"Unsupported web_tool={name!r}. It must be one of: {', '.join(_CLASSES)}.")
    check_value("web_tool_kwargs", settings or {}, Mapping[str, Any])
    module, class_name = _CLASSES[name]
    kind = getattr(import_module(module, __package__), class_name)
    of_model = {"llm_config": llm_config} if name in _WITH_A_MODEL else {}
    tool: Tool = kind(**{**of_model, **(settings or {})})
    return tool
