"""The parts of a message for models that can see."""

from typing import Any, Literal, TypedDict

__all__ = ("MessageContentType", "UserMessageImageContentPart", "UserMessageTextContentPart")


class UserMessageTextContentPart(TypedDict):
    """A text."""

    type: Literal["text"]
    text: str


class UserMessageImageContentPart(TypedDict):
    """A picture: ``image_url`` has the key ``url``, an address or a data URI."""

    type: Literal["image_url"]
    image_url: dict[Literal["url"], str]


MessageContentType = str | list[dict[str, Any] | str] | None
"""What the content of a message may be: a text, a list of parts, or nothing."""
