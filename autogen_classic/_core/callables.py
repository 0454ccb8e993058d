"""What is asked of any callable: its name, its docstring, and whether it has to be awaited; and how to wait for it."""

from __future__ import annotations

import contextvars
import functools
import inspect
import threading
from collections.abc import Callable, Coroutine
from types import FunctionType, MethodType
from typing import Any, TypeVar

__all__ = (
    "blocking",
    "built_in",
    "check_signature",
    "docstring_of",
    "is_asynchronous",
    "is_blocking",
    "is_built_in",
    "name_of",
    "wait_for",
)

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
ResultT = TypeVar("ResultT")


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function; of a partial one, what it calls; of another object, its class.

    Args:
        function: any callable.
    """
    called = _called(function)
    return str(getattr(called, "__name__", type(called).__name__))


def docstring_of(function: Callable[..., Any]) -> str:
    """The docstring of a function; of a partial one, that of what it calls; "" without one.

    Args:
        function: any callable.
    """
    called = _called(function)
    return (called.__doc__ or "") if inspect.isroutine(called) else ""


def _called(function: Callable[..., Any]) -> Callable[..., Any]:
    return function.func if isinstance(function, functools.partial) else function


def is_asynchronous(function: Callable[..., Any]) -> bool:
    """Tell whether what a call returns has to be awaited.

    Args:
        function: a function, or an object that can be called.
    """
    if isinstance(function, (FunctionType, MethodType)):
        return inspect.iscoroutinefunction(function)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - its own method is asked for
    )


def check_signature(function: Callable[..., Any]) -> None:
    """Refuse a function that does not tell its parameters.

    Args:
        function: any callable.

    Raises:
        TypeError: it is built into Python.
    """
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        raise TypeError(
            f"The parameters of {getattr(function, '__name__', function)} cannot be found out, because it is built "
            "into Python. Write a function with annotated parameters that calls it."
        ) from None


def blocking(function: FunctionT) -> FunctionT:
    """Mark a function that waits for the world outside, so that asynchronous chats run it in another thread.

    Args:
        function: the function of a tool; it is changed.

    Returns:
        The function.
    """
    function._classic_blocking = True  # type: ignore[attr-defined]
    return function


def is_blocking(function: Callable[..., Any]) -> bool:
    """Tell whether a function, or what it wraps, is marked by `blocking`.

    Args:
        function: any callable.
    """
    return bool(getattr(function, "_classic_blocking", False))


def built_in(function: FunctionT) -> FunctionT:
    """Mark a tool that a model knows by itself: whoever has that model runs it.

    Args:
        function: the function of the tool; it is changed.

    Returns:
        The function.
    """
    function._classic_built_in = True  # type: ignore[attr-defined]
    return function


def is_built_in(function: object) -> bool:
    """Tell whether a function is marked by `built_in`.

    Args:
        function: anything.
    """
    return bool(getattr(function, "_classic_built_in", False))


def wait_for(start: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run a coroutine to its end, even if this thread is already running an event loop (as in a notebook).

    Args:
        start: makes the coroutine.

    Returns:
        What it returns.
    """
    import asyncio  # as late as possible: it takes longer to load than everything else

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(start())

    outcome: list[ResultT] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(asyncio.run(start()))
        except BaseException as error:
            failure.append(error)

    context = contextvars.copy_context()  # it finds its chat and its console as in the thread that calls it
    thread = threading.Thread(target=context.run, args=(run,), name="autogen_classic coroutine")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
