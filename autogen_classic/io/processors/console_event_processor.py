"""Shows a run at the console, and asks the person there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here
from typing import Any

from ...events.agent_events import InputRequestEvent
from ...events.base_event import Wrapped
from .._run_parts import AsyncRunResponseProtocol, RunResponseProtocol
from ..console import IOConsole

__all__ = ("AsyncConsoleEventProcessor", "ConsoleEventProcessor")


def _ask(event: Wrapped[Any]) -> str:
    return IOConsole().input(event.content.prompt, password=event.content.password)


class ConsoleEventProcessor:
    """Lets each event print itself to the logger ``ag2.event.processor``, and asks at the console."""

    def process(self, response: RunResponseProtocol) -> None:
        """Take a run to its end.

        Args:
            response: the run.

        Raises:
            Exception: what ended the run.
        """
        for event in response.events:
            self.process_event(event)

    def process_event(self, event: Wrapped[Any]) -> None:
        """Show one event; an `InputRequestEvent` is answered.

        Args:
            event: the event.
        """
        if isinstance(event, InputRequestEvent):
            event.content.respond(_ask(event))
        else:
            event.print()


class AsyncConsoleEventProcessor:
    """The same for asynchronous runs; the event loop goes on while a person is asked."""

    async def process(self, response: AsyncRunResponseProtocol) -> None:
        """Take a run to its end.

        Args:
            response: the run.

        Raises:
            Exception: what ended the run.
        """
        async for event in response.events:
            await self.process_event(event)

    async def process_event(self, event: Wrapped[Any]) -> None:
        """Show one event; an `InputRequestEvent` is answered.

        Args:
            event: the event.
        """
        if isinstance(event, InputRequestEvent):
            answer = await asyncio.to_thread(_ask, event)
            await event.content.respond(answer)
        else:
            event.print()
