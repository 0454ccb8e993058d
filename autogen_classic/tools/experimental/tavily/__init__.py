"""Searches of the web by Tavily."""

from .tavily_search import TavilySearchTool

__all__ = ("TavilySearchTool",)
