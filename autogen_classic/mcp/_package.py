"""The package ``mcp``, of which versions 1 and 2 are known."""

from __future__ import annotations

from .._packages import missing_package

try:
    from mcp import ClientSession, StdioServerParameters, stdio_client
    from mcp.client.sse import sse_client
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client
    from mcp.types import METHOD_NOT_FOUND, PaginatedRequestParams
except ImportError as error:
    raise missing_package("MCP", error, "mcp") from error

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
