"""A tool that searches YouTube."""

from __future__ import annotations

from typing import Annotated, Any

from ...._argument_checks import arguments_checked
from ...._core.callables import blocking
from ...tool import Tool
from .._foreign import ForeignResults
from ._interfaces import check_package, items_of

__all__ = ("YoutubeSearchTool",)

_SERVICE = "YouTube"
_MOST = 50  # results in one request
_OF_SNIPPET = ("title", "description", "publishedAt", "channelTitle")
_DETAILS = {
    "statistics": ("viewCount", "likeCount", "commentCount"),
    "contentDetails": ("duration", "definition"),
}


class YoutubeSearchTool(Tool):
    """Searches YouTube for videos.

    The tool is called ``youtube_search`` and returns a list of dicts with ``title``, ``description``, ``publishedAt``,
    ``channelTitle``, ``videoId`` and ``url``; with details also ``viewCount``, ``likeCount``, ``commentCount``,
    ``duration`` (as in ``"PT1M30S"``) and ``definition``, as far as YouTube tells them.

    Attributes:
        youtube_api_key: the key.
    """

    @arguments_checked
    def __init__(self, *, youtube_api_key: str | None = None) -> None:
        """Make the tool.

        Args:
            youtube_api_key: the key for the YouTube Data API.

        Raises:
            ValueError: there is no key.
            ImportError: the package google-api-python-client is missing.
        """
        if not youtube_api_key:
            raise ValueError("youtube_api_key must be given.")
        check_package("YoutubeSearchTool")
        self.youtube_api_key = youtube_api_key
        key = youtube_api_key

        @blocking
        def youtube_search(
            query: Annotated[str, "What to look for."],
            max_results: Annotated[int, "How many videos; at most 50."] = 5,
            include_video_details: Annotated[bool, "Whether views, likes and lengths are wanted, too."] = True,
        ) -> ForeignResults[dict[str, str]]:
            found = items_of(
                _SERVICE,
                key,
                ("youtube", "v3", "search"),
                q=query,
                part="id,snippet",
                maxResults=min(max(max_results, 1), _MOST),
                type="video",
            )
            videos = [video for item in found if (video := _video_of(item))]
            if include_video_details and videos:
                _add_details(videos, key)
            return ForeignResults(videos)

        super().__init__(
            name="youtube_search",
            description="Search YouTube for videos; returns what each is called and about, and where it is.",
            func_or_tool=youtube_search,
        )


def _video_of(item: dict[str, Any]) -> dict[str, str]:
    """What is told about a video; nothing for what is not one."""
    place, snippet = item.get("id"), item.get("snippet") or {}
    video_id = place.get("videoId") if isinstance(place, dict) else None
    if not video_id:
        return {}
    told = {name: str(snippet.get(name) or "") for name in _OF_SNIPPET}
    return {**told, "videoId": video_id, "url": f"https://www.youtube.com/watch?v={video_id}"}


def _add_details(videos: list[dict[str, str]], key: str) -> None:
    ids = ",".join(video["videoId"] for video in videos)
    found = items_of(_SERVICE, key, ("youtube", "v3", "videos"), id=ids, part="snippet,contentDetails,statistics")
    by_id = {item.get("id"): item for item in found}
    for video in videos:
        item = by_id.get(video["videoId"], {})
        for part, names in _DETAILS.items():
            told = item.get(part) or {}
            video.update({name: str(told[name]) for name in names if name in told})
