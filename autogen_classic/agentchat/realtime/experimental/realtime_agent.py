"""The agent that speaks."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ....llm_config.config import LLMConfig
from ....tools.tool import Tool
from ._log import global_logger
from .clients import RealtimeClientProtocol, get_client
from .function_observer import FunctionObserver
from .realtime_observer import RealtimeObserver

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from .clients.realtime_client import Settings

__all__ = ("RealtimeAgent", "RealtimeAgentCallbacks")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class RealtimeAgentCallbacks:
    """What a program wants to do in a conversation by voice.

    Attributes:
        on_observers_ready: called without arguments when the session is prepared, and runs beside the conversation: in
            a thread, or as a task if it is asynchronous.
    """

    on_observers_ready: Callable[[], Any] = lambda: None


class RealtimeAgent:
    """An agent that hears a person and answers with a voice.

    It is asynchronous: ``await agent.run()`` lasts as long as the conversation. It ends when the person leaves or the
    server ends it, and raises a `RealtimeConnectionError` if the connection breaks.
    """

    def __init__(
        self,
        *,
        name: str,
        audio_adapter: RealtimeObserver | None = None,
        system_message: str = "You are a helpful AI Assistant.",
        llm_config: Settings | None = None,
        logger: logging.Logger | None = None,
        observers: list[RealtimeObserver] | None = None,
        voice: str | None = None,
        **client_kwargs: Any,
    ) -> None:
        """Create an agent.

        Args:
            name: its name.
            audio_adapter: what carries the sound between the person and the model; None if something else does, such
                as a browser over WebRTC.
            system_message: what its model is told about its part.
            llm_config: its model, of which the first configuration counts; None takes that of the ``with`` block that
                is running.
            logger: where it writes what it notices; None for ``autogen.agentchat.realtime``.
            observers: who else sees the events.
            voice: how it sounds, as in AG2 0.6; None leaves that to ``voice`` of the configuration.
            **client_kwargs: ``websocket``, a connection to a browser that speaks with OpenAI itself over WebRTC.

        Raises:
            ValueError: there is no client for the configuration.
            ImportError: a package is missing; the text names the extra.
        """
        llm_config = LLMConfig.get_current_llm_config(llm_config)
        if not llm_config:
            raise ValueError(f"The RealtimeAgent {name!r} needs an llm_config.")
        if voice is not None:
            first, *others = llm_config.get("config_list") or [llm_config]
            llm_config = {**llm_config, "config_list": [{**first, "voice": voice}, *others]}
        self._name = name
        self._system_message = system_message
        self._logger = logger
        self._realtime_client = get_client(llm_config, self.logger, **client_kwargs)
        self._tools: dict[str, Tool] = {}
        self._audio_adapter = audio_adapter
        self._observers: list[RealtimeObserver] = [*(observers or ()), FunctionObserver(logger=logger)]
        if audio_adapter is not None:
            self._observers.append(audio_adapter)
        self._running: dict[RealtimeObserver, asyncio.Task[None]] = {}
        self.callbacks = RealtimeAgentCallbacks()

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def system_message(self) -> str:
        """What its model is told about its part."""
        return self._system_message

    @property
    def logger(self) -> logging.Logger:
        """Where it writes what it notices."""
        return self._logger or global_logger

    @property
    def realtime_client(self) -> RealtimeClientProtocol:
        """The connection to its model."""
        return self._realtime_client

    @property
    def registered_realtime_tools(self) -> dict[str, Tool]:
        """What its model may call, by name."""
        return self._tools

    def register_observer(self, observer: RealtimeObserver) -> None:
        """Let somebody else see the events.

        Args:
            observer: who.
        """
        self._observers.append(observer)

    def register_realtime_function(
        self, *, name: str | None = None, description: str | None = None
    ) -> Callable[[F | Tool], Tool]:
        """Let the model call a function: a decorator.

        Args:
            name: its name for the model; None takes the function's.
            description: what it does; None takes the function's docstring.

        Returns:
            A decorator that returns a `Tool`.
        """

        def register(function: F | Tool) -> Tool:
            tool = Tool(func_or_tool=function, name=name, description=description)
            self._tools[tool.name] = tool
            return tool

        return register

    def register_swarm(
        self, *, initial_agent: ConversableAgent, agents: list[ConversableAgent], **kwargs: str | None
    ) -> None:
        """Let a swarm do the work, as programs for AG2 0.6 write it; see the function `register_swarm`.

        Args:
            initial_agent: the agent that begins.
            agents: the agents.
            **kwargs: ``system_message`` and ``question_message``.
        """
        from .realtime_swarm import register_swarm

        register_swarm(realtime_agent=self, initial_agent=initial_agent, agents=agents, **kwargs)

    async def start_observers(self) -> None:
        """Start every observer, one after the other, each when the one before has prepared its part of the session."""
        for observer in self._observers:
            self._running[observer] = running = asyncio.ensure_future(observer.run(self))
            ready = asyncio.ensure_future(observer.wait_for_ready())
            await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            if running.done():
                running.result()  # raises what went wrong

    async def run(self) -> None:
        """Speak with a person until one of both sides ends the conversation.

        Raises:
            RealtimeConnectionError: the server cannot be reached, refuses, or breaks off.
        """
        besides: list[asyncio.Future[Any]] = []
        async with self._realtime_client.connect():
            try:
                await self._realtime_client.session_update({"instructions": self._system_message})
                await self.start_observers()
                besides.append(asyncio.ensure_future(self._call_when_ready()))
                events = asyncio.ensure_future(self._hand_out_events())
                besides.append(events)
                await self._until_the_end(events, besides)
            finally:
                await self._close(besides)

    async def _call_when_ready(self) -> None:
        callback = self.callbacks.on_observers_ready
        if inspect.iscoroutinefunction(callback):
            await callback()
        else:
            await asyncio.to_thread(callback)

    async def _hand_out_events(self) -> None:
        async for event in self._realtime_client.read_events():
            for observer in self._observers:
                await observer.on_event(event)

    async def _until_the_end(self, events: asyncio.Future[Any], besides: list[asyncio.Future[Any]]) -> None:
        """Wait until the server or the person leaves, or anything fails."""
        adapter = self._running.get(self._audio_adapter) if self._audio_adapter is not None else None
        waiting: set[asyncio.Future[Any]] = {*besides, *self._running.values()}
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()  # raises what went wrong
            if events in done or adapter in done:
                return

    async def _close(self, besides: list[asyncio.Future[Any]]) -> None:
        running = [*besides, *self._running.values()]
        self._running = {}
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for observer in self._observers:
            await observer.on_close()
