"""What has happened in a run, one entry after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .._core.content import content_str
from .._core.messages import called

__all__ = ("EVERYBODY", "Entry", "Kind", "calls_in", "entries_of_history", "message_text", "names_in")

EVERYBODY = "everybody"
"""To whom a message is addressed if it does not say so and there are more than two speakers."""

Kind: TypeAlias = Literal["message", "model", "tool", "person", "code", "agent", "end", "error", "output", "event"]


@dataclass
class Entry:
    """One thing that happened.

    Attributes:
        kind: what kind of thing it was.
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

    kind: Kind
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
    """List the agents that entries name.

    Args:
        entries: what has happened.

    Returns:
        Their names, in the order in which they first appear.
    """
    return list(dict.fromkeys(name for entry in entries for name in (entry.agent, entry.to) if name))


def entries_of_history(history: Sequence[object], both: tuple[str, str] | None = None) -> list[Entry]:
    """The messages of a history, such as `ChatResult.chat_history`.

    Args:
        history: the messages, as stored by the agent that opened the chat.
        both: the names of this agent and of its partner, where they are known. Anybody else who speaks is a member of
            a group, and speaks to the partner, who leads the group.

    Returns:
        An entry for each message.
    """
    messages = [message if isinstance(message, Mapping) else {"content": message} for message in history]
    pair = both or _only_two(name for message in messages if (name := _name_in(message)) is not None)
    speakers: list[str] = []
    for message in messages:
        last = speakers[-1] if speakers else None
        speakers.append(_name_in(message) or _guessed_speaker(message, pair, last))
    pair = pair or _only_two(speakers)
    return [
        Entry("message", speaker, message_text(message), to=_partner(speaker, pair), message=message)
        for speaker, message in zip(speakers, messages, strict=True)
    ]


def _only_two(names: Iterable[str]) -> tuple[str, str] | None:
    """The two different names among these; None if there are more or fewer."""
    different = list(dict.fromkeys(names))
    return (different[0], different[1]) if len(different) == 2 else None


def _name_in(message: Mapping[str, object]) -> str | None:
    """The name of the speaker. The answer of a function has none: its name may be that of the function."""
    role, name = message.get("role"), message.get("name")
    is_of_function = role == "function" or (role == "tool" and "tool_responses" not in message)
    return name if isinstance(name, str) and name and not is_of_function else None


def _guessed_speaker(message: Mapping[str, object], pair: tuple[str, str] | None, last: str | None) -> str:
    """Who says a message without a name: of two agents, the one that did not speak last."""
    if pair is None:
        return str(message.get("role") or "somebody")
    return pair[0] if last in (None, pair[1]) else pair[1]


def _partner(speaker: str, pair: tuple[str, str] | None) -> str:
    if pair is None:
        return EVERYBODY
    return pair[0] if speaker == pair[1] else pair[1]


def message_text(message: object) -> str:
    """Write a message as text: what it says, and the functions that it calls.

    Args:
        message: a message as a dict; anything else is shown as it is.

    Returns:
        A text such as ``Let me see. [calls add({"a": 1})]``.
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
    """Find the functions and tools that a message calls.

    Args:
        message: the message.

    Returns:
        The name of each, and its arguments as they are written.
    """
    calls = message.get("tool_calls")
    asked = [called(call) for call in calls] if isinstance(calls, (list, tuple)) else []
    asked.append(message.get("function_call"))  # type: ignore[arg-type]
    functions = [function for function in asked if isinstance(function, Mapping) and function]
    return [(str(one.get("name")), str(one.get("arguments", one.get("input")))) for one in functions]
