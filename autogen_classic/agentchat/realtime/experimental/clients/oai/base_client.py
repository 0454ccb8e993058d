"""A model of OpenAI over a web socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from openai import AsyncOpenAI

from ......_packages import install_command
from ...realtime_events import RealtimeEvent
from .._wire import LARGEST_MESSAGE, Entry, check_websockets, connected, connecting, messages_of, read_message
from ..realtime_client import RealtimeClientProtocol, Settings, register_realtime_client
from ._session import OpenAISession, is_of_the_beta

if TYPE_CHECKING:
    from openai.resources.realtime.realtime import AsyncRealtimeConnection

__all__ = ("OpenAIRealtimeClient",)

SECONDS_FOR_FIRST_MESSAGE = 5.0

_CLIENT_SETTINGS = (
    "api_key",
    "base_url",
    "default_headers",
    "default_query",
    "max_retries",
    "organization",
    "project",
    "timeout",
    "websocket_base_url",
)


@register_realtime_client()
class OpenAIRealtimeClient(OpenAISession):
    """Speaks with a model of OpenAI, or of a server with the same interface, over a web socket.

    The session that the server describes at the beginning tells whether it speaks the interface of today or its beta.
    """

    def __init__(self, *, llm_config: Settings, logger: logging.Logger | None = None) -> None:
        """Prepare a connection.

        Args:
            llm_config: the configuration; of its first entry, ``model``, ``voice``, ``temperature`` and what says where
                the server is and with which key.
            logger: where it writes what it notices.

        Raises:
            ImportError: a package is missing; the text names the extra.
            openai.OpenAIError: there is no key.
        """
        super().__init__(llm_config, logger)
        check_websockets("openai-realtime")
        settings = {name: value for name, value in self._entry.settings.items() if name in _CLIENT_SETTINGS}
        self._client = AsyncOpenAI(**settings)
        if not hasattr(self._client, "realtime"):
            raise ImportError(
                f"A conversation by voice needs a newer openai package: {install_command('openai-realtime')}",
                name="openai",
            )
        self._connection: AsyncRealtimeConnection | None = None
        self._first_message: dict[str, Any] | None = None

    @property
    def connection(self) -> AsyncRealtimeConnection:
        """The connection of the openai package.

        Raises:
            RuntimeError: the client is not connected.
        """
        if self._connection is None:
            raise RuntimeError("The client is not connected: RealtimeAgent.run() connects it.")
        return self._connection

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[None, None]:
        """See `RealtimeClientProtocol.connect`."""
        self._forget_events()
        address = str(self._client.websocket_base_url or self._client.base_url)
        with connecting(address, self._entry):
            self._connection = await self._client.realtime.connect(
                model=self._entry.model, websocket_connection_options={"max_size": LARGEST_MESSAGE}
            ).enter()
        with connected(address, self._entry):
            try:
                await self._learn_the_interface()
                await self.session_update(self._first_settings())
                yield
            finally:
                connection, self._connection = self._connection, None
                await connection.close()

    async def _learn_the_interface(self) -> None:
        """Find out from the server's first message whether it speaks the interface of today or its beta."""
        try:
            data = await asyncio.wait_for(self.connection.recv_bytes(), SECONDS_FOR_FIRST_MESSAGE)
        except asyncio.TimeoutError:
            self.logger.warning("The realtime server has not described the session; it is taken for one of today.")
            return
        self._first_message = read_message(data, self.logger)
        self._beta = is_of_the_beta((self._first_message or {}).get("session"))

    async def send_audio(self, audio: str) -> None:
        """See `RealtimeClientProtocol.send_audio`."""
        await self.queue_input_audio_buffer_delta(audio)
        await self._send({"type": "input_audio_buffer.append", "audio": audio})

    async def read_events(self) -> AsyncGenerator[RealtimeEvent, None]:
        """See `RealtimeClientProtocol.read_events`."""
        async for event in self._events_with(self._received()):
            yield event

    async def _received(self) -> AsyncIterator[list[RealtimeEvent]]:
        if self._first_message is not None:
            yield await self._events_of(self._first_message)
        async for message in messages_of(self.connection.recv_bytes, self.logger):
            yield await self._events_of(message)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.connection.send(cast(Any, message))

    @classmethod
    def get_factory(
        cls, llm_config: Settings, logger: logging.Logger, **kwargs: Any
    ) -> Callable[[], RealtimeClientProtocol] | None:
        """See `RealtimeClientProtocol.get_factory`."""
        if kwargs or not Entry(llm_config).speaks_to("openai"):
            return None
        return lambda: cls(llm_config=llm_config, logger=logger)
