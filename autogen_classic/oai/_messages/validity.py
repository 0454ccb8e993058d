"""What OpenAI's API asks of every message list, put right where a history does not have it.

A history may hold calls that nobody answered, because the chat was interrupted, or answers whose calls were cut off;
and calls of Gemini, which have a field that no other API knows. A list that is valid is sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .translation import NOT_CARRIED_OUT

__all__ = ("valid_messages",)

_OF_GOOGLE = "extra_content"


def valid_messages(messages: list[Any], model: str, place: str) -> list[Any]:
    """Pair calls with their answers, and leave out of calls what only Google understands.

    Args:
        messages: messages in the OpenAI form, which are not changed.
        model: the model that is asked.
        place: the address of its endpoint.

    Returns:
        The same list where nothing has to be changed, else a new one.
    """
    if not any(_part(message, "tool_calls") or _part(message, "role") == "tool" for message in messages):
        return messages
    for_google = "google" in place or "gemini" in model
    changed: list[Any] = []
    open_calls: dict[Any, None] = {}
    for message in messages:
        if _is_answer(message):
            known = message.get("tool_call_id") in open_calls
            open_calls.pop(message.get("tool_call_id"), None)
            changed.append(message if known else _told_by_user(message))
            continue
        changed += map(_no_answer, open_calls)
        open_calls = {_part(call, "id"): None for call in _part(message, "tool_calls") or ()}
        changed.append(message if for_google else _without_extra_content(message))
    changed += map(_no_answer, open_calls)
    same = len(changed) == len(messages) and all(new is old for new, old in zip(changed, messages, strict=True))
    return messages if same else changed


def _part(of: Any, name: str) -> Any:
    """A part of a message or a call, which may also be an object of the openai package."""
    if type(of) is dict or isinstance(of, Mapping):  # the first is quick to ask, and nearly always true
        return of.get(name)
    return getattr(of, name, None)


def _is_answer(message: Any) -> bool:
    return isinstance(message, Mapping) and message.get("role") == "tool"


def _no_answer(call_id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": NOT_CARRIED_OUT}


def _told_by_user(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": f"A tool answered: {answer.get('content')}"}


def _without_extra_content(message: Any) -> Any:
    calls = (message.get("tool_calls") or ()) if isinstance(message, Mapping) else ()
    if not any(isinstance(call, Mapping) and _OF_GOOGLE in call for call in calls):
        return message
    return {**message, "tool_calls": [{key: call[key] for key in call if key != _OF_GOOGLE} for call in calls]}
