"""What a safeguard reads in a message: its texts, the answers of tools in it, and the arguments of its calls."""

from __future__ import annotations

import json
from collections.abc import Callable

from ...._core.messages import Message, TextOrMessage
from ...._json.walk import with_keys, with_leaves

__all__ = ("MASK", "texts_in", "with_masked_texts", "without_calls")

MASK = "[SENSITIVE_INFO]"
"""What stands in the place of a text that is masked."""


def texts_in(message: TextOrMessage) -> list[str]:
    """Find the texts in a message.

    Args:
        message: the message.

    Returns:
        The texts of its content, the answers of tools, and the arguments of calls as JSON without escapes.
    """
    if isinstance(message, str):
        return [message]
    content = message.get("content")
    parts = [part.get("text") for part in content if isinstance(part, dict)] if isinstance(content, list) else [content]
    answers = [answer.get("content") for answer in message.get("tool_responses") or []]
    arguments = [_readable(function.get("arguments")) for function in _functions_in(message)]
    return [text for text in (*parts, *answers, *arguments) if isinstance(text, str)]


def with_masked_texts(
    message: TextOrMessage, found: set[str], mask: Callable[[str], str], finds: Callable[[str], bool]
) -> TextOrMessage:
    """Mask some texts of a message.

    Args:
        message: the message.
        found: the texts to mask, as `texts_in` returns them.
        mask: masks a text.
        finds: tells whether a text is to be masked; it is asked about each name and value among the arguments of a
            call, and about what is left of them.

    Returns:
        A copy. The arguments of calls are masked name by name and value by value, so that they stay JSON.
    """

    def masked(text: object) -> object:
        return mask(text) if isinstance(text, str) and text in found else text

    def with_masked_arguments(function: Message) -> Message:
        if _readable(function.get("arguments")) not in found:
            return function
        return {**function, "arguments": _masked_arguments(function["arguments"], mask, finds)}

    if isinstance(message, str):
        return str(masked(message))
    content = message.get("content")
    copied = {**message, "content": masked(content)}
    if isinstance(content, list):
        copied["content"] = [{**part, "text": masked(part["text"])} if _has_text(part) else part for part in content]
    if copied.get("tool_responses"):
        copied["tool_responses"] = [
            {**answer, "content": masked(answer.get("content"))} for answer in copied["tool_responses"]
        ]
    if copied.get("tool_calls"):
        copied["tool_calls"] = [
            {**call, "function": with_masked_arguments(call["function"])} if call.get("function") else call
            for call in copied["tool_calls"]
        ]
    if copied.get("function_call"):
        copied["function_call"] = with_masked_arguments(copied["function_call"])
    return copied


def without_calls(message: Message) -> Message:
    """Take the calls out of a message that is blocked.

    Args:
        message: the message, whose content says that it is blocked.

    Returns:
        A copy that calls nothing. The answers of tools in it still answer their calls, and say that they are blocked.
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
    """The arguments of a call as JSON without escapes, in which a pattern finds what the tool would read."""
    try:
        parsed = json.loads(arguments, object_pairs_hook=_with_repeated) if isinstance(arguments, str) else arguments
    except ValueError:
        return arguments
    return json.dumps(parsed, ensure_ascii=False)


def _with_repeated(pairs: list[tuple[str, object]]) -> object:
    """An object of JSON; if a name is repeated in it, a list, because a dict would hide all but the last value."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else [{name: value} for name, value in pairs]


def _masked_arguments(arguments: object, mask: Callable[[str], str], finds: Callable[[str], bool]) -> str:
    """Mask those names and values among the arguments of a call that a pattern finds.

    If it still finds something then, because it spans several of them, all values are masked, and at last all names.
    """

    def masked_text(text: str) -> str:
        return mask(text) if finds(text) else text

    def masked(value: object) -> object:
        if value is None:
            return None
        if isinstance(value, str):
            return masked_text(value)
        text = json.dumps(value)
        changed = masked_text(text)
        return value if changed == text else changed

    def is_left(values: object) -> bool:
        return finds(json.dumps(values, ensure_ascii=False).replace(MASK, ""))

    try:
        values = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return masked_text(str(arguments))
    kept = with_keys(with_leaves(values, masked), masked_text)
    if is_left(kept):
        kept = with_leaves(kept, lambda value: None if value is None else MASK)
    if is_left(kept):
        kept = with_keys(kept, lambda name: MASK)
    return json.dumps(kept, ensure_ascii=False)
