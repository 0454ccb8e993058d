"""How an event reaches those who listen.

A *subscriber* hears every chat of the process, a *listener* the chats of one context. Either may name the kinds of
events that it wants; where nobody wants a kind, an event of it is not even made: see `is_heard`.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import MISSING, dataclass, field, fields
from time import time
from typing import TYPE_CHECKING, Any, TypeVar

from .callables import is_asynchronous
from .running_chats import ChatRef, current, is_within

__all__ = (
    "Detail",
    "Event",
    "EventsDropped",
    "Subscriber",
    "audience",
    "deliver",
    "emit",
    "event",
    "hearers",
    "is_heard",
    "listening",
    "subscribe",
    "unsubscribe",
)

logger = logging.getLogger("autogen.events")


@dataclass(slots=True, init=False, repr=False, eq=False)
class Event:
    """The root of all events.

    Attributes:
        at: when it happened, in seconds since the epoch.
        chat: the chat in which it happened; None outside of any chat.
        sequence: its place among the events of its chat, counted from 1; None outside of any chat. Events that nobody
            wants to hear are not counted.

    Raises:
        TypeError: a value is missing, is given twice, or is not one of the event's.
    """

    at: float = field(default_factory=time, init=False, repr=False, compare=False)
    chat: ChatRef | None = field(default=None, init=False, repr=False, compare=False)
    sequence: int | None = field(default=None, init=False, repr=False, compare=False)

    # For all events: methods of their own, compiled for forty classes, would take a fifth of the first import's time.
    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.__match_args__, values, strict=False)) | named
        if len(given) < len(values) + len(named):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self.__match_args__)}, each once.")
        for attribute in fields(self):
            if attribute.name in given and attribute.init:
                value = given.pop(attribute.name)
            elif attribute.default is not MISSING:
                value = attribute.default
            elif attribute.default_factory is not MISSING:
                value = attribute.default_factory()
            else:
                raise TypeError(f"{type(self).__name__} lacks {attribute.name!r}.")
            setattr(self, attribute.name, value)
        if given:
            raise TypeError(f"{type(self).__name__} does not take {', '.join(given)}.")

    def __repr__(self) -> str:
        shown = (f"{attribute.name}={getattr(self, attribute.name)!r}" for attribute in fields(self) if attribute.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            getattr(self, attribute.name) == getattr(other, attribute.name)
            for attribute in fields(self)
            if attribute.compare
        )

    __hash__ = None  # type: ignore[assignment]  # events can be changed


if TYPE_CHECKING:
    from dataclasses import dataclass as event
else:

    def event(cls):
        """Make a class of events: a dataclass with the methods of `Event`."""
        return dataclass(init=False, repr=False, eq=False)(cls)


@event
class Detail(Event):
    """The root of events that come so often, or say so little, that only those hear them who name their kind."""


@event
class EventsDropped(Event):
    """So many events are missing here, because a subscriber with a queue was too slow. Only that one is told."""

    count: int


Subscriber = Callable[[Any], object]
"""A function of one event."""

SubscriberT = TypeVar("SubscriberT", bound=Subscriber)


def _report(subscriber: Subscriber, event: Event, error: Exception) -> None:
    logger.error(
        "%s raised an error on the event %s, and hears no more events.",
        getattr(subscriber, "__qualname__", subscriber),
        type(event).__name__,
        exc_info=error,
    )


class _Wanted(dict[type[Event], bool]):
    """Which kinds of events are among those that somebody named, worked out when a kind is met for the first time."""

    __slots__ = ("_kinds",)

    def __init__(self, kinds: Iterable[type[Event]]) -> None:
        self._kinds = tuple(kinds)

    def __missing__(self, kind: type[Event]) -> bool:
        named = tuple(kind for kind in self._kinds if kind is not Event)
        self[kind] = wanted = issubclass(kind, named if issubclass(kind, Detail) else self._kinds)
        return wanted


@dataclass(slots=True, eq=False)
class _Subscription:
    """Who hears which kinds of events, and in which chat."""

    subscriber: Subscriber
    deliver: Callable[[Event], object]
    wanted: _Wanted
    chat_id: str | None = None
    may_fail: bool = True
    only_aloud: bool = False

    def fail(self, event: Event, error: Exception) -> None:
        """Report what the subscriber has raised, and deliver nothing more; or raise it, if it may not fail."""
        if not self.may_fail:
            raise error
        self.deliver = _ignore
        _report(self.subscriber, event, error)

    def end(self) -> None:
        """Deliver nothing more: a thread that outlives the ``with`` block of a listener no longer reaches it."""
        self.wanted = _Wanted(())
        deliver, self.deliver = self.deliver, _ignore
        if deliver is not self.subscriber:  # whose own ``close`` is its own business
            getattr(deliver, "close", lambda: None)()


def _ignore(event: Event) -> None:
    """Stands in the place of a subscriber that has failed."""


_lock = threading.Lock()
_subscriptions: tuple[_Subscription, ...] = ()


class _Subscribed(dict[type[Event], tuple[_Subscription, ...]]):
    """Who hears a kind of events in every chat, worked out when the kind is met for the first time."""

    __slots__ = ("_silent",)

    def __init__(self, silent: bool) -> None:
        self._silent = silent

    def __missing__(self, kind: type[Event]) -> tuple[_Subscription, ...]:
        with _lock:
            hearing = (subscription for subscription in _subscriptions if subscription.wanted[kind])
            self[kind] = found = tuple(
                subscription for subscription in hearing if not (self._silent and subscription.only_aloud)
            )
        return found


_by_kind = _Subscribed(silent=False)
_by_silent_kind = _Subscribed(silent=True)


class _Listening(dict[type[Event], tuple[_Subscription, ...]]):
    """Who listens in a context, and which of them hear a kind of events, worked out when it is met for the first time.

    Attributes:
        everybody: all of them.
    """

    __slots__ = ("everybody",)

    def __init__(self, everybody: tuple[_Subscription, ...] = ()) -> None:
        self.everybody = everybody

    def __missing__(self, kind: type[Event]) -> tuple[_Subscription, ...]:
        self[kind] = found = tuple(subscription for subscription in self.everybody if subscription.wanted[kind])
        return found


_NOBODY = _Listening()
# A task, and a thread that runs in a copy of the context, inherit the listeners of whoever started them.
_listeners: ContextVar[_Listening] = ContextVar("autogen_classic_listeners", default=_NOBODY)


def emit(event: Event, silent: bool | None = False) -> None:
    """Note on the event which chat it happened in, and hand it to everybody who wants it.

    Args:
        event: what happened.
        silent: whether it stands for something that is not printed, so that printers do not hear it.
    """
    deliver(event, hearers(type(event), silent))


def hearers(kind: type[Event], silent: bool | None = False) -> tuple[_Subscription, ...]:
    """Return whoever wants events of a kind in this context: where nobody does, those on the hot path are not made.

    Args:
        kind: a class of events.
        silent: whether the event stands for something that is not printed, so that printers do not count.
    """
    return (_by_silent_kind if silent else _by_kind)[kind] + _listeners.get()[kind]


def deliver(event: Event, hearing: tuple[_Subscription, ...]) -> None:
    """Do the work of `emit` where it is known who hears the event.

    Args:
        event: what happened.
        hearing: what `hearers` has returned for its kind.
    """
    if not hearing:
        return
    running_chat = current()
    if running_chat is not None:
        event.chat = running_chat.ref
        event.sequence = next(running_chat.event_numbers)
    for subscription in hearing:
        if subscription.chat_id is None or is_within(subscription.chat_id):
            try:
                subscription.deliver(event)
            except Exception as error:
                subscription.fail(event, error)


def is_heard(kind: type[Event], silent: bool | None = False) -> bool:
    """Tell whether anybody in this context wants events of a kind.

    Args:
        kind: a class of events.
        silent: whether the event stands for something that is not printed, so that printers do not count.
    """
    return bool((_by_silent_kind if silent else _by_kind)[kind] or _listeners.get()[kind])


def audience(kind: type[Event]) -> list[Subscriber]:
    """Return everybody who would hear an event of a kind in this context now.

    Args:
        kind: a class of events.
    """
    return [subscription.subscriber for subscription in hearers(kind) if subscription.wanted[kind]]


def _delivery_to(subscriber: Subscriber, queue: int | None) -> Callable[[Event], object]:
    """What is called with each event: at once, or with a queue in between."""
    if queue is None and not is_asynchronous(subscriber):
        return subscriber
    from .background import DEFAULT_SIZE, Background  # for the rare subscriber that has a queue

    size = DEFAULT_SIZE if queue is None else queue
    return Background(subscriber, size, functools.partial(_report, subscriber), EventsDropped)


def _checked(subscriber: object, kinds: Iterable[type[Event]]) -> tuple[type[Event], ...]:
    """The kinds of events that a subscriber wants; what cannot work is refused."""
    is_one = isinstance(kinds, (type, str)) or not isinstance(kinds, Iterable)
    named: tuple[Any, ...] = (kinds,) if is_one else tuple(kinds)
    for kind in named:
        if not (isinstance(kind, type) and issubclass(kind, Event)):
            raise TypeError(f"kinds takes classes of events, such as MessageReceived, but one of them is {kind!r}.")
    if not callable(subscriber):
        raise TypeError(f"A subscriber is a function of one event, but it is {subscriber!r}.")
    return named


def subscribe(
    subscriber: SubscriberT,
    kinds: Iterable[type[Event]] = (Event,),
    *,
    queue: int | None = None,
    may_fail: bool = True,
    only_aloud: bool = False,
) -> SubscriberT:
    """Let a function see the events of this process from now on, in the order in which functions subscribed.

    Args:
        subscriber: a function of one event. A plain one runs between two steps of the chat, in the thread of the chat.
            An asynchronous one always has a queue, and runs in the event loop in which it subscribes; without one, in
            a thread of its own.
        kinds: the classes of events that it wants. `Event` stands for all but those that are a `Detail`.
        queue: how many events may wait for it, so that no chat waits. A plain function then runs in a thread of its
            own. When too many wait, events are dropped, and `EventsDropped` says how many. None stands for no queue,
            and for 1,000 events if the function is asynchronous.
        may_fail: whether its errors are none of the chat's business: the first is reported, and it hears no more. With
            False, what it raises ends the chat.
        only_aloud: whether it does not hear what happens silently, as a printer does not.

    Returns:
        The subscriber, so that this can be used as a decorator.

    Raises:
        TypeError: the subscriber is not a function, a kind is not a class of events, or the queue is not a number.
        ValueError: the queue has no room for even one event.
    """
    global _subscriptions
    kinds = _checked(subscriber, kinds)
    deliver = _delivery_to(subscriber, queue) if may_fail else subscriber
    subscription = _Subscription(subscriber, deliver, _Wanted(kinds), None, may_fail, only_aloud)
    with _lock:
        _subscriptions = (*_subscriptions, subscription)
        _by_kind.clear()
        _by_silent_kind.clear()
    return subscriber


def unsubscribe(subscriber: Subscriber) -> None:
    """End a subscription; an unknown subscriber is passed over. What waits in a queue is still delivered.

    Args:
        subscriber: the function that was handed to `subscribe`.
    """
    global _subscriptions
    with _lock:
        ended = [known for known in _subscriptions if known.subscriber == subscriber]
        _subscriptions = tuple(known for known in _subscriptions if known not in ended)
        _by_kind.clear()
        _by_silent_kind.clear()
    for subscription in ended:
        subscription.end()


@contextmanager
def listening(
    subscriber: SubscriberT,
    chat: ChatRef | str | None = None,
    kinds: Iterable[type[Event]] = (Event,),
    *,
    queue: int | None = None,
    may_fail: bool = True,
) -> Iterator[SubscriberT]:
    """Let a function see, for the length of a ``with`` block, the events of this thread or task.

    It hears the chats that run in this context: nested chats, tools that run in helper threads, and tasks that are
    started within the block belong to it. It does not hear the chats of other threads and tasks, even if ``chat``
    names one of them: in the loop of `iterate`, in a subscriber with a queue, or in a thread that was handed the chat,
    use `subscribe` instead, with a function that looks at ``event.chat``. A thread of your own takes part when it runs
    in ``contextvars.copy_context()``, as those of ``asyncio.to_thread`` do.

    Args:
        subscriber: a function of one event, which comes after all that were handed to `subscribe`.
        chat: the only chat to hear, with those that are nested in it: what `Event.chat` says, or its id. None hears
            them all, and what happens outside of chats as well.
        kinds: the classes of events that it wants. `Event` stands for all but those that are a `Detail`.
        queue: how many events may wait for it, as for `subscribe`.
        may_fail: whether its errors are none of the chat's business, as for `subscribe`.

    Yields:
        The subscriber.

    Raises:
        TypeError: the subscriber cannot be called, ``kinds`` are not classes of events, or ``chat`` is not a chat.
    """
    kinds = _checked(subscriber, kinds)
    if not isinstance(chat, (ChatRef, str, type(None))):
        raise TypeError(f"chat is the `chat` of an event, or its id, but it is {chat!r}.")
    chat_id = chat.id if isinstance(chat, ChatRef) else chat
    deliver = _delivery_to(subscriber, queue) if may_fail else subscriber
    listener = _Subscription(subscriber, deliver, _Wanted(kinds), chat_id, may_fail)
    _listeners.set(_Listening((*_listeners.get().everybody, listener)))
    try:
        yield subscriber
    finally:
        listener.end()
        _listeners.set(_Listening(tuple(known for known in _listeners.get().everybody if known is not listener)))
