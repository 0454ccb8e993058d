"""Connections to models that hear and speak."""

from .gemini import GeminiRealtimeClient
from .oai import OpenAIRealtimeClient
from .realtime_client import RealtimeClientProtocol, Role, get_client

__all__ = ("GeminiRealtimeClient", "OpenAIRealtimeClient", "RealtimeClientProtocol", "Role", "get_client")
