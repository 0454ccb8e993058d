"""What OpenAI's API asks of every message list, put right if a history does not comply.

A history may hold calls that nobody answered, because the chat was interrupted, or answers whose calls were cut off;
what models of other providers want back with their words; and agents with names of any form. A list that is valid is
sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any, TypeGuard

from ..._core.content import IMAGE_MARK, part_of
from ..._core.messages import are_plain_texts, called
from ..._core.speaker_names import fitting_names
from .kept import EXTRA_CONTENT, REASONING_CONTENT, kept_items, origin_of
from .pairing import NAMELESS, CallPairs, OpenCall
from .translation import NOT_CARRIED_OUT, arguments_as_text

__all__ = ("valid_messages",)


def valid_messages(messages: list[Any], model: str, place: str) -> list[Any]:
    """Pair calls with their answers, make names and pictures fit, and leave out what only other providers understand.

    Args:
        messages: messages in the OpenAI form, which are not changed.
        model: the model that is asked.
        place: the address of its endpoint.

    Returns:
        The same list if nothing has to be changed, otherwise a new one.
    """
    if _are_valid_texts(messages):
        return messages
    messages = _with_valid_pictures(_with_fitting_names(messages))
    if not any(_needs_care(message) for message in messages):
        return messages
    for_google = "google" in place or "gemini" in model
    origin = origin_of(model, place)
    changed: list[Any] = []
    pairs = CallPairs()
    for message in messages:
        if _is_answer(message):
            call = pairs.answered_by(message.get("tool_call_id"))
            changed.append(_told_by_user(message) if call is None else _with(message, tool_call_id=call.id))
            continue
        changed += map(_no_answer, pairs.close())
        calls = part_of(message, "tool_calls") or ()
        opened = pairs.open((part_of(call, "id"), part_of(called(call), "name")) for call in calls)
        changed.append(_with_thoughts(message, _with_valid_calls(message, opened, for_google), origin))
    changed += map(_no_answer, pairs.close())
    same = len(changed) == len(messages) and all(new is old for new, old in zip(changed, messages, strict=True))
    return messages if same else changed


def _are_valid_texts(messages: list[Any]) -> bool:
    """The quick test that nearly all requests pass, with hundreds of messages each time."""
    if not are_plain_texts(messages):
        return False
    roles = set(map(dict.get, messages, repeat("role")))
    names = set(map(dict.get, messages, repeat("name")))
    return roles.isdisjoint(("function", "tool")) and not fitting_names(names)


def _with_fitting_names(messages: list[Any]) -> list[Any]:
    fitting = fitting_names(map(_speaker, messages))
    if not fitting:
        return messages
    return [
        message if (name := _speaker(message)) is None else _with(message, name=fitting.get(name, name))
        for message in messages
    ]


def _with_valid_pictures(messages: list[Any]) -> list[Any]:
    if not any(isinstance(part_of(message, "content"), list) for message in messages):
        return messages
    changed = [_with_valid_parts(message) for message in messages]
    return changed if any(new is not old for new, old in zip(changed, messages, strict=True)) else messages


def _with_valid_parts(message: object) -> object:
    content = part_of(message, "content")
    if not isinstance(message, Mapping) or not isinstance(content, list):
        return message
    parts = [_valid_part(part, message.get("role")) for part in content]
    return (
        message if all(new is old for new, old in zip(parts, content, strict=True)) else {**message, "content": parts}
    )


def _valid_part(part: object, role: object) -> object:
    """A part as it may stand: an address is in a dict, and a picture that an assistant has shown becomes a mark."""
    if not isinstance(part, Mapping) or part.get("type") != "image_url":
        return part
    if role == "assistant":
        return {"type": "text", "text": IMAGE_MARK}
    return {**part, "image_url": {"url": part["image_url"]}} if isinstance(part.get("image_url"), str) else part


def _speaker(message: object) -> str | None:
    """The name of who speaks; a message of role function has that of the function."""
    if not isinstance(message, Mapping) or message.get("role") == "function":
        return None
    name = message.get("name")
    return name if isinstance(name, str) else None


def _needs_care(message: object) -> bool:
    return (
        part_of(message, "tool_calls") is not None
        or part_of(message, "role") == "tool"
        or part_of(message, "function_call") is not None
        or part_of(message, EXTRA_CONTENT) is not None
    )


def _is_answer(message: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(message, Mapping) and message.get("role") == "tool"


def _no_answer(call: OpenCall) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call.id, "content": NOT_CARRIED_OUT}


def _told_by_user(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": f"A tool answered: {answer.get('content')}"}


def _with_valid_calls(message: object, opened: Sequence[OpenCall], for_google: bool) -> object:
    """A message whose calls have ids, names and arguments, in which an empty list of calls is left out."""
    if not isinstance(message, Mapping):  # an object of the openai package, which is sent as it is
        return message
    message = _without(message, EXTRA_CONTENT)
    if isinstance(message.get("function_call"), Mapping):
        message = _with(message, function_call=_valid_function(message["function_call"]))
    if not opened:
        return _without(message, "tool_calls")
    calls = [_valid_call(call, pair, for_google) for call, pair in zip(message["tool_calls"], opened, strict=True)]
    same = all(new is old for new, old in zip(calls, message["tool_calls"], strict=True))
    return message if same else {**message, "tool_calls": calls}


def _with_thoughts(stored: object, message: object, origin: str) -> object:
    """Give the model that is asked its own thoughts back, as DeepSeek and servers like it want them."""
    if not isinstance(stored, Mapping) or not isinstance(message, Mapping):
        return message
    thoughts = {name: item[name] for item in kept_items(stored, origin) for name in item if name == REASONING_CONTENT}
    return {**message, **thoughts} if thoughts else message


def _valid_call(call: object, pair: OpenCall, for_google: bool) -> object:
    if not isinstance(call, Mapping):
        return call
    if not for_google:
        call = _without(call, EXTRA_CONTENT)
    for part in ("type", "function"):
        if call.get(part) is None:
            call = _without(call, part)
    if isinstance(call.get("function"), Mapping):
        call = _with(call, function=_valid_function(call["function"]))
    return _with(call, id=pair.id)


def _valid_function(function: Mapping[str, Any]) -> Mapping[str, Any]:
    """A called function with a name, and with arguments as text."""
    return _with(
        function, name=function.get("name") or NAMELESS, arguments=arguments_as_text(function.get("arguments"))
    )


def _without(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The same mapping if it has no such part, otherwise a copy without it."""
    return {key: of[key] for key in of if key != name} if name in of else of


def _with(of: Mapping[str, Any], **parts: Any) -> Mapping[str, Any]:
    """The same mapping if it already has these parts, otherwise a copy that has them."""
    return of if all(of.get(name) is part for name, part in parts.items()) else {**of, **parts}
