"""Whoever wants to see the events of a conversation by voice."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ._log import global_logger
from .realtime_events import RealtimeEvent

if TYPE_CHECKING:
    from .clients.realtime_client import RealtimeClientProtocol
    from .realtime_agent import RealtimeAgent

__all__ = ("RealtimeObserver",)


class RealtimeObserver(ABC):
    """Sees every event of a conversation by voice, and may do something of its own beside it.

    Derive from it, and give an instance to the agent: ``RealtimeAgent(..., observers=[...])``.
    """

    def __init__(self, *, logger: logging.Logger | None = None) -> None:
        """Prepare an observer.

        Args:
            logger: where it writes what it notices; None for ``autogen.agentchat.realtime``.
        """
        self._ready_event = asyncio.Event()
        self._agent: RealtimeAgent | None = None
        self._logger = logger

    @property
    def logger(self) -> logging.Logger:
        """Where it writes what it notices."""
        return self._logger or global_logger

    @property
    def agent(self) -> RealtimeAgent:
        """The agent whose conversation it observes.

        Raises:
            RuntimeError: it has not been started.
        """
        if self._agent is None:
            raise RuntimeError("The observer has no agent yet: RealtimeAgent.run() starts it.")
        return self._agent

    @property
    def realtime_client(self) -> RealtimeClientProtocol:
        """The connection to the model.

        Raises:
            RuntimeError: it has not been started.
        """
        return self.agent.realtime_client

    async def run(self, agent: RealtimeAgent) -> None:
        """Prepare the session, say that this is done, and do what the observer does.

        Args:
            agent: the agent whose conversation it observes.
        """
        self._ready_event.clear()
        self._agent = agent
        await self.initialize_session()
        self._ready_event.set()
        await self.run_loop()

    async def wait_for_ready(self) -> None:
        """Wait until the session is prepared."""
        await self._ready_event.wait()

    @abstractmethod
    async def run_loop(self) -> None:
        """Do whatever is to be done besides watching events; it may return at once."""

    @abstractmethod
    async def initialize_session(self) -> None:
        """Tell the model what it has to know for this observer."""

    @abstractmethod
    async def on_event(self, event: RealtimeEvent) -> None:
        """Look at an event. The next one waits until this returns.

        Args:
            event: what has happened.
        """

    async def on_close(self) -> None:
        """Tidy up when the conversation is over."""
        return None
