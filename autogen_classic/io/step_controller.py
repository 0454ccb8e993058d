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
        TypeError: it is something else.
    """
    if yield_on is None:
        return None
    classes = tuple(yield_on) if isinstance(yield_on, Iterable) else None
    if classes is None or not all(isinstance(one, type) for one in classes):
        raise TypeError(f"yield_on must be a list of classes of events such as [TextEvent], but it is {yield_on!r}.")
    return classes


class _Steps:
    """What both controllers know.

    Args:
        yield_on: the classes of events at which the chat waits; None stands for all.
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


class StepController(_Steps):
    """Holds a chat in another thread: it waits at an event until `step` is called.

    Args:
        yield_on: the classes of events at which the chat waits; None stands for all.
    """

    def __init__(self, yield_on: Collection[type[Any]] | None = None) -> None:
        super().__init__(yield_on)
        self._may_go_on = threading.Semaphore(0)

    def wait_for_step(self, event: object) -> None:
        """Wait until the chat may go on; called in its thread.

        Args:
            event: what has just happened.
        """
        if self.should_block(event):
            self._may_go_on.acquire()

    def step(self) -> None:
        """Let the chat go on to its next event."""
        self._may_go_on.release()

    def terminate(self) -> None:
        """Let the chat go on, and wait at no further event."""
        self._terminated = True
        self._may_go_on.release()


class AsyncStepController(_Steps):
    """Holds a chat in the same event loop: it waits at an event until `step` is called.

    Args:
        yield_on: the classes of events at which the chat waits; None stands for all.
    """

    def __init__(self, yield_on: Collection[type[Any]] | None = None) -> None:
        super().__init__(yield_on)
        self._steps = 0
        self._waiting: asyncio.Future[None] | None = None

    async def wait_for_step(self, event: object) -> None:
        """Wait until the chat may go on.

        Args:
            event: what has just happened.
        """
        import asyncio  # as late as possible: it takes longer to load than everything else

        if not self.should_block(event):
            return
        if self._steps == 0:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        self._steps = max(self._steps - 1, 0)

    def step(self) -> None:
        """Let the chat go on to its next event."""
        self._steps += 1
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def terminate(self) -> None:
        """Let the chat go on, and wait at no further event."""
        self._terminated = True
        self.step()
