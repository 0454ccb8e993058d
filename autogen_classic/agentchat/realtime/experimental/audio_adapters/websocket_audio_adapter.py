"""Sound from and to a browser."""

from __future__ import annotations

from typing import ClassVar

from ._stream import StreamAudioAdapter

__all__ = ("WebSocketAudioAdapter",)


class WebSocketAudioAdapter(StreamAudioAdapter):
    """Carries the sound between a browser and the model: 16-bit PCM, mono, 24 kHz.

    The browser sends ``{"event": "start", "start": {"streamSid": ...}}`` and then, for each piece of sound,
    ``{"event": "media", "media": {"timestamp": milliseconds, "payload": base64}}``. It gets ``media`` in the same form;
    ``mark``, which it sends back when everything before it has been played; and ``clear``, to stop what is playing.
    """

    audio_format: ClassVar[str] = "pcm16"
