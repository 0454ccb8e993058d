"""Sound over a web socket, in the messages of Twilio's media streams, which browsers use here as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from logging import Logger
from typing import Any, ClassVar

from ..realtime_events import AudioDelta, RealtimeEvent, SpeechStarted
from ..realtime_observer import RealtimeObserver
from ..websockets import WebSocketProtocol

__all__ = ("StreamAudioAdapter",)

_LONGEST_TIMESTAMP = 15


class StreamAudioAdapter(RealtimeObserver):
    """Carries the sound between a web socket and the model.

    What comes from the web socket is not trusted: a message that cannot be read is noted and left out. When the
    person leaves, the conversation ends.
    """

    audio_format: ClassVar[str]
    """The form of the sound, by the name that OpenAI has for it."""

    def __init__(self, websocket: WebSocketProtocol, *, logger: Logger | None = None) -> None:
        """Prepare an adapter.

        Args:
            websocket: the connection to the person, which has been accepted.
            logger: where it writes what it notices.
        """
        super().__init__(logger=logger)
        self.websocket = websocket
        self._stream: str | None = None
        self._heard_until = 0  # milliseconds of the stream that the person has sent
        self._speaks_since: int | None = None  # where in the stream the model began to speak
        self._item: str | None = None  # the id of what the model is saying
        self._unheard = 0  # pieces of sound that were sent, and that the person's side has not yet reported as played

    async def initialize_session(self) -> None:
        """Tell the model which form the sound has."""
        formats = {"input_audio_format": self.audio_format, "output_audio_format": self.audio_format}
        await self.realtime_client.session_update(formats)

    async def on_event(self, event: RealtimeEvent) -> None:
        """Pass on what the model says, and be silent when the person speaks."""
        if isinstance(event, AudioDelta):
            await self._send("media", media={"payload": event.delta})
            if self._speaks_since is None:
                self._speaks_since = self._heard_until
            self._item = event.item_id or self._item
            await self.send_mark()
        elif isinstance(event, SpeechStarted):
            await self.handle_speech_started_event()

    async def handle_speech_started_event(self) -> None:
        """Stop what is being played, and tell the model how much of it the person has heard."""
        if not self._unheard or self._speaks_since is None:
            return
        if self._item is not None:
            heard = max(0, self._heard_until - self._speaks_since)
            await self.realtime_client.truncate_audio(audio_end_ms=heard, content_index=0, item_id=self._item)
        await self._send("clear")
        self._unheard, self._item, self._speaks_since = 0, None, None

    async def send_mark(self) -> None:
        """Ask to be told when everything that was sent so far has been played."""
        if self._stream is not None:
            await self._send("mark", mark={"name": "responsePart"})
            self._unheard += 1

    async def run_loop(self) -> None:
        """Pass on what the person says, until they leave."""
        async for text in self.websocket.iter_text():
            message = self._read(text)
            kind = message.get("event")
            if kind == "media":
                await self._hear(message.get("media"))
            elif kind == "start":
                self._begin(message.get("start"))
            elif kind == "mark":
                self._unheard = max(0, self._unheard - 1)
            elif kind == "stop":
                break
        self.logger.info("The person has left.")

    def _read(self, text: str) -> Mapping[str, Any]:
        """Read a message from the person's side; empty if it cannot be read."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict):
            return message
        self.logger.warning("A message from the person's side cannot be read, and is left out: %.80r", text)
        return {}

    async def _hear(self, media: object) -> None:
        """Send the model what the person says."""
        payload = media.get("payload") if isinstance(media, dict) else None
        if not isinstance(payload, str) or not payload:
            self.logger.warning("A message from the person's side holds no sound, and is left out.")
            return
        timestamp = str(media["timestamp"]) if isinstance(media, dict) and "timestamp" in media else ""
        if timestamp.isdecimal() and len(timestamp) <= _LONGEST_TIMESTAMP:
            self._heard_until = int(timestamp)
        await self.realtime_client.send_audio(payload)

    def _begin(self, start: object) -> None:
        """Begin a new stream, of which nothing was heard or said yet."""
        stream = start.get("streamSid") if isinstance(start, dict) else None
        self._stream = stream if isinstance(stream, str) else None
        self._heard_until, self._speaks_since, self._item, self._unheard = 0, None, None, 0
        self.logger.info("The stream %s has begun.", self._stream)

    async def _send(self, event: str, **content: Mapping[str, str]) -> None:
        try:
            await self.websocket.send_json({"event": event, "streamSid": self._stream, **content})
        except Exception as error:  # each kind of web socket has its own; `run_loop` ends with the connection
            self.logger.warning("The person's side does not take the sound any more: %r", error)
