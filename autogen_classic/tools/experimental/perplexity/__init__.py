"""Questions to Perplexity, whose models search the web before they answer."""

from .perplexity_search import PerplexitySearchTool

__all__ = ("PerplexitySearchTool",)
