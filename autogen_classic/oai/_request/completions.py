"""A completion as many different servers write it, read for what it means.

An answer has been paid for when it comes. So what is odd in it is put right instead of refused: by this code, for
answers that come whole and for those that were gathered from a stream.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from typing import Any

from ..._core.content import part_of, reader_of, text_of
from .._messages.pairing import NAMELESS

__all__ = ("fault_in", "put_right", "said_in", "texts_of_completion", "words_of_error")

_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
_WHOLE_NUMBERS = [int, int, int]
_ABSENT = object()
_REASONS_OF_FAULTS = ("error", "insufficient_system_resource")  # where others say "stop" or "length"


def texts_of_completion(response: object) -> list[Any]:
    """Return the texts of a completion, or its messages if they call functions or tools.

    Args:
        response: a completion, whose class need not be that of the openai package. A refusal is a text too.
    """
    return [_text_or_calls_of(choice) for choice in part_of(response, "choices")]


def _text_or_calls_of(choice: object) -> object:
    of_choice = reader_of(choice)
    text, message = of_choice("text"), of_choice("message")
    if text is not None:
        return text
    of_message = reader_of(message)
    if of_message("function_call") or of_message("tool_calls"):
        return message
    content = of_message("content")
    return content or of_message("refusal") or content


def put_right(response: Any, model: object) -> None:
    """Give a completion the form that programs read, in place: a text in each message, no empty list of calls,
    arguments as text, and usage in whole numbers, or None if nothing was counted.

    Args:
        response: a ChatCompletion or Completion of the openai package that has choices.
        model: the model that was asked, for servers that do not say which one answers.
    """
    _set(response, "model", part_of(response, "model") or model)
    _set(response, "usage", _usage_of(part_of(response, "usage")))
    for position, choice in enumerate(response.choices):
        if part_of(choice, "index") is None:
            choice.index = position
        if hasattr(choice, "message"):
            _set(choice, "message", _message_of(choice))


def _set(on: object, name: str, value: object) -> None:
    """Set what is not so already, as it nearly always is: the classes of the SDK are slow to set an attribute."""
    if getattr(on, name, _ABSENT) is not value:
        setattr(on, name, value)


def fault_in(response: object) -> str | None:
    """Return a server's own words if it reports an error instead of an answer, or in the middle of one.

    Args:
        response: a completion that was put right.
    """
    for choice in part_of(response, "choices"):
        if part_of(choice, "finish_reason") in _REASONS_OF_FAULTS:
            return words_of_error(choice) or "an error that it does not explain"
    return None


def words_of_error(said: object) -> str | None:
    """Return the text of an error, in any of the forms that servers have for it.

    Args:
        said: a chunk, a choice or the body of an answer.
    """
    for name in ("error", "detail", "message"):
        words = part_of(said, name)
        if isinstance(words, Mapping):
            words = words_of_error(words) or json.dumps(words, ensure_ascii=False)
        if isinstance(words, str) and words:
            return words
    return None


def said_in(choice: object) -> object:
    """Return what a choice says: its message, under any of the names that servers have for it.

    Args:
        choice: a choice of a completion.
    """
    for name in ("message", "delta", "text"):
        said: object = part_of(choice, name)
        if said is not None:
            return said
    return None


def _message_of(choice: object) -> object:
    """The message of a choice, with a role, a text, and calls that have an id and arguments as texts."""
    message: Any = said_in(choice)
    if isinstance(message, str):
        message = {"content": message}
    if isinstance(message, Mapping):
        from openai.types.chat import ChatCompletionMessage

        message = ChatCompletionMessage.construct(**message)
    said_of_it = reader_of(message)
    calls = said_of_it("tool_calls") or None
    _set(message, "role", said_of_it("role") or "assistant")
    _set(message, "content", text_of(said_of_it("content")))
    _set(message, "tool_calls", calls)
    for call in calls or ():
        _set(call, "id", part_of(call, "id") or f"call_{os.urandom(12).hex()}")
    for function in (said_of_it("function_call"), *[part_of(call, "function") for call in calls or ()]):
        if function is not None:
            function.name = function.name or NAMELESS
            if not isinstance(function.arguments, str):
                function.arguments = json.dumps(function.arguments or {}, ensure_ascii=False)
    return message


def _usage_of(said: object) -> object:
    """A usage in whole numbers. Anything besides the three counts stays."""
    given = [*map(reader_of(said), _COUNTS)]
    if given[-1] and [*map(type, given)] == _WHOLE_NUMBERS and not isinstance(said, Mapping):
        return said
    counts = [_count(count) for count in given]
    if counts == [None, None, None]:
        return None
    usage = said
    if isinstance(said, Mapping):
        from openai.types import CompletionUsage

        usage = CompletionUsage.construct(**said)
    sent, received = counts[0] or 0, counts[1] or 0
    for name, count in zip(_COUNTS, (sent, received, counts[2] or sent + received), strict=True):
        setattr(usage, name, count)
    return usage


def _count(value: object) -> int | None:
    """A number of tokens, which may be written as a text."""
    try:
        number = float(value) if isinstance(value, (str, int, float)) else math.nan
    except ValueError:
        return None
    return int(number) if math.isfinite(number) else None
