"""The wire format of Anthropic's Messages API: turns become messages and blocks, and tools become tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .images import image_of, kind_of, with_bytes
from .translation import (
    ImagePart,
    Part,
    Text,
    Tool,
    ToolAnswer,
    ToolCall,
    Turn,
    alternating,
    split_system,
    told_calls,
    turns_of,
    with_plain_ids,
)

__all__ = ("choice_of", "messages_of", "process_image_content", "process_message_content", "tool_of")

_IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


def messages_of(
    messages: Iterable[Mapping[str, Any]], has_tools: bool, takes_addresses: bool, origin: str | None = None
) -> tuple[str, list[dict[str, Any]]]:
    """Write messages in which user and assistant take turns, the user first and last.

    Args:
        messages: messages in the OpenAI form.
        has_tools: whether the request offers tools; without them, calls and their answers become texts.
        takes_addresses: whether the API fetches pictures itself.
        origin: the model that is asked, as `origin_of` names it. Its thoughts go back with the answers of tools.

    Returns:
        The system text, and the messages.
    """
    system, turns = split_system(turns_of(messages, origin if has_tools else None))
    turns = with_plain_ids(turns) if has_tools else told_calls(turns)
    return system, [_message(turn, takes_addresses) for turn in alternating(turns, user_last=True)]


def _message(turn: Turn, takes_addresses: bool) -> dict[str, Any]:
    if len(turn.parts) == 1 and isinstance(turn.parts[0], Text) and not turn.kept:
        return {"role": turn.role, "content": turn.parts[0].text}
    own = turn.role == "assistant"
    return {"role": turn.role, "content": [*turn.kept, *(_block(part, own, takes_addresses) for part in turn.parts)]}


def _block(part: Part, own: bool, takes_addresses: bool) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if isinstance(part, ToolCall):
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": part.arguments}
    if isinstance(part, ToolAnswer):
        return {"type": "tool_result", "tool_use_id": part.call_id, "content": part.text}
    if own:  # only the user may send pictures
        return {"type": "text", "text": "(a picture)"}
    return _image_block(part, takes_addresses)


def _image_block(image: ImagePart, takes_addresses: bool) -> dict[str, Any]:
    if image.data is None and takes_addresses:
        return {"type": "image", "source": {"type": "url", "url": image.url}}
    image = with_bytes(image)
    kind = image.media_type if image.media_type in _IMAGE_TYPES else kind_of(image.data or b"")
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": image.base64}}


def process_message_content(message: Mapping[str, Any]) -> str | list[dict[str, Any]]:
    """Write the content of a message in the form of Anthropic's API.

    Args:
        message: a message in the OpenAI form.

    Returns:
        The text, or a list of blocks. Parts that are neither texts nor pictures are left out.
    """
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    parts = [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]
    return [process_image_content(part) for part in parts if part.get("type") in ("text", "image_url")]


def process_image_content(content_item: dict[str, Any]) -> dict[str, Any]:
    """Write a picture of a message in the form of Anthropic's API.

    Args:
        content_item: a part of a message in the OpenAI form; one that is not a picture is returned as it is.

    Raises:
        UnusableImageError: its data URI is damaged, or there is neither an address nor a data URI.
    """
    if content_item.get("type") != "image_url":
        return content_item
    return _image_block(image_of(content_item.get("image_url")), takes_addresses=True)


def tool_of(tool: Tool) -> dict[str, Any]:
    """Write a tool that is offered."""
    described = {"description": tool.description} if tool.description else {}
    return {"name": tool.name, **described, "input_schema": {"type": "object", **tool.parameters}}


def choice_of(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write ``tool_choice`` and ``parallel_tool_calls`` of the OpenAI form in that of Anthropic."""
    wanted = params.get("tool_choice")
    at_most_one = {"disable_parallel_tool_use": True} if params.get("parallel_tool_calls") is False else {}
    if isinstance(wanted, Mapping):
        if wanted.get("type") != "function":
            return dict(wanted)
        return {"type": "tool", "name": wanted["function"]["name"], **at_most_one}
    if wanted == "none":
        return {"type": "none"}
    if wanted in ("required", "any"):
        return {"type": "any", **at_most_one}
    return {"type": "auto", **at_most_one} if at_most_one else None
