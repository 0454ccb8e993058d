"""Models of OpenAI that hear and speak."""

from .base_client import OpenAIRealtimeClient
from .rtc_client import OpenAIRealtimeWebRTCClient

__all__ = ("OpenAIRealtimeClient", "OpenAIRealtimeWebRTCClient")
