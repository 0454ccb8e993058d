"""The observer that runs what the model calls."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from logging import Logger
from typing import Any

from ...._core.callables import is_asynchronous
from ....function_utils import serialize_to_str
from .realtime_events import FunctionCall, RealtimeEvent
from .realtime_observer import RealtimeObserver

__all__ = ("FunctionObserver",)


class FunctionObserver(RealtimeObserver):
    """Runs the functions of a `RealtimeAgent` and gives their results to the model.

    A function runs beside the conversation, which goes on meanwhile; one that is not asynchronous runs in a thread.
    """

    def __init__(self, *, logger: Logger | None = None) -> None:
        """Prepare the observer; see `RealtimeObserver`."""
        super().__init__(logger=logger)
        self._running: set[asyncio.Task[None]] = set()

    async def on_event(self, event: RealtimeEvent) -> None:
        """See `RealtimeObserver.on_event`."""
        if not isinstance(event, FunctionCall):
            return
        self.logger.info("The model calls the function %s.", event.name)
        if event.problem is not None:
            self._start(self.realtime_client.send_function_result(event.call_id, event.problem))
        else:
            self._start(self.call_function(event.call_id, event.name, event.arguments))

    async def call_function(self, call_id: str, name: str, kwargs: dict[str, Any]) -> None:
        """Run a function and give its result to the model, or the text of its error.

        Args:
            call_id: what the result has to name.
            name: the function.
            kwargs: its arguments.
        """
        await self.realtime_client.send_function_result(call_id, await self._result_of(name, kwargs))

    async def _result_of(self, name: str, arguments: dict[str, Any]) -> str:
        tools = self.agent.registered_realtime_tools
        if name not in tools:
            return f"Function call failed: there is no function {name!r}, but these: {', '.join(tools) or 'none'}."
        function = tools[name].func
        try:
            if is_asynchronous(function):
                result = await function(**arguments)
            else:
                result = await asyncio.to_thread(function, **arguments)
            return serialize_to_str(result)
        except Exception as error:
            self.logger.warning("The function %s has failed: %s", name, error, exc_info=True)
            return f"Function call failed: {error}"

    async def initialize_session(self) -> None:
        """Tell the model which functions there are."""
        schemas = [tool.realtime_tool_schema for tool in self.agent.registered_realtime_tools.values()]
        await self.realtime_client.session_update({"tools": schemas, "tool_choice": "auto"})

    async def run_loop(self) -> None:
        """Nothing is done besides."""

    async def on_close(self) -> None:
        """Give up what still runs; a function in a thread runs to its end, and nobody waits for it."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(call)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.logger.warning("The result of a function has not reached the model: %s", task.exception())
