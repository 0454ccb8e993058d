"""Threads for what cannot be awaited, so that asynchronous chats need not wait for each other.

The threads of asyncio are few (six on a machine with two processors), and a request to a model or a browser does
little but wait. Besides, Python waits at its end for such threads. A request that nobody waits for any more, because
the chat was cancelled, would keep the program from ending until it times out, so the threads here are daemons.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from .drive import Call
from .running_chats import watching

__all__ = ("AsyncBell", "OneThread", "blocking_call", "in_thread", "outcome_of")

ResultT = TypeVar("ResultT")

CALLS_AT_ONCE = 128

_waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
_idle = threading.Semaphore(0)
_threads: list[threading.Thread] = []
_lock = threading.Lock()
_is_in_pool = ContextVar("one of the few threads waits for what is called", default=False)


def blocking_call(asynchronous: bool, function: Callable[..., Any], *args: Any) -> Call:
    """Make the step that calls a function which may take its time.

    Args:
        asynchronous: whether the chat is; then the function runs in another thread, and the event loop goes on.
        function: what is called.
        *args: its arguments.

    Returns:
        The step.
    """
    return Call(in_thread, function, *args) if asynchronous else Call(function, *args)


async def in_thread(function: Callable[..., ResultT], *args: Any) -> ResultT:
    """Call a function in another thread, with the context variables of this one.

    Args:
        function: what is called.
        *args: its arguments.

    Returns:
        What it returns.
    """
    if _is_in_pool.get():  # were all those threads waiting for such calls, none would be left to make them
        return await _result_of(_start_thread, function, *args)
    return await _result_of(_hand_to_pool, _call_in_pool, function, *args)


async def outcome_of(call: Callable[..., Awaitable[object]], *args: Any) -> object:
    """Call a function in another thread, and wait here for what it returns if that has to be awaited.

    Args:
        call: `in_thread`, or the method of a `OneThread`.
        *args: the function, which may hide a coroutine, as a lambda does, and its arguments.

    Returns:
        What comes out.
    """
    outcome = await call(*args)
    return await outcome if inspect.isawaitable(outcome) else outcome


class OneThread:
    """A thread that makes calls one after the other, for things that belong to a thread, such as a database.

    It has context variables of its own, at first those of whoever makes it, which `entered` and `start` use.

    Args:
        name: what it is called.
    """

    def __init__(self, name: str) -> None:
        self._context = contextvars.copy_context()
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def call(self, function: Callable[..., ResultT], *args: Any) -> ResultT:
        """Call a function in the thread, with the context variables of the caller.

        Args:
            function: what is called.
            *args: its arguments.

        Returns:
            What it returns.
        """
        return await _result_of(self._calls.put, function, *args)

    @asynccontextmanager
    async def entered(self, manager: AbstractContextManager[ResultT]) -> AsyncIterator[ResultT]:
        """Enter a context manager in the thread, and leave it there, for the length of an ``async with`` block.

        Args:
            manager: the context manager. What it sets of context variables is seen by what `start` starts.
        """
        opened = ExitStack()
        try:
            yield await self.call(self._context.run, opened.enter_context, manager)
        except BaseException:
            await self.call(self._context.run, opened.__exit__, *sys.exc_info())
            raise
        await self.call(self._context.run, opened.close)

    def start(self, coroutine: Coroutine[Any, Any, ResultT]) -> asyncio.Future[ResultT]:
        """Start a task in the running event loop, with a copy of the thread's context variables.

        Args:
            coroutine: what the task does.
        """
        return self._context.run(asyncio.ensure_future, coroutine)

    def end(self) -> None:
        """Let it end after the calls that it was given."""
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


class AsyncBell:
    """Rings in the event loop that runs here when a chat is resumed or stopped, in whichever thread.

    It is entered as a context manager.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung: asyncio.Future[None] = self._loop.create_future()
        self._watching = watching(self.ring_from_anywhere)

    def __enter__(self) -> AsyncBell:
        self._watching.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._watching.__exit__(None, None, None)

    def ring_from_anywhere(self) -> None:
        """Do the same as `ring`, in any thread."""
        with suppress(RuntimeError):  # the loop has been closed, and nobody waits in it
            self._loop.call_soon_threadsafe(self.ring)

    def ring(self, _: object = None) -> None:
        """Wake whoever waits."""
        if not self._rung.done():
            self._rung.set_result(None)

    def rings(self) -> asyncio.Future[None]:
        """The future that is done when it rings next."""
        if self._rung.done():
            self._rung = self._loop.create_future()
        return self._rung


async def _result_of(
    hand_over: Callable[[Callable[[], None]], object], function: Callable[..., ResultT], *args: Any
) -> ResultT:
    """Have a function called in another thread, with the context variables of this one.

    Args:
        hand_over: hands what is to be done to the thread.
        function: what is called.
        *args: its arguments.

    Returns:
        What it returns.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[ResultT] = loop.create_future()
    context = contextvars.copy_context()

    def call() -> None:
        try:
            tell = partial(_tell_result, future, context.run(function, *args))
        except BaseException as error:  # whatever it is, it is for whoever awaits
            tell = partial(_tell_error, future, error)
        with suppress(RuntimeError):  # the event loop may have been closed
            loop.call_soon_threadsafe(tell)

    hand_over(call)
    return await future


def _tell_result(future: asyncio.Future[ResultT], result: ResultT) -> None:
    if not future.cancelled():
        future.set_result(result)


def _tell_error(future: asyncio.Future[ResultT], error: BaseException) -> None:
    if future.cancelled():
        return
    if isinstance(error, StopIteration):  # futures refuse it, because it would end the coroutine that awaits
        error = RuntimeError(f"The call ended with a StopIteration: {error}")
    future.set_exception(error)


def _start_thread(call: Callable[[], None]) -> None:
    threading.Thread(target=call, name="autogen-classic-inner", daemon=True).start()


def _call_in_pool(function: Callable[..., ResultT], *args: Any) -> ResultT:
    _is_in_pool.set(True)
    return function(*args)


def _hand_to_pool(call: Callable[[], None]) -> None:
    """Queue a call, and start a thread when no idle one can take it, and there are not too many."""
    _waiting.put(call)
    if _idle.acquire(blocking=False):
        return
    with _lock:
        if len(_threads) < CALLS_AT_ONCE:
            _threads.append(threading.Thread(target=_work, name=f"autogen-classic-{len(_threads)}", daemon=True))
            _threads[-1].start()


def _work() -> None:
    while True:
        _waiting.get()()
        _idle.release()


def _start_without_threads() -> None:
    """Forget the threads of the parent, which a forked process does not have."""
    global _waiting, _idle, _lock
    _waiting, _idle, _lock = SimpleQueue(), threading.Semaphore(0), threading.Lock()
    _threads.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_without_threads)
