"""What was said, in the form that the semantic conventions give it. It is on spans only where a program asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .._core.content import part_of
from .._secrets import hidden, secrets_of_environment

__all__ = ("input_messages", "json_or_text", "output_messages", "without_secrets")


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Blank out keys, those of the environment too.

    Args:
        text: any text.
        secrets: the other keys.
    """
    return hidden(text, [*secrets, *secrets_of_environment()])


def json_or_text(value: object) -> str:
    """Write a value as JSON; what has no form there becomes a text.

    Args:
        value: anything.
    """
    return json.dumps(value, ensure_ascii=False, default=str)


def input_messages(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Describe the messages of a request.

    Args:
        messages: as OpenAI's API takes them.
    """
    return [{"role": message.get("role"), "parts": _parts(message)} for message in messages]


def output_messages(response: object) -> list[dict[str, Any]]:
    """Describe the choices of an answer.

    Args:
        response: the answer of a model client.
    """
    return [
        {
            "role": "assistant",
            "parts": _parts(part_of(choice, "message")),
            "finish_reason": part_of(choice, "finish_reason"),
        }
        for choice in getattr(response, "choices", None) or []
    ]


def _parts(message: object) -> list[dict[str, Any]]:
    """A message in the parts that OpenTelemetry's conventions name."""
    content = part_of(message, "content")
    if part_of(message, "role") == "tool":
        answer = {"type": "tool_call_response", "id": part_of(message, "tool_call_id"), "response": content}
        return [answer]
    texts = content if isinstance(content, list) else [content] if content else []
    parts = [_part(text) for text in texts]
    for call in part_of(message, "tool_calls") or []:
        function = part_of(call, "function")
        parts.append(
            {
                "type": "tool_call",
                "id": part_of(call, "id"),
                "name": part_of(function, "name"),
                "arguments": part_of(function, "arguments"),
            }
        )
    return parts


def _part(content: object) -> dict[str, Any]:
    if isinstance(content, str):
        return {"type": "text", "content": content}
    if part_of(content, "type") == "text":
        return {"type": "text", "content": part_of(content, "text")}
    return {"type": str(part_of(content, "type"))}  # a picture or a sound is named, not carried
