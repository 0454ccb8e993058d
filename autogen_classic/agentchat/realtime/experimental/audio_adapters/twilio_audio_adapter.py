"""Sound from and to a telephone, through Twilio."""

from __future__ import annotations

from typing import ClassVar

from ._stream import StreamAudioAdapter

__all__ = ("TwilioAudioAdapter",)


class TwilioAudioAdapter(StreamAudioAdapter):
    """Carries the sound between a media stream of Twilio and the model: mu-law, 8 kHz."""

    audio_format: ClassVar[str] = "g711_ulaw"
