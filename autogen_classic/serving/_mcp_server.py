"""Agents as tools of an MCP server, with the versions 1 and 2 of the package ``mcp``."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, redirect_stdout
from typing import Annotated, Any

from pydantic import Field

from .._packages import missing_package
from ..errors import ServingError
from ._bearer import Bearer, checked_token
from ._conversations import AnswerShape, Conversation, ConversationFailed, ConversationPool
from ._listening import Listener
from ._offers import Offered
from ._packages import ASGIApp
from ._refused import RequestRefused

try:
    from mcp.server.transport_security import TransportSecuritySettings
except ImportError as error:
    raise missing_package("Serving agents to MCP clients", error, "serve") from error

try:
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
except ImportError:  # version 1
    from mcp.server.fastmcp import Context  # type: ignore[import-not-found, attr-defined, no-redef, unused-ignore]
    from mcp.server.fastmcp import FastMCP as MCPServer  # type: ignore[attr-defined, no-redef, unused-ignore]
    from mcp.server.fastmcp.exceptions import ToolError  # type: ignore[import-not-found, no-redef, unused-ignore]

__all__ = ("McpServer", "serve_over_stdio")

_NAME = "autogen-classic"


class McpServer(Listener):
    """A server that offers agents and groups as tools, by MCP over streamable HTTP.

    Each tool takes a ``message`` and begins a new conversation. Its progress tells who has spoken. Use it in ``with``,
    or call `start` and `stop`, or `serve`.

    Args:
        offers: what is offered, by the names of the tools; see `Offer`.
        host: the address to listen at; the default can be reached from this machine only.
        port: the port; 0 takes a free one.
        token: what clients send in the header ``Authorization: Bearer TOKEN``; None makes one.
        conversations: how many may be open at once; further calls get an error.
        answer: what a client gets: "all" that the agents say, or the "last" message that says something.

    Attributes:
        token: what clients need.
        address: where it listens, without a path.

    Raises:
        ServingError: something of it cannot be served, a name fits no tool, or the token is too short.
        OSError: the port is in use.
        ImportError: the extra ``serve`` is missing.
        ValueError: ``conversations`` is less than 1, or ``answer`` is neither "all" nor "last".
    """

    keeps_streams_open = True

    def __init__(
        self,
        offers: Mapping[str, Offered],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        conversations: int = 100,
        answer: AnswerShape = "all",
    ) -> None:
        token = checked_token(token)
        pool = ConversationPool(offers, conversations, answer)
        super().__init__(Bearer(_app_of(pool), token), pool, token, host, port)

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"{self.address}/mcp"


def serve_over_stdio(offers: Mapping[str, Offered], *, conversations: int = 100, answer: AnswerShape = "all") -> None:
    """Offer agents and groups as tools to the program that has started this one, until that ends.

    What tools print goes to the standard error, as the standard output belongs to the protocol.

    Args:
        offers: what is offered, by the names of the tools; see `Offer`.
        conversations: how many may be open at once; further calls get an error.
        answer: what a client gets: "all" that the agents say, or the "last" message that says something.

    Raises:
        ServingError: something of it cannot be served, or a name fits no tool.
        ImportError: the extra ``serve`` is missing.
        ValueError: ``conversations`` is less than 1, or ``answer`` is neither "all" nor "last".
    """
    with redirect_stdout(sys.stderr):
        pool = ConversationPool(offers, conversations, answer)
    _server_of(pool, lifespan=_without_prints).run("stdio")


def _app_of(pool: ConversationPool) -> ASGIApp:
    """The application, behind whatever host name: a page that has another name for this machine lacks the token."""
    any_host = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    if "transport_security" in inspect.signature(MCPServer.streamable_http_app).parameters:
        return _server_of(pool).streamable_http_app(transport_security=any_host)
    return _server_of(pool, transport_security=any_host).streamable_http_app()  # version 1


def _server_of(pool: ConversationPool, **settings: Any) -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer(_NAME, log_level="WARNING", **settings)
    for offer in pool.offers.values():
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", offer.name):
            raise ServingError(
                f"The name {offer.name!r} fits no tool: it takes at most 64 letters, digits, underscores and hyphens."
            )
        server.add_tool(_tool_of(pool, offer.name), name=offer.name, description=offer.description)
    return server


def _tool_of(pool: ConversationPool, name: str) -> Callable[..., Awaitable[str]]:
    async def ask(message: Annotated[str, Field(description="What to say to it.")], context: Context[Any, Any]) -> str:
        try:
            conversation = pool.open(name, [{"role": "user", "content": message}])
            return await _answer_of(conversation, context)
        except (ConversationFailed, RequestRefused) as error:
            raise ToolError(str(error)) from error

    return ask


async def _answer_of(conversation: Conversation, context: Context[Any, Any]) -> str:
    """What comes out of a conversation; a call that is cancelled ends it."""
    try:
        spoken = 0
        while (piece := await conversation.next_piece()) is not None:
            if piece.speaker is not None:
                spoken += 1
                await context.report_progress(spoken, message=f"{piece.speaker} has spoken")
        return (await conversation.answer()).text
    finally:
        conversation.stop()


@asynccontextmanager
async def _without_prints(server: MCPServer[Any]) -> AsyncIterator[None]:
    """Send what tools print to the standard error, once the protocol has the standard output."""
    with redirect_stdout(sys.stderr):
        yield
