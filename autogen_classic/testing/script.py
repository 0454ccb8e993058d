"""The script of a test double: replies handed out one by one, and a clear error when there are none left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._words import counted
from ..errors import ScriptExhaustedError
from .replies import Answer, ModelRequest, ToolCall, read_reply

__all__ = ("Script", "ScriptExhaustedError", "answer_to", "is_callable_reply", "situation_of")


class Script:
    """Replies in order, shared by every thread that asks.

    Args:
        replies: an iterable of replies; or one callable that makes each of them; or None for no script.
        default: what answers when the script is used up; None raises an error.
        owner: what the errors call the owner of this script.

    Raises:
        TypeError: ``replies`` is a single reply and not a list.
    """

    def __init__(
        self, replies: Iterable[Any] | Callable[..., Any] | None = None, *, default: Any = None, owner: str = "script"
    ) -> None:
        if isinstance(replies, (str, Mapping, ToolCall)):
            raise TypeError(f"{owner} takes a list of replies; put the one reply into a list: [{replies!r}].")
        if replies is not None and callable(replies):
            replies, default = None, replies
        self._replies = list(replies or ())
        self._used = 0
        self._lock = threading.Lock()
        self._owner = owner
        self.default = default

    def add(self, *replies: Any) -> None:
        """Append replies to the script.

        Args:
            *replies: what comes after the replies already scripted.
        """
        with self._lock:
            self._replies.extend(replies)

    @property
    def remaining(self) -> int:
        """How many scripted replies have not been asked for yet."""
        return len(self._replies) - self._used

    def take(self, situation: str) -> Any:
        """Hand out the next reply.

        Args:
            situation: who asks for what, for the text of the error.

        Returns:
            The reply as it is in the script, or the default.

        Raises:
            ScriptExhaustedError: nothing is left and there is no default.
        """
        with self._lock:
            self._used += 1
            if self._used <= len(self._replies):
                return self._replies[self._used - 1]
            asked, scripted = self._used, len(self._replies)
            self._used = scripted
        if self.default is not None:
            return self.default
        replies = counted(scripted, "reply was", "replies were")
        raise ScriptExhaustedError(
            f"The script of {self._owner} is exhausted: {replies} scripted, and now number {asked} is asked for. "
            f"{situation} Script one more reply, or give a default."
        )

    def assert_finished(self) -> None:
        """Check that every scripted reply was asked for.

        Raises:
            AssertionError: replies are left.
        """
        if self.remaining:
            left = list(self._replies[self._used :])
            raise AssertionError(f"The script of {self._owner} has {self.remaining} unused replies: {left!r}")


def situation_of(request: ModelRequest) -> str:
    """Say in a sentence or two who asks a model for what.

    Args:
        request: the request.

    Returns:
        A text for an error.
    """
    name = getattr(request.agent, "name", None)
    asker = f"Agent {name!r} asked" if name is not None else "The one who asked is not known"
    if not request.messages:
        return f"{asker}, without any message."
    last = request.messages[-1]
    text = request.last_text
    shown = text if len(text) <= 200 else text[:200] + "…"
    speaker = last.get("name") or last.get("role", "unknown")
    return f"{asker}; the last message, from {speaker!r}, was {shown!r}."


def answer_to(reply: Any, request: ModelRequest) -> Answer:
    """Call a reply for as long as it is a callable, and read what comes out.

    Args:
        reply: the entry of the script.
        request: the request to answer.

    Returns:
        The answer.
    """
    while is_callable_reply(reply):
        reply = reply(request)
    return read_reply(reply)


def is_callable_reply(reply: object) -> bool:
    """Tell apart a callable that makes a reply and an exception class, which is also callable."""
    return callable(reply) and not isinstance(reply, type)
