"""Event loops that others need as well, such as a web server's: what is synchronous in a chat leaves them free."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from .callables import is_asynchronous, is_blocking
from .drive import Call

__all__ = ("call_of", "sharing_loop")

_is_shared = ContextVar("the event loop is shared", default=False)


@contextmanager
def sharing_loop() -> Iterator[None]:
    """Let what programs have written as synchronous functions run in other threads, in the chats of a ``with`` block.

    These are tools, reply functions and the execution of code. They find the context variables of the chat there.
    """
    before = _is_shared.set(True)
    try:
        yield
    finally:
        _is_shared.reset(before)


def call_of(asynchronous: bool, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Call:
    """Make the step that calls a function of a program.

    Args:
        asynchronous: whether the chat is.
        function: the function. It runs in another thread if the chat is asynchronous, and the function is marked by
            `blocking`, or synchronous while the event loop is shared.
        *args: its arguments.
        **kwargs: those with names.

    Returns:
        The step.
    """
    if asynchronous and (is_blocking(function) or (_is_shared.get() and not is_asynchronous(function))):
        from .threads import outcome_in_thread  # which needs asyncio

        return Call(outcome_in_thread, partial(function, *args, **kwargs))
    return Call(function, *args, **kwargs)
