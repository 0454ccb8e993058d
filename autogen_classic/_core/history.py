"""Messages per partner: they are added, forgotten as a whole, and never edited."""

from __future__ import annotations

from collections.abc import Iterable

from .messages import Message

__all__ = ("forget", "messages_to_keep", "snapshot")


def snapshot(messages: Iterable[Message]) -> list[Message]:
    """Copy messages so that later turns, and later chats, leave the copy alone.

    Args:
        messages: stored messages.

    Returns:
        A new list of new dicts, whose values are shared.
    """
    return [dict(message) for message in messages]


def messages_to_keep(messages: list[Message], wanted: int) -> int:
    """How many messages stay when the last ``wanted`` are to be preserved.

    An answer must not lose the call it answers, so one more message is kept where the cut would fall between
    them.

    Args:
        messages: stored messages.
        wanted: how many of the last messages the user wants to keep.

    Returns:
        ``wanted``, or one more than that.
    """
    if not 0 < wanted < len(messages):
        return wanted
    first_kept = messages[-wanted]
    is_answer = "tool_responses" in first_kept or first_kept.get("role") in ("tool", "function")
    return wanted + 1 if is_answer else wanted


def forget(messages: list[Message], keep: int) -> None:
    """Drop all but the last messages, in place, because programs hold the very list.

    Args:
        messages: stored messages.
        keep: how many of the last messages stay; 0 or less drops all.
    """
    del messages[: max(len(messages) - keep, 0) if keep > 0 else len(messages)]
