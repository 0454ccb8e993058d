"""A tool that researches a question on the web."""

from .deep_research import DeepResearchTool

__all__ = ("DeepResearchTool",)
