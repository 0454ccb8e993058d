"""Models of Google that hear and speak."""

from .client import GeminiRealtimeClient

__all__ = ("GeminiRealtimeClient",)
