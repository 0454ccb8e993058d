"""Wikipedia: which pages there are about something, and what stands on them."""

from .wikipedia import WikipediaPageLoadTool, WikipediaQueryRunTool

__all__ = ("WikipediaPageLoadTool", "WikipediaQueryRunTool")
