"""Configurations of MCP servers, and sessions with them."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TextIO

from pydantic import BaseModel, Field

from ..errors import McpCallError
from ._package import (
    ClientSession,
    StdioServerParameters,
    create_mcp_http_client,
    sse_client,
    stdio_client,
    streamable_http_client,
)

if TYPE_CHECKING:
    import httpx

__all__ = (
    "BasicSessionConfig",
    "MCPClientSessionManager",
    "MCPConfig",
    "SessionConfigProtocol",
    "SseConfig",
    "StdioConfig",
    "StreamableHttpConfig",
)


class SessionConfigProtocol(Protocol):
    """What opens a session with a server."""

    server_name: str

    def create_session(self, exit_stack: AsyncExitStack) -> AbstractAsyncContextManager[ClientSession]:
        """Connect and initialize; the stack closes everything."""


class BasicSessionConfig(BaseModel):
    """What all servers have."""

    server_name: str = Field(description="By which the program knows the server")

    async def initialize(
        self, client: AbstractAsyncContextManager[tuple[Any, ...]], exit_stack: AsyncExitStack, **options: Any
    ) -> ClientSession:
        """Connect to a server and agree on a protocol with it.

        Args:
            client: of the package ``mcp``; it gives the streams to read and to write.
            exit_stack: closes the connection.
            **options: for the ``ClientSession``.

        Returns:
            The session.
        """
        read, write, *_ = await exit_stack.enter_async_context(client)
        session = await exit_stack.enter_async_context(ClientSession(read, write, **options))
        await session.initialize()
        return session


class SseConfig(BasicSessionConfig):
    """A server that is reached by server-sent events."""

    transport: Literal["sse"] = "sse"
    url: str = Field(description="The URL of the event stream")
    headers: dict[str, Any] | None = Field(default=None, description="Further headers, such as Authorization")
    timeout: float = Field(default=5, description="Seconds for a request")
    sse_read_timeout: float = Field(default=300, description="Seconds to wait for the next event")

    @asynccontextmanager
    async def create_session(self, exit_stack: AsyncExitStack) -> AsyncIterator[ClientSession]:
        """Connect and initialize.

        Args:
            exit_stack: closes the connection.
        """
        client = sse_client(
            self.url, headers=self.headers, timeout=self.timeout, sse_read_timeout=self.sse_read_timeout
        )
        yield await self.initialize(client, exit_stack)


class StreamableHttpConfig(BasicSessionConfig):
    """A server that is reached by streamable HTTP."""

    transport: Literal["streamable-http"] = "streamable-http"
    url: str = Field(description="The URL of the server, which often ends in /mcp")
    headers: dict[str, str] | None = Field(default=None, description="Further headers, such as Authorization")
    timeout: float = Field(default=30, description="Seconds for a request")
    sse_read_timeout: float = Field(default=300, description="Seconds to wait for the next event")

    @asynccontextmanager
    async def create_session(self, exit_stack: AsyncExitStack) -> AsyncIterator[ClientSession]:
        """Connect and initialize.

        Args:
            exit_stack: closes the connection.
        """
        http = await exit_stack.enter_async_context(create_mcp_http_client(headers=self.headers))
        http.timeout = (self.timeout, self.sse_read_timeout, self.timeout, self.timeout)
        hooks = http.event_hooks["response"]
        hooks.append(_raise_for_strangers)
        session = await self.initialize(streamable_http_client(self.url, http_client=http), exit_stack)
        hooks.remove(_raise_for_strangers)  # what is refused later is an error of that call
        yield session


async def _raise_for_strangers(response: httpx.Response) -> None:
    """Fail with the status where the server wants to know who asks: the package would not tell it."""
    if response.status_code in (401, 403):
        response.raise_for_status()


class StdioConfig(BasicSessionConfig):
    """A server that is a program, which is started and spoken to by its standard input and output."""

    command: str = Field(description="The program")
    args: list[str] = Field(description="Its arguments")
    transport: Literal["stdio"] = "stdio"
    environment: dict[str, str] | None = Field(
        default=None, description="Its environment variables, beside a few harmless ones of this process"
    )
    working_dir: str | Path | None = Field(default=None, description="Where it runs")
    encoding: str = Field(default="utf-8", description="How its output is encoded")
    encoding_error_handler: Literal["strict", "ignore", "replace"] = Field(
        default="strict", description="What is done with bytes that are not encoded so"
    )
    session_options: dict[str, Any] | None = Field(
        default=None, description="For the ClientSession, such as read_timeout_seconds"
    )

    @asynccontextmanager
    async def create_session(self, exit_stack: AsyncExitStack) -> AsyncIterator[ClientSession]:
        """Start the program and initialize.

        Args:
            exit_stack: ends the program.
        """
        parameters = StdioServerParameters(
            command=self.command,
            args=self.args,
            env=self.environment,
            cwd=self.working_dir,
            encoding=self.encoding,
            encoding_error_handler=self.encoding_error_handler,
        )
        client = stdio_client(parameters, errlog=_standard_error(exit_stack))
        yield await self.initialize(client, exit_stack, **(self.session_options or {}))


def _standard_error(exit_stack: AsyncExitStack) -> TextIO:
    """Where a program may write its errors: a stream with a file descriptor, which that of a notebook may lack."""
    streams: tuple[TextIO | None, ...] = (sys.stderr, sys.__stderr__)
    for stream in filter(None, streams):
        with suppress(AttributeError, OSError, ValueError):
            stream.fileno()
            return stream
    return exit_stack.enter_context(open(os.devnull, "w", encoding="utf-8"))


class MCPConfig(BaseModel):
    """Several servers, as a configuration file lists them."""

    servers: list[SseConfig | StreamableHttpConfig | StdioConfig] = Field(description="The servers")


class MCPClientSessionManager:
    """Opens sessions with servers."""

    @asynccontextmanager
    async def open_session(self, config: SessionConfigProtocol) -> AsyncIterator[ClientSession]:
        """Open a session for the length of an ``async with`` block.

        Args:
            config: the server.

        Returns:
            A context manager that gives an initialized session.

        Raises:
            McpCallError: there is no such server, or it does not let the program in.
        """
        is_open = False
        failure: Exception | None = None
        try:
            async with AsyncExitStack() as stack:
                session = await stack.enter_async_context(config.create_session(stack))
                is_open = True
                try:
                    yield session
                except Exception as error:
                    failure = error
                    raise
        except Exception as error:
            if not is_open:
                raise McpCallError(
                    f"No session with the MCP server {config.server_name!r}: {'; '.join(_reasons(error))}"
                ) from error
            if failure is None:
                raise
        if failure is not None:
            raise failure  # as the block has raised it, without the groups of the package around it


def _reasons(error: BaseException) -> Iterator[str]:
    """Why a session cannot be opened: the faults within the groups in which they come."""
    within: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    for one in within:
        yield from _reasons(one)
    if within:
        return
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is None:
        yield f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    else:
        yield f"it answers with status {status}" + (", so look at the headers" if status in (401, 403) else "")
