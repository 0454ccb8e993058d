"""A model of OpenAI that speaks with a browser over WebRTC, while this program listens and runs the functions."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from openai import AsyncOpenAI

from ......_secrets import keys_hidden, place_of, shown_without_keys
from ......errors import RealtimeConnectionError
from ...realtime_events import RealtimeEvent
from ...websockets import WebSocketProtocol
from .._wire import Entry, read_message
from ..realtime_client import RealtimeClientProtocol, Settings, register_realtime_client
from ._session import OpenAISession, for_today

__all__ = ("OpenAIRealtimeWebRTCClient",)

_OF_THE_BETA = "/realtime/sessions"


@register_realtime_client()
class OpenAIRealtimeWebRTCClient(OpenAISession):
    """Gives a browser what it needs to speak with OpenAI itself, and hears from it what happens.

    The browser gets ``{"type": "ag2.init", "config": ..., "init": [...]}``: a key that lives for a minute in
    ``config["client_secret"]["value"]``, and the messages to send to OpenAI first. After that it hands on what is sent
    to it over the web socket to the data channel of WebRTC, and back.

    A ``base_url`` that ends in ``/realtime/sessions`` belongs to a server that speaks the beta of the interface.
    """

    def __init__(
        self, *, llm_config: Settings, websocket: WebSocketProtocol, logger: logging.Logger | None = None
    ) -> None:
        """Prepare a connection.

        Args:
            llm_config: the configuration, of which the first entry counts.
            websocket: the connection to the browser, which has been accepted.
            logger: where it writes what it notices.
        """
        super().__init__(llm_config, logger)
        self._websocket = websocket
        address = str(self._entry.settings.get("base_url") or "").rstrip("/")
        self._beta = address.endswith(_OF_THE_BETA)
        self._base_url = address.removesuffix(_OF_THE_BETA) or None

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[None, None]:
        """Get a key for the browser, and tell the browser to begin.

        Raises:
            openai.OpenAIError: there is no key, or OpenAI refuses it.
            RealtimeConnectionError: the answer holds no key for the browser.
        """
        self._forget_events()
        with keys_hidden([self._entry.settings]):
            async with AsyncOpenAI(api_key=self._entry.settings.get("api_key"), base_url=self._base_url) as client:
                make = self._session_of_the_beta if self._beta else self._session_of_today
                config = await make(client)
        await self._send({"type": "ag2.init", "config": config, "init": self.session_init_data()})
        yield

    async def _session_of_the_beta(self, client: AsyncOpenAI) -> dict[str, Any]:
        body = {"model": self._entry.model, "voice": self._first_settings()["voice"]}
        made = await _asked(client, _OF_THE_BETA, body, "client_secret")
        return {**made, "model": self._entry.model}

    async def _session_of_today(self, client: AsyncOpenAI) -> dict[str, Any]:
        session = for_today({"model": self._entry.model, "voice": self._first_settings()["voice"]})
        made = await _asked(client, "/realtime/client_secrets", {"session": session}, "value")
        secret = {name: made.get(name) for name in ("value", "expires_at")}
        return {**(made.get("session") or session), "client_secret": secret, "model": self._entry.model}

    def session_init_data(self) -> list[dict[str, Any]]:
        """The messages that the browser sends to OpenAI first."""
        return [self._update(self._first_settings())]

    async def send_audio(self, audio: str) -> None:
        """Let observers know what the person says; the sound itself goes from the browser to OpenAI.

        Args:
            audio: the sound, in base 64.
        """
        await self.queue_input_audio_buffer_delta(audio)

    async def read_events(self) -> AsyncGenerator[RealtimeEvent, None]:
        """See `RealtimeClientProtocol.read_events`; the events end when the browser leaves."""
        async for event in self._events_with(self._received()):
            yield event

    async def _received(self) -> AsyncIterator[list[RealtimeEvent]]:
        async for text in self._websocket.iter_text():
            message = read_message(text, self.logger)
            if message is not None:
                yield await self._events_of(message)

    async def _send(self, message: dict[str, Any]) -> None:
        await self._websocket.send_json(message)

    @classmethod
    def get_factory(
        cls, llm_config: Settings, logger: logging.Logger, **kwargs: Any
    ) -> Callable[[], RealtimeClientProtocol] | None:
        """See `RealtimeClientProtocol.get_factory`."""
        if set(kwargs) != {"websocket"} or not Entry(llm_config).speaks_to("openai"):
            return None
        return lambda: cls(llm_config=llm_config, websocket=kwargs["websocket"], logger=logger)


async def _asked(client: AsyncOpenAI, path: str, body: dict[str, Any], needed: str) -> dict[str, Any]:
    """Ask for a session.

    Raises:
        RealtimeConnectionError: the answer is not a JSON object, or lacks what is needed.
    """
    made = await client.post(path, body=body, cast_to=object)
    if not isinstance(made, dict) or not made.get(needed):
        raise RealtimeConnectionError(
            f"The realtime server at {place_of(str(client.base_url))} gives no key for the browser: "
            f"{shown_without_keys(made, 200)}"
        )
    return made
