"""Lets whoever reads events hold the chat at each of them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

__all__ = ("AsyncStepController", "StepController", "event_classes")


def event_classes(yield_on: object) -> tuple[type[Any], ...] | None:
    """Read which events a program waits for.

    Args:
        yield_on: the classes of events; None stands for all.

    Returns:
        The classes; None for all.

    Raises:
        TypeError: ``yield_on`` holds something that is not a class.
    """
    if yield_on is None:
        return None
    classes = tuple(yield_on) if isinstance(yield_on, Iterable) else None
    if classes is None or not all(isinstance(one, type) for one in classes):
        raise TypeError(f"yield_on must be a list of classes of events such as [TextEvent], but it is {yield_on!r}.")
    return classes


class _EventFilter:
    """Knows at which events a chat waits, and whether it has to wait at all.

    Args:
        yield_on: the classes of events at which the chat waits; None stands for all.

    Raises:
        TypeError: ``yield_on`` holds something that is not a class.
    """

    def __init__(self, yield_on: Collection[type[Any]] | None = None) -> None:
        self._yield_on = event_classes(yield_on)
        self._terminated = False

    def should_block(self, event: object) -> bool:
        """Tell whether the chat waits at an event.

        Args:
            event: the event.
        """
        return not self._terminated and (self._yield_on is None or isinstance(event, self._yield_on))


class StepController(_EventFilter):
    """Holds a chat in another thread: it waits at an event until `step` is called.

    Args:
        yield_on: the classes of events at which the chat waits; None stands for all.

    Raises:
        TypeError: ``yield_on`` holds something that is not a class.
    """

    def __init__(self, yield_on: Collection[type[Any]] | None = None) -> None:
        super().__init__(yield_on)
        self._steps = threading.Semaphore(0)

    def wait_for_step(self, event: object) -> None:
        """Wait until the chat may go on; called in its thread.

        Args:
            event: what has just happened.
        """
        if not self.should_block(event):
            return
        self._steps.acquire()
        if self._terminated:
            self._steps.release()  # for another thread of the chat that waits as well

    def step(self) -> None:
        """Let the chat go on to its next event."""
        self._steps.release()

    def terminate(self) -> None:
        """Let the chat go on, and wait at no further event."""
        self._terminated = True
        self._steps.release()


class AsyncStepController(_EventFilter):
    """Holds a chat in the same event loop: it waits at an event until `step` is called.

    It can be used in one event loop after another.

    Args:
        yield_on: the classes of events at which the chat waits; None stands for all.

    Raises:
        TypeError: ``yield_on`` holds something that is not a class.
    """

    def __init__(self, yield_on: Collection[type[Any]] | None = None) -> None:
        super().__init__(yield_on)
        self._steps = 0  # that came before anybody waited for them
        self._waiting: list[asyncio.Future[None]] = []

    async def wait_for_step(self, event: object) -> None:
        """Wait until the chat may go on.

        Args:
            event: what has just happened.
        """
        if not self.should_block(event):
            return
        if self._steps:
            self._steps -= 1
            return
        import asyncio  # as late as possible: it takes longer to load than everything else

        step = asyncio.get_running_loop().create_future()
        self._waiting.append(step)
        try:
            await step
        except asyncio.CancelledError:
            if not step.cancelled():  # the step came just before, and is for whoever waits next
                self.step()
            raise

    def step(self) -> None:
        """Let the chat go on to its next event."""
        while self._waiting:
            if self._let_go_on(self._waiting.pop(0)):
                return
        self._steps += 1

    def terminate(self) -> None:
        """Let the chat go on, and wait at no further event."""
        self._terminated = True
        while self._waiting:
            self._let_go_on(self._waiting.pop(0))

    @staticmethod
    def _let_go_on(waiting: asyncio.Future[None]) -> bool:
        """Wake a task. False if it was cancelled, or its event loop was closed, before."""
        if waiting.done() or waiting.get_loop().is_closed():
            return False
        waiting.set_result(None)
        return True
