"""The third driver: it runs the steps of `drive` a little way and stops, for whoever wants to look on.

It keeps the same stack as the other two, as an object instead of in a loop. The steps run in a context of their own, so
that between two stops the caller is not within the chat.
"""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Awaitable, Callable, Sized
from typing import Any, Generic, TypeVar, cast

from .drive import _NOT_SHIPPED, Ask, Call, Request, Steps, Then, shipped_functions, twin_name

__all__ = ("Walk",)

ResultT = TypeVar("ResultT")


class Walk(Generic[ResultT]):
    """Steps on their way.

    Args:
        steps: a generator of requests.
        asynchronous: whether the steps run as in an asynchronous chat.

    Attributes:
        context: the context in which they run.
        is_over: whether they have come to their end.
        result: what they returned; None before.
    """

    def __init__(self, steps: Steps[ResultT | Then], asynchronous: bool) -> None:
        self.context = contextvars.copy_context()
        self.is_over = False
        self.result: ResultT | None = None
        self._asynchronous = asynchronous
        self._running: list[Steps[Any]] = [steps]
        self._resume: Callable[[Any], Request] = steps.send
        self._value: Any = None

    def advance(self, news: Sized) -> Awaitable[Any] | None:
        """Run the steps until there are news, something has to be awaited, or they are over.

        Args:
            news: whether it holds anything is asked after each step.

        Returns:
            What has to be awaited, and then given to `receive` or `fail`, before the steps can go on; else None.

        Raises:
            BaseException: what a step has raised and no other handles.
        """
        return self.context.run(self._advance, news)

    def receive(self, value: object) -> None:
        """Go on with what was awaited.

        Args:
            value: the outcome.
        """
        if self._running:
            self._resume, self._value = self._running[-1].send, value
        else:
            self.is_over, self.result = True, cast(ResultT, value)

    def fail(self, error: BaseException) -> None:
        """Go on with an error.

        Args:
            error: what was raised. The steps may handle it.

        Raises:
            BaseException: the error, if no steps are left that could.
        """
        if not self._running:
            self.is_over = True
            raise error
        self._resume, self._value = self._running[-1].throw, error

    def close(self) -> None:
        """End the steps where they are; their ``finally`` blocks run."""
        self.is_over = True
        self.context.run(self._close)

    def _close(self) -> None:
        while self._running:
            self._running.pop().close()

    def _advance(self, news: Sized) -> Awaitable[Any] | None:
        """The loop of the other two drivers, which ends sooner and keeps where it was."""
        running, asynchronous = self._running, self._asynchronous
        resume, value = self._resume, self._value
        function: Any
        try:
            while not news:
                try:
                    request = resume(value)
                except StopIteration as end:
                    running.pop()
                    value = end.value
                    if type(value) is not Then:
                        if not running:
                            self.is_over, self.result = True, value
                            return None
                        resume = running[-1].send
                        continue
                    request = value.request
                except BaseException as error:
                    running.pop()
                    if not running:
                        self.is_over = True
                        raise
                    resume, value = running[-1].throw, error
                    continue

                try:
                    if isinstance(request, Ask):
                        function = getattr(request.owner, twin_name(request.name), None) if asynchronous else None
                        if function is None:  # a method without a twin serves both ways
                            function = getattr(request.owner, request.name)
                    elif isinstance(request, Call):
                        function = request.function
                    else:  # which way this is
                        value = asynchronous
                        continue
                    plain = getattr(function, "__func__", function)
                    inner_steps = shipped_functions.get(id(plain), _NOT_SHIPPED)[0]
                    if inner_steps is not None:
                        if plain is function:
                            inner = inner_steps(*request.args, **request.kwargs)
                        else:
                            inner = inner_steps(function.__self__, *request.args, **request.kwargs)
                        running.append(inner)
                        resume, value = inner.send, None
                        continue
                    value = function(*request.args, **request.kwargs)
                    if asynchronous and inspect.isawaitable(value):
                        return value
                    if not running:
                        self.is_over, self.result = True, value
                        return None
                    resume = running[-1].send
                except BaseException as error:
                    if not running:
                        self.is_over = True
                        raise
                    resume, value = running[-1].throw, error
            return None
        finally:
            self._resume, self._value = resume, value
