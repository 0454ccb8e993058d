"""Event loops that others need as well: they get turns, and a web server's is left free by what is synchronous."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .callables import is_asynchronous, is_blocking
from .drive import Call

if TYPE_CHECKING:
    from .threads import OneThread

__all__ = ("MESSAGES_BETWEEN_TURNS_OF_OTHERS", "call_of", "sharing_loop", "turn_of_others")

ResultT = TypeVar("ResultT")

MESSAGES_BETWEEN_TURNS_OF_OTHERS = 100
"""After so many messages an asynchronous chat gives the event loop a turn: one whose models and tools answer at once
never waits for anything, and no other task would run."""

_beside: ContextVar[OneThread | None] = ContextVar("the thread beside the shared event loop", default=None)


@contextmanager
def sharing_loop(thread: OneThread) -> Iterator[None]:
    """Let what programs have written as synchronous functions run in a thread, in the chats of a ``with`` block.

    These are tools, reply functions and the execution of code, one after the other. They find the context variables of
    the chat there.

    Args:
        thread: the thread.
    """
    before = _beside.set(thread)
    try:
        yield
    finally:
        _beside.reset(before)


def call_of(asynchronous: bool, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Call:
    """Make the step that calls a function of a program.

    Args:
        asynchronous: whether the chat is.
        function: the function. If the chat is asynchronous, it runs in another thread when it is marked by `blocking`,
            or synchronous while the event loop is shared.
        *args: its arguments.
        **kwargs: those with names.

    Returns:
        The step.
    """
    thread = _beside.get()
    if asynchronous and (is_blocking(function) or (thread is not None and not is_asynchronous(function))):
        from .threads import in_thread, outcome_of  # which need asyncio

        called = partial(function, *args, **kwargs)
        if thread is None or is_blocking(function):
            return Call(outcome_of, in_thread, called)
        return Call(outcome_of, thread.call, _beside_loop, called)
    return Call(function, *args, **kwargs)


def turn_of_others() -> Call:
    """Make the step of an asynchronous chat that lets the event loop run whatever else is ready."""
    from asyncio import sleep

    return Call(sleep, 0)


def _beside_loop(function: Callable[[], ResultT]) -> ResultT:
    """Call a function in the thread. The event loops of chats within it are its own, so that it need not leave them."""
    _beside.set(None)
    return function()
