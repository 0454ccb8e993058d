"""An agent that researches questions on the web."""

from .deep_research import DeepResearchAgent

__all__ = ("DeepResearchAgent",)
