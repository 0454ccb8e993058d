"""Subscribers that hear events in their own time: beside the chat, from a queue that has an end.

A chat never waits for them. While the queue is full, events are dropped and counted; as soon as there is room again,
`EventsDropped` tells how many are missing.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .callables import is_asynchronous

if TYPE_CHECKING:
    import asyncio

__all__ = ("DEFAULT_SIZE", "Background")

logger = logging.getLogger("autogen.events")

EventT = TypeVar("EventT")

DEFAULT_SIZE = 1_000
SECONDS_TO_FINISH = 5.0


class Background(Generic[EventT]):
    """Hands events on to a subscriber, one after the other and in their order.

    A plain function gets them in a thread of its own. An asynchronous one gets them in the event loop in which it
    subscribed; without one, in a loop in a thread of its own.

    Args:
        subscriber: a function of one event. Its first error is handed to ``fail``, and it hears no more.
        size: how many events may wait.
        fail: is called with the event and the error.
        gap: makes the event that tells how many were dropped.

    Raises:
        TypeError: the size is not a whole number.
        ValueError: the size is not at least 1.
    """

    def __init__(
        self,
        subscriber: Callable[[EventT], Any],
        size: int,
        fail: Callable[[EventT, Exception], None],
        gap: Callable[[int], EventT],
    ) -> None:
        if not isinstance(size, int):
            raise TypeError(
                f"queue of a subscriber must be a whole number of events, or None, but it is {size!r}. Give one "
                f"such as {DEFAULT_SIZE}."
            )
        if size < 1:
            raise ValueError(
                f"The queue of a subscriber must have room for at least 1 event, but its size is {size!r}."
            )
        self._subscriber = subscriber
        self._name = getattr(subscriber, "__qualname__", repr(subscriber))
        self._size = size
        self._fail = fail
        self._gap = gap
        self._loop = _running_loop() if is_asynchronous(subscriber) else None
        self._task: asyncio.Task[None] | None = None
        self._begin_anew()
        _all.add(self)

    def _begin_anew(self) -> None:
        self._waiting: deque[EventT] = deque()
        self._changed = threading.Condition()
        self._worker: threading.Thread | None = None
        self._process = os.getpid()
        self._missing = 0
        self._dropped = 0
        self._is_over = False

    def __call__(self, event: EventT) -> None:
        """Take an event, or drop it if too many wait."""
        if self._process != os.getpid():  # a fork has neither the thread nor what waits for it
            self._begin_anew()
        with self._changed:
            if self._is_over:
                return
            if len(self._waiting) >= self._size:
                self._drop()
                return
            if self._missing:
                self._waiting.append(self._gap(self._missing))
                self._missing = 0
            self._waiting.append(event)
            self._changed.notify()
        self._see_to_a_worker()

    def _drop(self) -> None:
        if not self._dropped:
            logger.warning(
                "%s is too slow: %s events wait for it, and further ones are dropped.", self._name, self._size
            )
        self._missing += 1
        self._dropped += 1

    def close(self) -> None:
        """Take no more events. Those that wait are still handed on; a thread is waited for, though not forever.

        What has been dropped in the end is told, too, for which there was no room before.
        """
        with self._changed:
            was_over, self._is_over = self._is_over, True
            if self._missing and not was_over:
                self._waiting.append(self._gap(self._missing))
            self._changed.notify()
        if self._missing and not was_over:
            self._see_to_a_worker()
        worker = self._worker
        if worker is not None and worker is not threading.current_thread():
            worker.join(SECONDS_TO_FINISH)
        if self._dropped and not was_over:
            logger.warning("%s has missed %s events.", self._name, self._dropped)

    # --- in a thread

    def _see_to_a_worker(self) -> None:
        if self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(self._see_to_a_task)
            except RuntimeError:  # the loop is closed, and nobody can hear any more
                self._is_over = True
        elif self._worker is None:
            self._worker = threading.Thread(target=self._work, name=f"events for {self._name}", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        loop = _new_loop() if is_asynchronous(self._subscriber) else None
        try:
            while (event := self._next()) is not None:
                try:
                    outcome = self._subscriber(event)
                    if loop is not None:
                        loop.run_until_complete(outcome)
                except Exception as error:
                    self._give_up(event, error)
        finally:
            if loop is not None:
                loop.close()

    def _next(self) -> EventT | None:
        """The next event; None when there will not be any."""
        with self._changed:
            while not self._waiting and not self._is_over:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None

    # --- in the event loop of the subscriber

    def _see_to_a_task(self) -> None:
        if self._task is None or self._task.done():
            assert self._loop is not None
            self._task = self._loop.create_task(self._hand_on())

    async def _hand_on(self) -> None:
        while self._waiting:
            event = self._waiting.popleft()
            try:
                await self._subscriber(event)
            except Exception as error:
                self._give_up(event, error)

    def _give_up(self, event: EventT, error: Exception) -> None:
        with self._changed:
            self._is_over = True
            self._waiting.clear()
        self._fail(event, error)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    asyncio = sys.modules.get("asyncio")  # where it has not been loaded, no loop runs
    try:
        return None if asyncio is None else asyncio.get_running_loop()
    except RuntimeError:
        return None


def _new_loop() -> asyncio.AbstractEventLoop:
    import asyncio  # as late as possible: it takes longer to load than everything else

    return asyncio.new_event_loop()


_all: weakref.WeakSet[Background[Any]] = weakref.WeakSet()


@atexit.register
def _finish() -> None:
    """Hand on what waits when the program ends."""
    for background in list(_all):
        background.close()
