"""Threads for clients that cannot be awaited, so that asynchronous chats need not wait for each other.

The threads of asyncio are few (six on a machine with two processors), and a request to a model does little but wait.
Besides, Python waits at its end for such threads. A request that nobody waits for any more, because the chat was
cancelled, would keep the program from ending until it times out, so the threads here are daemons.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

__all__ = ("in_thread",)

REQUESTS_AT_ONCE = 128

_waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
_idle = threading.Semaphore(0)
_threads: list[threading.Thread] = []
_lock = threading.Lock()


async def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function in another thread, with the context variables of this one.

    Args:
        function: what is called.
        *args: its arguments.

    Returns:
        What it returns.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def call() -> None:
        result, error = None, None
        try:
            result = context.run(function, *args)
        except BaseException as raised:  # whatever it is, it is for whoever awaits
            error = raised
        with suppress(RuntimeError):  # the event loop may have been closed
            loop.call_soon_threadsafe(_tell, future, result, error)

    _waiting.put(call)
    _see_to_a_thread()
    return await future


def _tell(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if isinstance(error, StopIteration):  # futures refuse it, because it would end the coroutine that awaits
        future.set_exception(RuntimeError(f"The call ended with a StopIteration: {error}"))
    elif error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _see_to_a_thread() -> None:
    """Start a thread when no idle one can take the next call, and there are not too many."""
    if _idle.acquire(blocking=False):
        return
    with _lock:
        if len(_threads) < REQUESTS_AT_ONCE:
            _threads.append(threading.Thread(target=_work, name=f"autogen-classic-model-{len(_threads)}", daemon=True))
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
