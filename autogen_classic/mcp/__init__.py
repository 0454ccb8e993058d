"""Tools and resources of MCP servers as tools of agents; needs the extra ``mcp``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from .mcp_client import create_toolkit, open_toolkit

__all__ = ("create_toolkit", "open_toolkit")

_HOMES = {"create_toolkit": ".mcp_client", "open_toolkit": ".mcp_client"}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
