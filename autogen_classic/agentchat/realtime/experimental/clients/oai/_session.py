"""A conversation with a model of OpenAI, whatever carries its messages."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, TypeAlias

from ...realtime_events import FunctionCall, RealtimeEvent
from .._wire import Entry
from ..realtime_client import RealtimeClientBase, Role, Settings
from .utils import parse_oai_message

__all__ = ("OpenAISession", "for_today", "is_of_the_beta")

Options: TypeAlias = dict[str, Any]

_DEFAULT_VOICE = "alloy"
_NOTHING_TO_CANCEL = "response_cancel_not_active"


class OpenAISession(RealtimeClientBase, ABC):
    """Says what happens to a model of OpenAI, and reads what it says.

    Settings are written as the beta of the interface had them, which is how AG2 writes them, and translated for a
    server of today.
    """

    def __init__(self, llm_config: Settings, logger: logging.Logger | None) -> None:
        """Begin a conversation.

        Args:
            llm_config: the configuration, of which the first entry counts.
            logger: where it writes what it notices.
        """
        super().__init__(logger)
        self._entry = Entry(llm_config)
        self._beta = False  # whether the server speaks the beta of the interface

    def _forget_events(self) -> None:
        super()._forget_events()
        self._awaited: set[str] = set()  # calls whose results the model waits for
        self._answering = False
        self._owes_answer = False

    @abstractmethod
    async def _send(self, message: dict[str, Any]) -> None:
        """Send a message to the server."""

    async def send_function_result(self, call_id: str, result: str) -> None:
        """See `RealtimeClientProtocol.send_function_result`. The model goes on when it has the results of all calls."""
        await self._create({"type": "function_call_output", "call_id": call_id, "output": result})
        self._awaited.discard(call_id)
        if self._awaited:
            return
        if self._answering:  # a server refuses to begin an answer within another
            self._owes_answer = True
        else:
            await self._send({"type": "response.create"})

    async def send_text(self, *, role: Role, text: str) -> None:
        """See `RealtimeClientProtocol.send_text`; what the model is saying is given up."""
        kind = "output_text" if role == "assistant" and not self._beta else "input_text"
        await self._send({"type": "response.cancel"})
        await self._create({"type": "message", "role": role, "content": [{"type": kind, "text": text}]})
        await self._send({"type": "response.create"})

    async def truncate_audio(self, audio_end_ms: int, content_index: int, item_id: str) -> None:
        """See `RealtimeClientProtocol.truncate_audio`."""
        place = {"audio_end_ms": audio_end_ms, "content_index": content_index, "item_id": item_id}
        await self._send({"type": "conversation.item.truncate", **place})

    async def session_update(self, session_options: dict[str, Any]) -> None:
        """Change the settings of the conversation.

        Args:
            session_options: the settings by the names of today, with ``type``, or by those of the beta, such as
                ``voice`` and ``input_audio_format``.
        """
        self.logger.info("The session is updated: %s", ", ".join(session_options))
        await self._send(self._update(session_options))

    def _update(self, options: Options) -> dict[str, Any]:
        return {"type": "session.update", "session": options if self._beta else for_today(options)}

    def _first_settings(self) -> Options:
        return {
            "turn_detection": {"type": "server_vad"},
            "voice": self._entry.settings.get("voice") or _DEFAULT_VOICE,
            "modalities": ["audio", "text"],
            "temperature": self._entry.temperature,
        }

    async def _create(self, item: dict[str, Any]) -> None:
        await self._send({"type": "conversation.item.create", "item": item})

    async def _events_of(self, message: dict[str, Any]) -> list[RealtimeEvent]:
        """The events in a message of the server, and what has to be said at once because of it."""
        event = parse_oai_message(message)
        if isinstance(event, FunctionCall):
            self._awaited.add(event.call_id)
        kind = message.get("type")
        if kind == "response.created":
            self._answering, self._owes_answer = True, False
        elif kind == "response.done":
            self._answering = False
            if self._owes_answer and not self._awaited:
                self._owes_answer = False
                await self._send({"type": "response.create"})
        elif kind == "error":
            self._tell_of(message.get("error"))
        return [event]

    def _tell_of(self, error: object) -> None:
        known = error if isinstance(error, dict) else {}
        if known.get("code") == _NOTHING_TO_CANCEL:
            return
        text = self._entry.without_keys(f"{known.get('message') or error}")
        self.logger.warning("The realtime server reports an error: %.500s", text)


def is_of_the_beta(session: object) -> bool:
    """Tell by the session that a server describes whether it speaks the beta of the interface.

    Args:
        session: what it says in ``session.created``.
    """
    return isinstance(session, dict) and "modalities" in session and "output_modalities" not in session


_FORMATS = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
# Where a setting of the beta has its place today; the others have kept theirs.
_PLACES = {
    "turn_detection": ("audio", "input", "turn_detection"),
    "input_audio_format": ("audio", "input", "format"),
    "input_audio_transcription": ("audio", "input", "transcription"),
    "input_audio_noise_reduction": ("audio", "input", "noise_reduction"),
    "output_audio_format": ("audio", "output", "format"),
    "voice": ("audio", "output", "voice"),
    "speed": ("audio", "output", "speed"),
    "modalities": ("output_modalities",),
    "max_response_output_tokens": ("max_output_tokens",),
}


def for_today(options: Options) -> Options:
    """Translate settings of the beta.

    Args:
        options: the settings; those by the names of today stay as they are.

    Returns:
        New settings, without the temperature, which cannot be set any more.
    """
    translated: Options = {"type": "realtime"}
    for name, value in options.items():
        if name == "temperature":
            continue
        if name.endswith("_audio_format") and isinstance(value, str):
            value = _FORMATS.get(value, {"type": value})
        elif name == "modalities" and "audio" in value:  # what is said comes in writing as well
            value = ["audio"]
        *outer, last = _PLACES.get(name, (name,))
        place = translated
        for key in outer:
            place = place.setdefault(key, {})
        if isinstance(value, dict) and isinstance(place.get(last), dict):
            place[last].update(value)
        else:
            place[last] = dict(value) if name == "audio" else value
    return translated
