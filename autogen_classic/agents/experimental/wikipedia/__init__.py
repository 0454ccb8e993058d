"""An agent that looks things up in Wikipedia."""

from .wikipedia import WikipediaAgent

__all__ = ("WikipediaAgent",)
