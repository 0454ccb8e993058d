"""Everything that happens in a conversation passes `emit` as a typed event.

Printing is the first subscriber; logs, traces, budgets and web pages are others. An event holds the live
objects (agents, messages), so a subscriber sees everything and must change nothing.

To hear everything that happens in this process, call `subscribe`. To hear only your own chat,
while others run beside it in other threads and tasks, use `listening`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import time
from typing import Any

from .messages import TextOrMessage
from .party import Agent, Party
from .running_chats import ChatRef, StopReason, current, is_within

__all__ = (
    "AutoReplyUsed",
    "ChatEnded",
    "ChatRef",
    "ChatStarted",
    "CodeExecuted",
    "CodeExecuting",
    "Event",
    "MessageReceived",
    "MessageSent",
    "ModelAnswered",
    "ModelAsked",
    "ModelFailed",
    "Notice",
    "PersonAnswered",
    "PersonAsked",
    "QueuedChatStarting",
    "SpeakerSelected",
    "ToolCalled",
    "ToolReturned",
    "audience",
    "emit",
    "listening",
    "subscribe",
    "unsubscribe",
)


@dataclass(slots=True)
class Event:
    """The root of all events.

    Attributes:
        at: when it happened, in seconds since the epoch.
        chat: the chat in which it happened; None outside of any chat.
    """

    at: float = field(default_factory=time, init=False, repr=False, compare=False)
    chat: ChatRef | None = field(default=None, init=False, repr=False, compare=False)


@dataclass(slots=True)
class ChatStarted(Event):
    """Two agents begin a chat, which ``sender`` opens."""

    sender: Agent
    recipient: Agent


@dataclass(slots=True)
class ChatEnded(Event):
    """A chat is over. ``reason`` is a `StopReason`; ``message`` is the one that caused it, or None."""

    sender: Agent
    recipient: Agent
    reason: StopReason | None
    message: TextOrMessage | None


@dataclass(slots=True)
class MessageSent(Event):
    """``message``, a text or a dict, leaves ``sender``; it already stands in the sender's history."""

    sender: Agent
    recipient: Agent
    message: TextOrMessage
    silent: bool | None


@dataclass(slots=True)
class MessageReceived(Event):
    """``message``, a text or a dict, now stands in the history of ``recipient``."""

    sender: Agent
    recipient: Party
    message: TextOrMessage
    silent: bool | None


@dataclass(slots=True)
class ModelAsked(Event):
    """A request is about to go to a model. ``request`` never holds a key."""

    agent: Any
    request: dict[str, Any]


@dataclass(slots=True)
class ModelAnswered(Event):
    """A model has answered, or the cache did in its place."""

    agent: Any
    response: Any
    from_cache: bool
    cost: float | None


@dataclass(slots=True)
class ModelFailed(Event):
    """A configuration of the list could not be used.

    Attributes:
        agent: who asked.
        number: the position of the configuration in the list, counted from 0.
        model: the model it names.
        reason: why it failed, without keys.
        next_number: the configuration that is tried next; None when there are no more, so that the request fails.
    """

    agent: Any
    number: int
    model: str | None
    reason: str
    next_number: int | None


@dataclass(slots=True)
class ToolCalled(Event):
    """A tool or function is about to run; ``asynchronous`` tells whether it is awaited."""

    agent: Agent
    name: str
    arguments: Any
    call_id: str | None
    asynchronous: bool


@dataclass(slots=True)
class ToolReturned(Event):
    """A call of a tool or function is answered with ``content``.

    ``succeeded`` is false if it raised, is unknown or was called with broken JSON (then ``arguments`` is None).
    """

    agent: Agent
    name: str
    arguments: Any
    content: Any
    succeeded: bool
    call_id: str | None
    verbose: bool


@dataclass(slots=True)
class CodeExecuting(Event):
    """Code is about to run. ``number`` counts the blocks of the legacy path from 0; with an executor it is None."""

    agent: Agent
    languages: list[str]
    number: int | None


@dataclass(slots=True)
class CodeExecuted(Event):
    """Code has run and ended with ``exit_code``."""

    agent: Agent
    exit_code: int
    output: str


