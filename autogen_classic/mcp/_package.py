"""The package ``mcp``, of which versions 1 and 2 are known."""

from __future__ import annotations

try:
    from mcp import ClientSession, StdioServerParameters, stdio_client
    from mcp.client.sse import sse_client
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client
    from mcp.types import METHOD_NOT_FOUND, PaginatedRequestParams
except ImportError as error:
    raise ImportError(
        f'MCP needs the package mcp ({error}). Install it with: pip install "autogen-classic[mcp]"', name=error.name
    ) from error

__all__ = (
    "METHOD_NOT_FOUND",
    "ClientSession",
    "PaginatedRequestParams",
    "StdioServerParameters",
    "create_mcp_http_client",
    "sse_client",
    "stdio_client",
    "streamable_http_client",
)
