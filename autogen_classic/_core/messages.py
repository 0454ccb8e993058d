"""The one place that knows what a message is, and what of it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias, TypeGuard

from .content import part_of

__all__ = ("Message", "TextOrMessage", "are_plain_texts", "as_message", "called", "outgoing", "stored_form")

Message: TypeAlias = dict[str, Any]
TextOrMessage: TypeAlias = str | Message
"""What agents say: a text, or a dict with ``content`` or a call."""

STORED_KEYS = (
    "content",
    "function_call",
    "tool_calls",
    "tool_responses",
    "tool_call_id",
    "name",
    "context",
    "extra_content",  # what the model that said it wants back
)
_ROLES_OF_ANSWERS = ("function", "tool")
_DICT = frozenset((dict,))
_TEXT = frozenset((str,))
_KEYS_OF_A_TEXT = frozenset(("content", "name", "role"))


def as_message(message: object) -> Message:
    """Give a message its dict form.

    Args:
        message: a text, a dict (returned as it is), or another mapping.

    Returns:
        A dict with at least what the message said.

    Raises:
        TypeError: the message is neither a text nor a dict.
    """
    if isinstance(message, str):
        return {"content": message}
    if isinstance(message, dict):
        return message
    if hasattr(message, "keys"):
        return dict(message)  # type: ignore[call-overload, no-any-return]
    raise TypeError(
        f"A message must be a text or a dict with 'content', but it is {message!r} ({type(message).__name__})."
    )


def called(call: object) -> Message:
    """What a tool call asks for.

    Args:
        call: a call in the form of OpenAI, of the type ``function`` or ``custom``, or an object of the openai package.

    Returns:
        The ``name`` with the ``arguments`` of a function, or with the text that is the ``input`` of a custom tool; an
        empty dict for a call that asks for nothing.
    """
    asked: Message = part_of(call, "function") or part_of(call, "custom") or {}  # some servers write null for nothing
    return asked


def are_plain_texts(messages: Sequence[object]) -> TypeGuard[Sequence[dict[str, str]]]:
    """Tell whether messages hold nothing but a text, who says it and in which role, as nearly all do.

    A request may hold hundreds of messages, and this takes a tenth of a microsecond for each: no Python runs for it.

    Args:
        messages: what stands in a request.
    """
    return (
        _DICT.issuperset(map(type, messages))
        and _KEYS_OF_A_TEXT.issuperset(chain.from_iterable(messages))  # type: ignore[arg-type]  # all are dicts
        and _TEXT.issuperset(map(type, chain.from_iterable(map(dict.values, messages))))  # type: ignore[arg-type]
    )


def stored_form(message: Mapping[str, Any], role: str, author: str) -> Message | None:
    """Build the stored form of a message.

    Args:
        message: the message in its dict form.
        role: the role that the message has for the agent that stores it, unless the message says otherwise.
        author: the name of the agent who wrote the message.

    Returns:
        A new dict, or None for a message that has neither content nor a call.
    """
    content = message.get("content")
    if isinstance(content, str):  # most messages are a text and nothing else, or come from a history
        if len(message) == 1:
            return {"content": content, "role": role, "name": author}
        name = message.get("name")
        if len(message) == 3 and name and message.get("role", "tool") not in _ROLES_OF_ANSWERS:
            return {"content": content, "name": name, "role": role}

    stored = {key: message[key] for key in STORED_KEYS if message.get(key) is not None}
    has_call = "function_call" in stored or "tool_calls" in stored
    if "content" not in stored:
        if not has_call:
            return None
        stored["content"] = None

    if message.get("role") in _ROLES_OF_ANSWERS:
        stored["role"] = message["role"]
    elif "override_role" in message:
        stored["role"] = message["override_role"]
    else:
        stored["role"] = role

    if stored.get("function_call") or stored.get("tool_calls"):
        stored["role"] = "assistant"  # only an assistant may call
    elif "name" not in stored:
        stored["name"] = author
    return stored


def outgoing(messages: list[Message]) -> list[Message]:
    """Build the message list that leaves for a model; the stored messages stay as they are.

    The answers to several tool calls, stored as one message, become one message each, and the ``context`` of a
    message, which is meant for this library, stays here.

    Args:
        messages: messages in their stored form.

    Returns:
        A new list of new dicts.
    """
    if are_plain_texts(messages):
        return list(map(dict.copy, messages))
    leaving: list[Message] = []
    for message in messages:
        responses = message.get("tool_responses")
        if responses:
            leaving += [{**response, "content": str(response["content"])} for response in responses]
            if message.get("role") != "tool":
                leaving.append({key: message[key] for key in message if key not in ("tool_responses", "context")})
        else:
            leaving.append({key: message[key] for key in message if key != "context"})
    return leaving
