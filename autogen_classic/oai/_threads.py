"""Threads for clients that cannot be awaited, so that asynchronous chats need not wait for each other.

The threads of asyncio are few (six on a machine with two processors), and a request to a model does little but wait.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

__all__ = ("in_thread",)

REQUESTS_AT_ONCE = 128


async def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function in another thread, with the context variables of this one.

    Args:
        function: what is called.
        *args: its arguments.

    Returns:
        What it returns.
    """
    call = contextvars.copy_context().run
    return await asyncio.get_running_loop().run_in_executor(_threads(), call, function, *args)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """A thread is started when a request finds no idle one."""
    return ThreadPoolExecutor(REQUESTS_AT_ONCE, thread_name_prefix="autogen-classic-model")
