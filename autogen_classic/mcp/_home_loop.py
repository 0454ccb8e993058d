"""Calls into the event loop in which a session lives, from wherever a tool runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ..errors import McpCallError

__all__ = ("HomeLoop",)

T = TypeVar("T")


class HomeLoop:
    """The running event loop, where the connection of a session is read and written.

    Raises:
        RuntimeError: there is none.
    """

    def __init__(self) -> None:
        """Remember the loop."""
        self._loop = asyncio.get_running_loop()

    def run(self, start: Callable[[], Coroutine[Any, Any, T]]) -> Coroutine[Any, Any, T]:
        """Run something in this loop, however it is awaited: here, or in another thread.

        Args:
            start: makes the coroutine.

        Returns:
            A coroutine of what it returns. It raises an `McpCallError` if the loop has ended, or is held up by the
            synchronous chat in which the tool was called.
        """
        return self._run(start, called_at_home=_running_loop() is self._loop)

    async def _run(self, start: Callable[[], Coroutine[Any, Any, T]], *, called_at_home: bool) -> T:
        if asyncio.get_running_loop() is self._loop:
            return await start()
        if called_at_home:  # and awaited in a thread for which the calling thread waits
            raise McpCallError(
                "The MCP session cannot answer, because a synchronous chat holds up its event loop. Use "
                "a_initiate_chat there, or open the session with autogen_classic.mcp.open_toolkit."
            )
        if not self._loop.is_running():
            raise McpCallError("The MCP session has ended. Keep it open for as long as its tools are used.")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(start(), self._loop))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
