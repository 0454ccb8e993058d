"""A walk through the steps of a chat, for whoever wants to look on: it stops at news, and goes on when it is told to.

The steps run in a context of their own, so that between two stops the caller is not within the chat.
"""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Callable, Sized
from typing import Any, Generic, TypeAlias, TypeVar

from .drive import Steps, Then, walk

__all__ = ("Walk",)

ResultT = TypeVar("ResultT")
_Resumption: TypeAlias = tuple[Callable[[Any], Awaitable[Any] | None], Any]


class Walk(Generic[ResultT]):
    """Steps on their way.

    Args:
        steps: a generator of requests.
        asynchronous: whether the steps run as in an asynchronous chat.
        news: whether it holds anything is asked before each step.

    Attributes:
        context: the context in which they run.
        is_over: whether they have come to their end.
        result: what they returned; None before.
    """

    def __init__(self, steps: Steps[ResultT | Then], asynchronous: bool, news: Sized) -> None:
        self.context = contextvars.copy_context()
        self.is_over = False
        self.result: ResultT | None = None
        self._way = walk(steps, asynchronous, news)
        self._onwards: _Resumption = (self._way.send, None)
        self._next: _Resumption = self._onwards

    def advance(self) -> Awaitable[Any] | None:
        """Run the steps until there are news, something has to be awaited, or they are over.

        Returns:
            What has to be awaited, and then given to `receive` or `fail`, before the steps can go on; else None.

        Raises:
            BaseException: what a step has raised and no other handles.
        """
        go_on, value = self._next
        self._next = self._onwards
        try:
            return self.context.run(go_on, value)
        except StopIteration as end:
            self.is_over, self.result = True, end.value
        except BaseException:
            self.is_over = True
            raise
        return None

    def receive(self, value: object) -> None:
        """Go on with what was awaited.

        Args:
            value: the outcome.
        """
        self._next = (self._way.send, value)

    def fail(self, error: BaseException) -> None:
        """Go on with an error, which the steps may handle.

        Args:
            error: what was raised.
        """
        self._next = (self._way.throw, error)

    def close(self) -> None:
        """End the steps where they are; their ``finally`` blocks run."""
        self.is_over = True
        self.context.run(self._way.close)
