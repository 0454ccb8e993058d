"""A model of Google over a web socket, by the Live API of Gemini."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ...realtime_events import AudioDelta, FunctionCall, RealtimeEvent, SessionCreated, SpeechStarted
from .._wire import LARGEST_MESSAGE, Entry, check_websockets, connected, connecting, messages_of
from ..realtime_client import RealtimeClientBase, RealtimeClientProtocol, Role, Settings, register_realtime_client

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

__all__ = ("API_VERSION", "HOST", "GeminiRealtimeClient")

HOST = "generativelanguage.googleapis.com"
API_VERSION = "v1beta"

_DEFAULT_VOICE = "charon"
_SOUND = "audio/pcm;rate=24000"


@register_realtime_client()
class GeminiRealtimeClient(RealtimeClientBase):
    """Speaks with a model of Google over a web socket. It has one form of sound: 16-bit PCM, mono, 24 kHz.

    The settings are sent once, at the beginning: `session_update` collects them until then.
    """

    def __init__(self, *, llm_config: Settings, logger: logging.Logger | None = None) -> None:
        """Prepare a connection.

        Args:
            llm_config: the configuration; of its first entry, ``model``, ``api_key``, ``voice``, ``temperature`` and
                ``base_url``, the address of another server (``ws://`` or ``wss://``).
            logger: where it writes what it notices.

        Raises:
            ImportError: a package is missing; the text names the extra.
        """
        super().__init__(logger)
        check_websockets("gemini-realtime")
        self._entry = Entry(llm_config)
        self._connection: ClientConnection | None = None
        self._pending: dict[str, Any] = {}
        self._begun = False

    @property
    def connection(self) -> ClientConnection:
        """The connection of the package ``websockets``.

        Raises:
            RuntimeError: there is none.
        """
        if self._connection is None:
            raise RuntimeError("The client is not connected: RealtimeAgent.run() connects it.")
        return self._connection

    async def send_function_result(self, call_id: str, result: str) -> None:
        """See `RealtimeClientProtocol.send_function_result`."""
        response = {"id": call_id, "response": {"result": {"string_value": result}}}
        await self._send({"tool_response": {"function_responses": [response]}})

    async def send_text(self, *, role: Role, text: str, turn_complete: bool = True) -> None:
        """Say something to the model in writing.

        Args:
            role: who says it; Gemini knows no other side than the user.
            text: what.
            turn_complete: whether the model is to answer now.
        """
        turn = {"role": "user" if role == "system" else role, "parts": [{"text": text}]}
        await self._send({"client_content": {"turn_complete": turn_complete, "turns": [turn]}})

    async def send_audio(self, audio: str) -> None:
        """See `RealtimeClientProtocol.send_audio`."""
        await self.queue_input_audio_buffer_delta(audio)
        await self._send({"realtime_input": {"audio": {"data": audio, "mime_type": _SOUND}}})

    async def truncate_audio(self, audio_end_ms: int, content_index: int, item_id: str) -> None:
        """Do nothing: Gemini finds out by itself what it had said when the person began to speak.

        Args:
            audio_end_ms: how many milliseconds.
            content_index: the part of the item.
            item_id: the item of the conversation.
        """

    async def session_update(self, session_options: dict[str, Any]) -> None:
        """See `RealtimeClientProtocol.session_update`.

        Raises:
            ValueError: the sound has another form than Gemini's.
        """
        form = session_options.get("input_audio_format", "pcm16")
        if form != "pcm16":
            raise ValueError(
                f"Gemini hears and speaks 16-bit PCM with 24 kHz, not {form!r}: use WebSocketAudioAdapter."
            )
        if self._begun:
            self.logger.warning("The settings of a conversation with Gemini cannot change any more; they stay.")
            return
        self._pending.update(session_options)

    def _setup(self) -> dict[str, Any]:
        voice = self._entry.settings.get("voice") or _DEFAULT_VOICE
        setup: dict[str, Any] = {
            "system_instruction": {"role": "system", "parts": [{"text": self._pending.get("instructions", "")}]},
            "model": f"models/{self._entry.model.removeprefix('models/')}",
            "tools": [{"function_declarations": [_declared(tool) for tool in self._pending.get("tools") or ()]}],
            "generation_config": {
                "response_modalities": ["AUDIO"],
                "speech_config": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}},
                "temperature": self._entry.temperature,
            },
        }
        return {"setup": setup}

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[None, None]:
        """See `RealtimeClientProtocol.connect`."""
        from websockets.asyncio.client import connect

        service = f"google.ai.generativelanguage.{API_VERSION}.GenerativeService.BidiGenerateContent"
        address = str(self._entry.settings.get("base_url") or f"wss://{HOST}/ws/{service}")
        key = self._entry.settings.get("api_key")
        self._forget_events()
        headers = {"x-goog-api-key": str(key)} if key else {}
        with connecting(address, self._entry):
            self._connection = await connect(address, additional_headers=headers, max_size=LARGEST_MESSAGE)
        self._pending, self._begun = {}, False
        with connected(address, self._entry):
            try:
                yield
            finally:
                connection, self._connection = self._connection, None
                await connection.close()

    async def read_events(self) -> AsyncGenerator[RealtimeEvent, None]:
        """Send the settings, and see `RealtimeClientProtocol.read_events`."""
        await self._send(self._setup())
        self._begun = True
        async for event in self._events_with(self._received()):
            yield event

    async def _received(self) -> AsyncIterator[list[RealtimeEvent]]:
        async for message in messages_of(self.connection.recv, self.logger):
            try:
                yield list(_events_of(message))
            except (AttributeError, TypeError, ValidationError):
                self.logger.warning("A message of Gemini lacks something, and is left out: %.80r", message)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.connection.send(json.dumps(message))

    @classmethod
    def get_factory(
        cls, llm_config: Settings, logger: logging.Logger, **kwargs: Any
    ) -> Callable[[], RealtimeClientProtocol] | None:
        """See `RealtimeClientProtocol.get_factory`."""
        if kwargs or not Entry(llm_config).speaks_to("google"):
            return None
        return lambda: cls(llm_config=llm_config, logger=logger)


def _declared(tool: dict[str, Any]) -> dict[str, Any]:
    return {name: tool[name] for name in ("name", "description", "parameters") if name in tool}


def _events_of(message: dict[str, Any]) -> list[RealtimeEvent]:
    """The events in a message of the server."""
    if "setupComplete" in message:
        return [SessionCreated(raw_message=message)]
    content = message.get("serverContent") or {}
    if content.get("interrupted"):
        return [SpeechStarted(raw_message=message)]
    calls = (message.get("toolCall") or {}).get("functionCalls") or []
    parts = (content.get("modelTurn") or {}).get("parts") or []
    sounds = [part["inlineData"]["data"] for part in parts if "data" in (part.get("inlineData") or {})]
    events: list[RealtimeEvent] = [AudioDelta(raw_message=message, delta=sound) for sound in sounds]
    events += [
        FunctionCall(
            raw_message=message, name=call.get("name"), arguments=call.get("args") or {}, call_id=call.get("id")
        )
        for call in calls
    ]
    return events or [RealtimeEvent(raw_message=message)]
