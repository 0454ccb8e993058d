"""What the library knows about a chat while it runs: who talks, who asked it to stop, and why it stopped."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .budget import NO_BUDGET, Account, Budget, tokens_of
from .messages import TextOrMessage
from .party import Agent

__all__ = (
    "ChatRef",
    "ChatStopped",
    "RunningChat",
    "StopReason",
    "current",
    "is_within",
    "steered",
    "watching",
)

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
    TERMINATE_TARGET = "terminate target"
    BUDGET = "budget"
    EXTERNAL_STOP = "external stop"
    ERROR = "error"

    def __str__(self) -> str:
        return self.value


class ChatStopped(BaseException):
    """Leads out of a chat that was stopped at once, past all that catches `Exception`; the chat ends with it.

    Args:
        chat: the chat.
    """

    def __init__(self, chat: RunningChat) -> None:
        super().__init__(f"The chat of {' and '.join(chat.ref.agents)} was stopped.")
        self.chat = chat


@dataclass(frozen=True, slots=True)
class ChatRef:
    """Which chat something happens in.

    Attributes:
        id: 16 hexadecimal digits, drawn at random for each chat.
        parent_id: the id of the chat around it, such as one whose agent replies by a nested chat; None for a chat
            that stands alone.
        agents: the names of the agent that opened the chat and of the one it talks to, which may lead a group.
    """

    id: str
    parent_id: str | None
    agents: tuple[str, ...]


class RunningChat:
    """One running chat.

    Args:
        parent: the chat within which this one runs, or None.
        budget: what it may spend.
        agents: who talks.

    Attributes:
        parent: the chat within which this one runs, or None.
        ref: how events and listeners tell it from other chats.
        agents: who talks; `ref` has only their names.
        event_numbers: counts its events.
        account: what it has spent.
        reason: why it stops, as far as known.
        message: the message that caused the stop, or None.
        detail: which budget stops it, and how much was spent, or None.
        limit: how many turns or rounds stop it, or None.
        by: the agent that stops it, itself or by its person; None if nobody does.
        messages_heard: how many messages `watch_for_loop` has seen.
    """

    def __init__(
        self, parent: RunningChat | None = None, budget: Budget | None = None, agents: tuple[Agent, ...] = ()
    ) -> None:
        self.parent, self.agents = parent, agents
        names = tuple(agent.name for agent in agents)
        self.ref: ChatRef = ChatRef(os.urandom(8).hex(), None if parent is None else parent.ref.id, names)
        self.event_numbers = itertools.count(1)
        self.account = Account(budget or NO_BUDGET)
        self._with_limits: tuple[RunningChat, ...] = () if parent is None else parent._with_limits
        if self.account.budget != NO_BUDGET:
            self._with_limits = (self, *self._with_limits)
        self.reason: StopReason | None = None
        self.message: TextOrMessage | None = None
        self.detail: str | None = None
        self.limit: int | None = None
        self.by: Agent | None = None
        self._stop_requested = False
        self._stop_reason = StopReason.EXTERNAL_STOP
        self._stops_now = False
        self._pause_requested = False
        self._last: Any = None
        self._last_but_one: Any = None
        self._repeats = 0
        self._loop_reported = False
        self.messages_heard = 0

    @property
    def stopped(self) -> bool:
        """Whether somebody asked this chat, or one around it, to stop."""
        running_chat: RunningChat | None = self
        while running_chat is not None:
            if running_chat._stop_requested:
                return True
            running_chat = running_chat.parent
        return False

    @property
    def stopped_now(self) -> bool:
        """Whether somebody asked this chat, or one around it, to stop without waiting for what is under way."""
        return any(chat._stops_now for chat in self.from_within())

    @property
    def stands_still(self) -> bool:
        """Whether somebody asked this chat, or one around it, to pause, and nobody asked it to stop."""
        return any(chat._pause_requested for chat in self.from_within()) and not self.stopped

    def from_within(self) -> Iterator[RunningChat]:
        """This chat, and all those around it, the outermost last."""
        running_chat: RunningChat | None = self
        while running_chat is not None:
            yield running_chat
            running_chat = running_chat.parent

    def stop_signal(self) -> ChatStopped:
        """What ends the chat that somebody asked to stop: this one or, of those around it, the outermost."""
        return ChatStopped([chat for chat in self.from_within() if chat._stop_requested][-1])

    def exclude_seconds(self, seconds: float) -> None:
        """Leave the seconds in which this chat stood still out of what it, and the chats around it, may take."""
        for chat in self.from_within():
            chat.account.exclude_seconds(seconds)

    def must_end(self, message: TextOrMessage | None = None) -> bool:
        """Tell whether this chat may not go on: it was asked to stop, or a budget is spent, which is noted.

        Args:
            message: what was said last.
        """
        if self.stopped:
            return True
        for running_chat in self._with_limits:
            overdraft = running_chat.account.overdraft()
            if overdraft is not None:
                whose = "This chat ends" if running_chat is self else "The chat around this one ends"
                self.note(StopReason.BUDGET, message)
                self.detail = f"{whose}: {overdraft}"
                return True
        return False

    def conclude(self) -> None:
        """Settle why the chat stopped, now that it is over."""
        if self.stopped:
            self.note(self._stop_reason, self.message)
        elif self.reason is None and not self.must_end():
            self.note(StopReason.NO_REPLY)

    def request_stop(self, now: bool = False) -> None:
        """End the chat before its next reply; safe to call from another thread or task.

        Args:
            now: whether a model or a person who is being asked is not waited for either.
        """
        self._stop_requested = True
        if now:
            self._stops_now = True
            steered.add(self)
        _tell_watchers()

    def end_with_next_message(self, reason: StopReason) -> None:
        """End the chat once the message that is being made has been said.

        Args:
            reason: why.
        """
        self._stop_reason = reason
        self._stop_requested = True

    def request_pause(self) -> None:
        """Let the chat stand still before its next step; safe to call from another thread or task."""
        self._pause_requested = True
        steered.add(self)

    def request_resume(self) -> None:
        """Let the chat go on; safe to call from another thread or task."""
        self._pause_requested = False
        if not self._stops_now:
            steered.discard(self)
        _tell_watchers()

    def note(
        self,
        reason: StopReason,
        message: TextOrMessage | None = None,
        limit: int | None = None,
        by: Agent | None = None,
    ) -> None:
        """Keep why the chat is about to stop; the last reason noted counts.

        Args:
            reason: the reason.
            message: the message that caused it.
            limit: the number of turns or rounds that is reached.
            by: the agent that ends it, itself or by its person.
        """
        self.reason, self.message, self.detail, self.limit, self.by = reason, message, None, limit, by

    def go_on(self) -> None:
        """Forget a noted reason: somebody speaks again."""
        self.reason = self.message = self.detail = self.limit = self.by = None

    def watch_for_loop(self, sender: Agent, content: object) -> str | None:
        """Notice when agents only repeat themselves ("Thank you!" "Thank you, too!" ...).

        Args:
            sender: who speaks.
            content: what is said.

        Returns:
            A warning, once in a chat; else None.
        """
        self.messages_heard += 1
        said = (id(sender), content)
        self._repeats = self._repeats + 1 if content and said == self._last_but_one else 0
        self._last_but_one, self._last = self._last, said
        if self._repeats < REPEATS_THAT_MAKE_A_LOOP or self._loop_reported:
            return None
        self._loop_reported = True
        return (
            f"The last messages of this chat repeat themselves ({repr(content)[:80]}). It goes on until something ends "
            "it: set max_turns, max_consecutive_auto_reply or is_termination_msg."
        )


steered: set[RunningChat] = set()
"""The chats that somebody has paused, or stopped at once: steps look closer only while there are any."""

_watchers: list[Callable[[], object]] = []


class watching:  # in small letters, because it is used like a function
    """Have a function called, for the length of a ``with`` block, whenever a chat is resumed or stopped.

    Args:
        watcher: the function. It is called in the thread of whoever resumes or stops a chat.
    """

    __slots__ = ("_watcher",)

    def __init__(self, watcher: Callable[[], object]) -> None:
        self._watcher = watcher

    def __enter__(self) -> None:
        _watchers.append(self._watcher)

    def __exit__(self, *error: object) -> None:
        _watchers.remove(self._watcher)


def _tell_watchers() -> None:
    for watcher in tuple(_watchers):
        watcher()


_current: ContextVar[RunningChat | None] = ContextVar("autogen_classic_running_chat", default=None)


current = _current.get
"""The chat that runs in this thread or task, or None."""


def is_within(chat_id: str) -> bool:
    """Tell whether this thread or task runs a chat, or one that is nested in it.

    Args:
        chat_id: the id of the chat.
    """
    running_chat = current()
    while running_chat is not None:
        if running_chat.ref.id == chat_id:
            return True
        running_chat = running_chat.parent
    return False


@contextmanager
def begin(*agents: Agent, budget: Budget | None = None) -> Iterator[RunningChat]:
    """Open a chat within the one that runs now, and let its agents be stopped by name.

    Args:
        *agents: who takes part; their ``stop_chat`` ends it.
        budget: what the chat may spend.

    Yields:
        The new chat. The block ends early, and without an error, when the chat is stopped at once.
    """
    running_chat = RunningChat(current(), budget, agents)
    with taking_part(running_chat, *agents):
        try:
            with within(running_chat):
                yield running_chat
        except ChatStopped as stop:
            if stop.chat is not running_chat:
                raise


@contextmanager
def taking_part(running_chat: RunningChat, *agents: Agent) -> Iterator[None]:
    """Let agents stop and pause a chat, for the length of a ``with`` block.

    Args:
        running_chat: the chat.
        *agents: who takes part.
    """
    lists = [getattr(agent, "_classic_running_chats", None) for agent in agents]
    taken_part_in = [running for running in lists if running is not None]
    for running in taken_part_in:
        running.append(running_chat)
    try:
        yield
    finally:
        for running in taken_part_in:
            if running_chat in running:
                running.remove(running_chat)
        if current() is not running_chat:  # else a group in it is over, and the chat itself goes on
            steered.discard(running_chat)


@contextmanager
def within(running_chat: RunningChat) -> Iterator[None]:
    """Let a chat be the one that runs, for the length of a ``with`` block.

    Args:
        running_chat: the chat. What models are asked meanwhile is charged to it.
    """
    _current.set(running_chat)
    try:
        yield
    finally:
        _current.set(running_chat.parent)


def charge(response: object, cost: float | None) -> None:
    """Charge a paid answer, useful or not, to the running chat and to all chats around it.

    Args:
        response: the answer of a model client.
        cost: US dollars; None when unknown.
    """
    if current() is not None:
        charge_work(str(getattr(response, "model", "without a name")), cost, tokens_of(response))


def charge_work(model: str, cost: float | None, tokens: int | None) -> None:
    """Charge what a model has done, other than answering with tokens, to the running chat and to all around it.

    Args:
        model: who has done it.
        cost: US dollars; None when unknown.
        tokens: how many it took; None when unknown.
    """
    running_chat = current()
    while running_chat is not None:
        running_chat.account.add(model, cost, tokens)
        running_chat = running_chat.parent
