"""An MCP server of functions, with the versions 1 and 2 of the package ``mcp``."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal, TypeAlias

import anyio.to_thread

try:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
except ImportError:  # version 1
    from mcp.server.fastmcp import FastMCP as MCPServer  # type: ignore[import-not-found, attr-defined, no-redef, unused-ignore]
    from mcp.server.fastmcp.exceptions import ToolError  # type: ignore[import-not-found, attr-defined, no-redef, unused-ignore]

from ...errors import McpCallError

__all__ = ("MCPServer", "server_of")

Transport: TypeAlias = Literal["stdio", "sse", "streamable-http"]

_OF_RUN = frozenset(inspect.signature(MCPServer.run_streamable_http_async).parameters) - {"self"}


class _Server(MCPServer[Any]):
    """A server that is told at once where it will listen, as version 1 of the package has it."""

    where: dict[str, Any]

    def run(self, transport: Transport = "stdio", **kwargs: Any) -> None:
        """Serve until the program ends; see the package."""
        super().run(transport, **({} if transport == "stdio" else self.where), **kwargs)


def server_of(functions: dict[str, Callable[..., Any]], name: str, settings: dict[str, Any]) -> MCPServer[Any]:
    """Make a server.

    Args:
        functions: what it offers, by name; each runs in a thread of its own.
        name: the name of the server.
        settings: for the class of the package; ``host`` and ``port`` too.
    """
    at_start = {key: settings[key] for key in settings if key in _OF_RUN}
    server = _Server(name, **{key: settings[key] for key in settings if key not in at_start})
    server.where = at_start
    for tool_name, function in functions.items():
        server.add_tool(_in_thread(function), name=tool_name, description=function.__doc__ or "")
    return server


def _in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def call(**arguments: Any) -> object:
        try:
            return await anyio.to_thread.run_sync(partial(function, **arguments))
        except (McpCallError, TypeError, ValueError) as error:
            raise ToolError(str(error)) from error

    call.__name__ = function.__name__
    call.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    call.__annotations__ = function.__annotations__
    return call
