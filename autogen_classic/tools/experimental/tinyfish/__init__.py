"""TinyFish: searches of the web, pages as text, and a browser that does what it is told."""

from .tinyfish_tool import TinyFishFetchTool, TinyFishSearchTool, TinyFishTool

__all__ = ("TinyFishFetchTool", "TinyFishSearchTool", "TinyFishTool")
