"""Where agents print and ask a person: the console, unless something else is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load
from .base import InputStream, IOStream, OutputStream, set_console

if TYPE_CHECKING:
    from .console import IOConsole
    from .websockets import IOWebsockets

__all__ = ("IOConsole", "IOStream", "IOWebsockets", "InputStream", "OutputStream")

_HOMES = {"IOConsole": ".console", "IOWebsockets": ".websockets"}
_SUBMODULES = ("console",)


def _console() -> IOStream:
    from .console import IOConsole  # late: a program that only makes agents prints nothing

    return IOConsole()


set_console(_console)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
