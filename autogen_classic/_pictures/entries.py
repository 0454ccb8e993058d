"""What has happened in a run, one entry after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._core.content import content_str
from .._core.messages import called

__all__ = ("EVERYBODY", "Entry", "calls_in", "entries_of_history", "message_text", "names_in")

EVERYBODY = "everybody"
"""Whom a message is for that does not say so, among more than two speakers."""


@dataclass
class Entry:
    """One thing that happened.

    Attributes:
        kind: "message", "model", "tool", "person", "code", "agent", "end", "error", "output" or "event".
        agent: who did it, or to whom it happened.
        text: what was said or done.
        at: when, as ``2026-01-31 23:59:59.000000`` in UTC; None if the file does not say.
        to: who was spoken to.
        model: which model answered.
        tokens: how many it took.
        cost: US dollars.
        seconds: how long it took.
        from_cache: whether a cache answered for a model.
        failed: whether it went wrong.
        under_way: whether it has begun, but is not over, as far as the file knows.
        message: the whole message behind the text, where there is one.
    """

    kind: str
    agent: str | None
    text: str
    at: str | None = None
    to: str | None = None
    model: str | None = None
    tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None
    from_cache: bool = False
    failed: bool = False
    under_way: bool = False
    message: Mapping[str, object] | None = None


def names_in(entries: Iterable[Entry]) -> list[str]:
    """The agents in the order in which they appear.

    Args:
        entries: what has happened.
    """
    return list(dict.fromkeys(name for entry in entries for name in (entry.agent, entry.to) if name))


def entries_of_history(history: Sequence[object], both: tuple[str, str] | None = None) -> list[Entry]:
    """The messages of a history, such as `ChatResult.chat_history`.

    Args:
        history: the messages, as the agent stored them who opened the chat.
        both: the names of this agent and of its partner, where they are known. Whoever else speaks does so in a
            group, to the partner, who leads it.

    Returns:
        An entry for each message.
    """
    messages = [one if isinstance(one, Mapping) else {"content": one} for one in history]
    named = [name for message in messages if (name := _name_in(message)) is not None]
    among = list(dict.fromkeys(named))
    pair = both or ((among[0], among[1]) if len(among) == 2 else None)
    speakers: list[str] = []
    for message in messages:
        speakers.append(_name_in(message) or _nameless(message, pair, speakers[-1] if speakers else None))
    if pair is None and len(roles := list(dict.fromkeys(speakers))) == 2:
        pair = (roles[0], roles[1])
    return [
        Entry("message", speaker, message_text(message), to=_partner(speaker, pair), message=message)
        for speaker, message in zip(speakers, messages, strict=True)
    ]


def _name_in(message: Mapping[str, object]) -> str | None:
    """The name of the speaker; answers of functions may have the name of the function in its place."""
    role, name = message.get("role"), message.get("name")
    is_of_function = role == "function" or (role == "tool" and "tool_responses" not in message)
    return name if isinstance(name, str) and name and not is_of_function else None


def _nameless(message: Mapping[str, object], pair: tuple[str, str] | None, last: str | None) -> str:
    """Who says a message without a name: of two agents the one who did not speak last."""
    if pair is None:
        return str(message.get("role") or "somebody")
    return pair[0] if last in (None, pair[1]) else pair[1]


def _partner(speaker: str, pair: tuple[str, str] | None) -> str:
    if pair is None:
        return EVERYBODY
    return pair[0] if speaker == pair[1] else pair[1]


def message_text(message: object) -> str:
    """The text of a message, and the functions that it calls.

    Args:
        message: a message as a dict; anything else is shown as it is.
    """
    if not isinstance(message, Mapping):
        return str(message)
    shown = [f"[calls {name}({arguments})]" for name, arguments in calls_in(message)]
    return " ".join([_content_text(message.get("content")), *shown]).strip()


def _content_text(content: object) -> str:
    try:
        return content_str(content)
    except (TypeError, ValueError, AssertionError):
        return json.dumps(content, ensure_ascii=False, default=str)


def calls_in(message: Mapping[str, object]) -> list[tuple[str, str]]:
    """The functions and tools that a message calls, with their arguments as they are written.

    Args:
        message: the message.
    """
    calls = message.get("tool_calls")
    asked = [called(call) for call in calls] if isinstance(calls, (list, tuple)) else []
    asked.append(message.get("function_call"))  # type: ignore[arg-type]
    functions = [function for function in asked if isinstance(function, Mapping) and function]
    return [(str(one.get("name")), str(one.get("arguments", one.get("input")))) for one in functions]
