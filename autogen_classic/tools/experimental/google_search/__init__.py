"""Searches by Google: of the web, and of YouTube."""

from .google_search import GoogleSearchTool
from .youtube_search import YoutubeSearchTool

__all__ = ("GoogleSearchTool", "YoutubeSearchTool")
