"""What the library knows about a chat while it runs: who asked it to stop, and why it stopped."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any

__all__ = ("Conversation", "StopReason", "current")

logger = logging.getLogger("autogen.agentchat.conversable_agent")

REPEATS_THAT_MAKE_A_LOOP = 4


class StopReason(str, Enum):
    """Why a chat came to its end. A reason compares equal to its text."""

    MAX_TURNS = "max_turns"
    MAX_ROUND = "max_round"
    AUTO_REPLY_LIMIT = "auto-reply limit"
    TERMINATION_MESSAGE = "termination message"
    PERSON = "person"
    NO_REPLY = "no reply"
    NO_ELIGIBLE_SPEAKER = "no eligible speaker"
    BUDGET = "budget"
    EXTERNAL_STOP = "external stop"
    ERROR = "error"

    def __str__(self) -> str:
        return self.value


class Conversation:
    """One running chat.

    Attributes:
        parent: the chat within which this one runs, or None.
        reason: why it stops, as far as is known.
        message: the message that caused the stop, or None.
    """

    def __init__(self, parent: Conversation | None = None) -> None:
        self.parent = parent
        self.reason: StopReason | None = None
        self.message: Any = None
        self._stop_requested = False
        self._last: Any = None
        self._last_but_one: Any = None
        self._repeats = 0
        self._loop_reported = False

    @property
    def stopped(self) -> bool:
        """Whether somebody asked this chat, or one around it, to stop."""
        conversation: Conversation | None = self
        while conversation is not None:
            if conversation._stop_requested:
                return True
            conversation = conversation.parent
        return False

    def request_stop(self) -> None:
        """End the chat before its next reply; safe to call from another thread or task."""
        self._stop_requested = True

    def note(self, reason: StopReason, message: Any = None) -> None:
        """Keep why the chat is about to stop; the last reason noted counts.

        Args:
            reason: the reason.
            message: the message that caused it.
        """
        self.reason = reason
        self.message = message

    def go_on(self) -> None:
        """Forget a noted reason: somebody speaks again."""
        self.reason = self.message = None

    def watch_for_loop(self, sender: Any, content: Any) -> None:
        """Warn once when agents only repeat themselves ("Thank you!" "Thank you, too!" ...).

        Args:
            sender: who speaks.
            content: what is said.
        """
        said = (id(sender), content)
        self._repeats = self._repeats + 1 if content and said == self._last_but_one else 0
        self._last_but_one, self._last = self._last, said
        if self._repeats >= REPEATS_THAT_MAKE_A_LOOP and not self._loop_reported:
            self._loop_reported = True
            logger.warning(
                "The last messages of this chat repeat themselves (%s). It goes on until something ends it: "
                "set max_turns, max_consecutive_auto_reply or is_termination_msg.",
                repr(content)[:80],
            )


_current: ContextVar[Conversation | None] = ContextVar("autogen_classic_conversation", default=None)


def current() -> Conversation | None:
    """The chat that runs in this thread or task, or None."""
    return _current.get()


@contextmanager
def begin(*agents: Any) -> Iterator[Conversation]:
    """Open a chat within the one that runs now, and let its agents be stopped by name.

    Args:
        *agents: who takes part; their ``stop_chat`` ends it.

    Yields:
        The new conversation.
    """
    conversation = Conversation(current())
    _current.set(conversation)
    for agent in agents:
        join(conversation, agent)
    try:
        yield conversation
    finally:
        _current.set(conversation.parent)
        for agent in agents:
            leave(conversation, agent)


def join(conversation: Conversation, agent: Any) -> None:
    """Let an agent's ``stop_chat`` end a conversation."""
    running = getattr(agent, "_conversations", None)
    if running is not None:
        running.append(conversation)


def leave(conversation: Conversation, agent: Any) -> None:
    """The counterpart of `join`."""
    running = getattr(agent, "_conversations", None)
    if running and conversation in running:
        running.remove(conversation)
