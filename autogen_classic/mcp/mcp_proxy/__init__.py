"""A service with an OpenAPI description as tools, in AG2's way: `MCPProxy`; needs the extra ``mcp``."""

from __future__ import annotations

from .mcp_proxy import MCPProxy

__all__ = ("MCPProxy",)
