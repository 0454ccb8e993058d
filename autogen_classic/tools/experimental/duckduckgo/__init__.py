"""Searches of the web by DuckDuckGo."""

from .duckduckgo_search import DuckDuckGoSearchTool

__all__ = ("DuckDuckGoSearchTool",)
