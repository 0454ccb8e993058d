"""What carries the sound between a person and the model."""

from .twilio_audio_adapter import TwilioAudioAdapter
from .websocket_audio_adapter import WebSocketAudioAdapter

__all__ = ("TwilioAudioAdapter", "WebSocketAudioAdapter")
