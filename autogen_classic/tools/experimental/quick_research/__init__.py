"""A tool that searches the web and sums up the pages that it finds."""

from .quick_research import QuickResearchTool

__all__ = ("QuickResearchTool",)
