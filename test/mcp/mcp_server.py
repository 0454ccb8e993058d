"""A server for tests: python mcp_server.py [stdio | sse | streamable-http]; over HTTP it prints its port."""

from __future__ import annotations

import os
import sys
from typing import Any

try:
    from mcp.server.mcpserver import Image, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
except ImportError:  # version 1 of the package
    from mcp.server.fastmcp import FastMCP as MCPServer
    from mcp.server.fastmcp import Image
    from mcp.server.fastmcp.exceptions import ToolError

server = MCPServer("for tests", log_level="CRITICAL")


@server.tool()
def add(first: int, second: int = 2) -> int:
    """Add two numbers."""
    return first + second


@server.tool()
async def refuse(reason: str) -> str:
    """Refuse."""
    raise ToolError(f"no, because {reason}")


@server.tool(name="names.with.dots")
def names(mapping: dict[str, int]) -> list[str]:
    """List names."""
    return list(mapping)


@server.tool(name="names_with_dots")
def others() -> dict[str, Any]:
    """Give an object."""
    return {"a": 1}


@server.tool()
def picture() -> Image:
    """Give a picture."""
    return Image(data=b"abcd", format="png")


@server.tool()
def die() -> str:
    """End the server in the middle of a call."""
    os._exit(3)


@server.tool()
def variable(name: str) -> str:
    """Tell a variable of the environment."""
    return os.environ.get(name, "not there")


@server.resource("note://{name}", mime_type="text/plain")
def note(name: str) -> str:
    """A note."""
    return f"the note {name}"


@server.resource("bytes://{name}", mime_type="application/octet-stream")
def some_bytes(name: str) -> bytes:
    """Some bytes."""
    return b"\x00\x01\x02"


if __name__ == "__main__":
    transport = sys.argv[1] if len(sys.argv) > 1 else "stdio"
    if transport == "stdio":
        server.run("stdio")
    else:
        import socket

        import uvicorn

        listening = socket.create_server(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        app = server.sse_app() if transport == "sse" else server.streamable_http_app()
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
