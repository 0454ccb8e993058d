"""Where agents print and ask a person: the console, unless something else is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load
from .base import InputStream, IOStream, OutputStream, set_console
from .console import IOConsole

if TYPE_CHECKING:
    from .websockets import IOWebsockets

__all__ = ("IOConsole", "IOStream", "IOWebsockets", "InputStream", "OutputStream")

_HOMES = {"IOWebsockets": ".websockets"}

set_console(IOConsole)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
