"""The parts of a multimodal message."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

__all__ = ("MessageContentType", "UserMessageImageContentPart", "UserMessageTextContentPart")


class UserMessageTextContentPart(TypedDict):
    """A text."""

    type: Literal["text"]
    text: str


class UserMessageImageContentPart(TypedDict):
    """An image: ``image_url`` has the key ``url``, an address or a data URI."""

    type: Literal["image_url"]
    image_url: dict[str, Any]


MessageContentType = Union[str, list[Union[UserMessageTextContentPart, UserMessageImageContentPart]], None]
