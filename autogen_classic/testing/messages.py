"""Calls of tools as a model writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

__all__ = ("ToolCall", "tools_message")


@dataclass(frozen=True, init=False)
class ToolCall:
    """A call of a tool that the scripted model asks for.

    Attributes:
        name: the name of the tool.
        arguments: the arguments as JSON text, as a model writes them; it may be broken on purpose.
        id: the id of the call; None lets the model number it.
    """

    name: str
    arguments: str = "{}"
    id: str | None = None

    def __init__(self, tool_name: str, raw: str | None = None, id: str | None = None, /, **arguments: Any) -> None:
        """Write a call.

        Args:
            tool_name: the name of the tool.
            raw: the arguments as the model would write them, for instance broken JSON, in place of keywords.
            id: the id of the call; None lets the model number it.
            **arguments: the arguments of the tool, which must be JSON values.

        Raises:
            TypeError: both forms of arguments are given, or one is not a JSON value.
        """
        if raw is not None and arguments:
            raise TypeError(f"tool_call({tool_name!r}): give the arguments as one raw text or as keywords, not both.")
        written = json.dumps(arguments) if raw is None else raw
        for field, value in (("name", tool_name), ("arguments", written), ("id", id)):
            object.__setattr__(self, field, value)

    def to_message(self) -> dict[str, Any]:
        """Make the message of a model that calls this tool.

        Returns:
            A message with ``tool_calls``.
        """
        return tools_message(self)


def tools_message(*tool_calls: ToolCall) -> dict[str, Any]:
    """Make the message of a model that calls several tools at once.

    Args:
        *tool_calls: the calls.

    Returns:
        A message with ``tool_calls``; calls without an id get a new one.
    """
    calls = [
        {
            "id": call.id or f"call_{uuid4()}",
            "function": {"name": call.name, "arguments": call.arguments},
            "type": "function",
        }
        for call in tool_calls
    ]
    return {"content": None, "tool_calls": calls}
