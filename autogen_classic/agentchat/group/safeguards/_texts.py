"""What a safeguard reads of a message: its texts, the answers of tools in it, and the arguments of its calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ...._core.messages import Message, TextOrMessage
from ...._json.walk import with_leaves

__all__ = ("MASK", "texts_in", "with_texts", "without_calls")

MASK = "[SENSITIVE_INFO]"


def texts_in(message: TextOrMessage) -> list[str]:
    """The texts of a message.

    Args:
        message: the message.

    Returns:
        Its content or the parts of it, the answers of tools, and the arguments of calls, as JSON without escapes.
    """
    if isinstance(message, str):
        return [message]
    content = message.get("content")
    parts = [part.get("text") for part in content if isinstance(part, dict)] if isinstance(content, list) else [content]
    answers = [answer.get("content") for answer in message.get("tool_responses") or []]
    arguments = [_readable(function.get("arguments")) for function in _functions_in(message)]
    return [text for text in [*parts, *answers, *arguments] if isinstance(text, str)]


def with_texts(
    message: TextOrMessage, found: set[str], masked: Callable[[str], str], finds: Callable[[str], bool]
) -> TextOrMessage:
    """Mask some texts of a message.

    Args:
        message: the message.
        found: the texts to mask, as `texts_in` returns them.
        masked: masks a text.
        finds: tells whether a text is to be masked; it is asked about each value among the arguments of a call.

    Returns:
        A copy. Arguments of calls are masked value by value, so that they stay JSON.
    """

    def changed(text: Any) -> Any:
        return masked(text) if isinstance(text, str) and text in found else text

    def hide(value: str) -> str:
        return masked(value) if finds(value) else value

    if isinstance(message, str):
        return str(changed(message))
    copied = dict(message)
    content = copied.get("content")
    copied["content"] = (
        [{**part, "text": changed(part["text"])} if _has_text(part) else part for part in content]
        if isinstance(content, list)
        else changed(content)
    )
    if copied.get("tool_responses"):
        copied["tool_responses"] = [
            {**answer, "content": changed(answer.get("content"))} for answer in copied["tool_responses"]
        ]
    if copied.get("tool_calls"):
        copied["tool_calls"] = [
            {**call, "function": _with_arguments(call["function"], found, hide)} if call.get("function") else call
            for call in copied["tool_calls"]
        ]
    if copied.get("function_call"):
        copied["function_call"] = _with_arguments(copied["function_call"], found, hide)
    return copied


def without_calls(message: Message) -> Message:
    """A blocked message calls nothing; the answers of tools in it are blocked, and still answer their calls.

    Args:
        message: the message, whose content says that it is blocked.
    """
    kept = {key: value for key, value in message.items() if key not in ("tool_calls", "function_call")}
    if kept.get("tool_responses"):
        kept["tool_responses"] = [{**answer, "content": kept["content"]} for answer in kept["tool_responses"]]
    return kept


def _has_text(part: object) -> bool:
    return isinstance(part, dict) and "text" in part


def _functions_in(message: Message) -> list[Message]:
    calls = [call.get("function") for call in message.get("tool_calls") or []]
    return [function for function in (*calls, message.get("function_call")) if isinstance(function, dict)]


def _readable(arguments: object) -> object:
    """Arguments as JSON without escapes, in which a pattern finds what the tool would read."""
    try:
        parsed = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return arguments
    return json.dumps(parsed, ensure_ascii=False)


def _with_arguments(function: Message, found: set[str], hide: Callable[[str], str]) -> Message:
    arguments = function.get("arguments")
    readable = _readable(arguments)
    if readable not in found:
        return function
    try:
        before = json.loads(str(readable))
    except ValueError:
        return {**function, "arguments": hide(str(arguments))}
    after = with_leaves(before, lambda value: _masked_value(value, hide))
    if after == before:  # the pattern spans several values
        after = with_leaves(before, lambda value: None if value is None else MASK)
    return {**function, "arguments": json.dumps(after, ensure_ascii=False)}


def _masked_value(value: object, hide: Callable[[str], str]) -> object:
    """Mask a value among the arguments of a call; a number that is masked becomes a text."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    masked = hide(text)
    return value if masked == text else masked
