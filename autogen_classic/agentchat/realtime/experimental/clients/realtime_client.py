"""What is asked of a connection to a model that hears and speaks, and which one a configuration gets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

from .._log import global_logger
from ..realtime_events import InputAudioBufferDelta, RealtimeEvent

if TYPE_CHECKING:
    from .....llm_config import LLMConfig

__all__ = (
    "RealtimeClientBase",
    "RealtimeClientProtocol",
    "Role",
    "Settings",
    "get_client",
    "register_realtime_client",
)

Role: TypeAlias = Literal["user", "assistant", "system"]
Settings: TypeAlias = "LLMConfig | Mapping[str, Any]"
"""An `LLMConfig`, or a dict with a ``config_list``."""


class RealtimeClientBase:
    """Events in the order in which they happen: those of the server, and those of this side."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        """Begin without events.

        Args:
            logger: where the client writes what it notices; None for ``autogen.agentchat.realtime``.
        """
        self._logger = logger
        self._forget_events()

    @property
    def logger(self) -> logging.Logger:
        """Where the client writes what it notices."""
        return self._logger or global_logger

    def _forget_events(self) -> None:
        """Begin anew, as a connection does."""
        self._events: asyncio.Queue[RealtimeEvent | None] = asyncio.Queue()

    async def add_event(self, event: RealtimeEvent | None) -> None:
        """Let something happen.

        Args:
            event: what happens; None ends the events.
        """
        await self._events.put(event)

    async def get_event(self) -> RealtimeEvent | None:
        """Wait for what happens next.

        Returns:
            The event; None at the end.
        """
        return await self._events.get()

    async def queue_input_audio_buffer_delta(self, audio: str) -> None:
        """Let observers know what the person says.

        Args:
            audio: the sound, in base 64.
        """
        await self.add_event(InputAudioBufferDelta(delta=audio, raw_message={}))

    async def _events_with(self, received: AsyncIterator[list[RealtimeEvent]]) -> AsyncGenerator[RealtimeEvent, None]:
        """What happens, until nothing comes from the server any more.

        Args:
            received: the events of the server.

        Raises:
            RealtimeConnectionError: the connection broke.
        """
        reading = asyncio.ensure_future(self._add_all(received))
        try:
            while (event := await self.get_event()) is not None:
                yield event
            await reading
        finally:
            reading.cancel()

    async def _add_all(self, received: AsyncIterator[list[RealtimeEvent]]) -> None:
        try:
            async for events in received:
                for event in events:
                    await self.add_event(event)
        finally:
            self._events.put_nowait(None)


@runtime_checkable
class RealtimeClientProtocol(Protocol):
    """A connection to a model that hears and speaks."""

    async def send_function_result(self, call_id: str, result: str) -> None:
        """Give the model the result of a function.

        Args:
            call_id: the call.
            result: the result.
        """
        ...

    async def send_text(self, *, role: Role, text: str) -> None:
        """Say something to the model in writing; it answers with its voice.

        Args:
            role: who says it.
            text: what.
        """
        ...

    async def send_audio(self, audio: str) -> None:
        """Let the model hear a piece of sound.

        Args:
            audio: the sound, in base 64.
        """
        ...

    async def truncate_audio(self, audio_end_ms: int, content_index: int, item_id: str) -> None:
        """Tell the model how much of what it said has been heard.

        Args:
            audio_end_ms: how many milliseconds.
            content_index: the part of the item.
            item_id: the item of the conversation.
        """
        ...

    async def session_update(self, session_options: dict[str, Any]) -> None:
        """Change the settings of the conversation.

        Args:
            session_options: the settings by the names of OpenAI.
        """
        ...

    def connect(self) -> AbstractAsyncContextManager[None]:
        """Be connected for the length of an ``async with`` block.

        Raises:
            RealtimeConnectionError: the server cannot be reached, refuses, or breaks off.
        """
        ...

    def read_events(self) -> AsyncGenerator[RealtimeEvent, None]:
        """What happens, until the server ends the conversation.

        Raises:
            RealtimeConnectionError: the connection broke.
        """
        ...

    @classmethod
    def get_factory(
        cls, llm_config: Settings, logger: logging.Logger, **kwargs: Any
    ) -> Callable[[], RealtimeClientProtocol] | None:
        """Say how to make a client for a configuration.

        Args:
            llm_config: the configuration, of which the first entry counts.
            logger: where the client writes what it notices.
            **kwargs: what the program has said besides, such as ``websocket``.

        Returns:
            A function that makes the client; None if the class is not for this configuration.
        """
        ...


T = TypeVar("T", bound="type[RealtimeClientProtocol]")

_realtime_client_classes: dict[str, type[RealtimeClientProtocol]] = {}


def register_realtime_client() -> Callable[[T], T]:
    """Let a class be found by `get_client`: a decorator."""

    def decorate(client_class: T) -> T:
        _realtime_client_classes[f"{client_class.__module__}.{client_class.__name__}"] = client_class
        return client_class

    return decorate


def get_client(llm_config: Settings, logger: logging.Logger, **kwargs: Any) -> RealtimeClientProtocol:
    """Make the client for a configuration.

    Args:
        llm_config: the configuration, of which the first entry counts.
        logger: where the client writes what it notices.
        **kwargs: what the program has said besides: ``websocket``, a connection to a browser that speaks with OpenAI
            itself, over WebRTC.

    Raises:
        ValueError: no client is for this configuration.
        ImportError: a package is missing; the text names the extra.
    """
    for client_class in _realtime_client_classes.values():
        factory = client_class.get_factory(llm_config, logger, **kwargs)
        if factory is not None:
            return factory()
    raise ValueError(
        "Realtime API client not found: the api_type of the first configuration must be 'openai' or 'google'"
        + (f", and {', '.join(kwargs)} must be what its client takes." if kwargs else ".")
    )
