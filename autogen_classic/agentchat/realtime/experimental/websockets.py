"""What is asked of a web socket to a browser or a telephone service; the one of FastAPI and Starlette has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

__all__ = ("WebSocketProtocol",)


@runtime_checkable
class WebSocketProtocol(Protocol):
    """A connection that somebody else has opened, such as ``fastapi.WebSocket`` after ``accept()``."""

    async def send_json(self, data: object, mode: str = "text") -> None:
        """Send a JSON value.

        Args:
            data: the value.
            mode: "text" or "binary", the kind of frame.
        """
        ...

    async def receive_json(self, mode: str = "text") -> object:
        """Wait for a JSON value.

        Args:
            mode: "text" or "binary", the kind of frame.
        """
        ...

    async def receive_text(self) -> str:
        """Wait for a text."""
        ...

    def iter_text(self) -> AsyncIterator[str]:
        """The texts that arrive, until the other side leaves."""
        ...