@dataclass(slots=True)
class PersonAsked(Event):
    """The person behind ``agent`` is asked."""

    agent: Agent
    prompt: str


@dataclass(slots=True)
class PersonAnswered(Event):
    """The person behind ``agent`` has answered."""

    agent: Agent
    answer: str


@dataclass(slots=True)
class AutoReplyUsed(Event):
    """``agent`` answers without asking its person."""

    agent: Agent
    sender: Agent | None


@dataclass(slots=True)
class SpeakerSelected(Event):
    """``speaker`` speaks next in a group. ``announce`` tells whether the group prints it."""

    manager: Agent
    speaker: Agent
    announce: bool


@dataclass(slots=True)
class QueuedChatStarting(Event):
    """The next chat of a queue is about to start with what ``chat_info`` says."""

    chat_info: dict[str, Any]


@dataclass(slots=True)
class Notice(Event):
    """A line for the reader of the transcript that no other event carries.

    Attributes:
        agent: the agent it concerns, or None.
        text: the line as it is printed.
        color: a colour name of termcolor, or None.
    """

    agent: Agent | None
    text: str
    color: str | None = None


Subscriber = Callable[[Event], None]

_subscribers: tuple[Subscriber, ...] = ()


class _Listener:
    """A subscriber of one context; a thread that outlives the ``with`` block no longer reaches it."""

    __slots__ = ("chat_id", "is_over", "subscriber")

    def __init__(self, subscriber: Subscriber, chat_id: str | None) -> None:
        self.subscriber = subscriber
        self.chat_id = chat_id
        self.is_over = False


# A task, and a thread that runs in a copy of the context, inherit the listeners of whoever started them.
_listeners: ContextVar[tuple[_Listener, ...]] = ContextVar("autogen_classic_listeners", default=())


def emit(event: Event) -> None:
    """Note on the event which chat it happened in, and hand it to everybody who listens.

    Args:
        event: what happened.
    """
    listeners = _listeners.get()
    if not _subscribers and not listeners:
        return
    running_chat = current()
    if running_chat is not None:
        event.chat = running_chat.ref
    for subscriber in _subscribers:
        subscriber(event)
    for listener in listeners:
        if not listener.is_over and (listener.chat_id is None or is_within(listener.chat_id)):
            listener.subscriber(event)


def audience() -> tuple[Subscriber, ...]:
    """Everybody who would hear an event of this context now."""
    listeners = _listeners.get()
    return (*_subscribers, *(listener.subscriber for listener in listeners)) if listeners else _subscribers


def subscribe(subscriber: Subscriber) -> Subscriber:
    """Let a function see every event of this process from now on, in the order in which functions subscribed.

    Args:
        subscriber: a function of one event. What it raises ends the chat, so that an error is never hidden.

    Returns:
        The subscriber, so that this can be used as a decorator.
    """
    global _subscribers
    _subscribers = (*_subscribers, subscriber)
    return subscriber


def unsubscribe(subscriber: Subscriber) -> None:
    """End a subscription; an unknown subscriber is passed over.

    Args:
        subscriber: the function that was handed to `subscribe`.
    """
    global _subscribers
    _subscribers = tuple(known for known in _subscribers if known is not subscriber)


@contextmanager
def listening(subscriber: Subscriber, chat: ChatRef | str | None = None) -> Iterator[Subscriber]:
    """Let a function see, for the length of a ``with`` block, the events of this thread or task.

    It hears the chats that run in this context: nested chats, tools that run in helper threads, and tasks that are
    started within the block belong to it. It does not hear the chats of other threads and tasks. A thread of your
    own takes part when it runs in ``contextvars.copy_context()``, as those of ``asyncio.to_thread`` do.

    Args:
        subscriber: a function of one event, which comes after all that were handed to `subscribe`.
        chat: the only chat to hear, with those that are nested in it: what `Event.chat` says, or its id. None hears
            them all, and what happens outside of chats as well.

    Yields:
        The subscriber.
    """
    listener = _Listener(subscriber, chat.id if isinstance(chat, ChatRef) else chat)
    _listeners.set((*_listeners.get(), listener))
    try:
        yield subscriber
    finally:
        listener.is_over = True
        _listeners.set(tuple(known for known in _listeners.get() if known is not listener))
