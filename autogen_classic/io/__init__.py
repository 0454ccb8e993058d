"""Where agents print and where they ask a person; the console unless something else is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import InputStream, IOStream, OutputStream
from .console import IOConsole

if TYPE_CHECKING:
    from .websockets import IOWebsockets

__all__ = ("IOConsole", "IOStream", "IOWebsockets", "InputStream", "OutputStream")


def __getattr__(name: str) -> Any:
    if name == "IOWebsockets":
        from .websockets import IOWebsockets

        return IOWebsockets
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
