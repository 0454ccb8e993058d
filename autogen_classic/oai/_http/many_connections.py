"""A transport for a thousand requests at once: many small connection pools that look like one.

The pool of httpx looks at each of its connections and at each waiting request whenever a request begins or ends, so a
thousand requests cost a million looks. Here each pool is small, and a further one is opened only when those before it
are busy; a chat alone goes on using one connection.

This module loads the openai package, so it is loaded late.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.request import getproxies

import openai

from ..._web.certificates import trusted_authorities
from .packages import httpx_of_openai

__all__ = ("ManyConnections", "most_connections", "new_async_client")

_httpx: Any = httpx_of_openai()

MOST_CONNECTIONS = 1000
CONNECTIONS_PER_POOL = 20
IDLE_POOLS = 5
FILES_FOR_OTHERS = 128
SECONDS_PER_BUSY_CONNECTION = 0.03


def new_async_client() -> Any:
    """Make the asynchronous HTTP client for one endpoint.

    Proxies that the environment names are still used: HTTP_PROXY and HTTPS_PROXY are mounted at narrower patterns
    than this transport, and with ALL_PROXY the client is a plain one.

    Returns:
        A client that the openai package accepts as its ``http_client``.
    """
    if "all" in getproxies():
        return openai.DefaultAsyncHttpxClient(verify=trusted_authorities())
    context = trusted_authorities()
    transport = ManyConnections(context, most_connections())
    return openai.DefaultAsyncHttpxClient(verify=context, mounts={"all://": transport})


def most_connections() -> int:
    """How many connections may be open: a thousand, or fewer if a process may not open as many files."""
    try:
        import resource
    except ImportError:  # Windows
        return MOST_CONNECTIONS
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(files - FILES_FOR_OTHERS, files // 2))


class _Pool:
    """A small pool and the number of its requests."""

    def __init__(self, context: Any) -> None:
        limits = _httpx.Limits(max_connections=CONNECTIONS_PER_POOL, max_keepalive_connections=CONNECTIONS_PER_POOL)
        self.transport = _httpx.AsyncHTTPTransport(verify=context, limits=limits)
        self.requests = 0


class ManyConnections(_httpx.AsyncBaseTransport):  # type: ignore[misc]
    """Sends each request through the first pool that is not busy.

    Args:
        context: the ssl.SSLContext for all connections.
        most: how many requests may be on their way; further ones wait, however long, as long as nobody cancels them.

    Attributes:
        pools: the open pools, in the order in which they are used.
    """

    def __init__(self, context: Any, most: int) -> None:
        self._context = context
        self._free = asyncio.Semaphore(most)
        self.pools: list[_Pool] = []

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request.

        Args:
            request: a request of httpx.

        Returns:
            The response, without its body yet.
        """
        await self._free.acquire()
        pool = self._pool_with_room()
        pool.requests += 1
        self._allow_for_the_crowd(request)
        try:
            response = await pool.transport.handle_async_request(request)
        except BaseException:
            await self._leave(pool)
            raise
        response.stream = _Body(response.stream, lambda: self._leave(pool))
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self.pools:
            await pool.transport.aclose()

    def _pool_with_room(self) -> _Pool:
        for pool in self.pools:
            if pool.requests < CONNECTIONS_PER_POOL:
                return pool
        self.pools.append(_Pool(self._context))
        return self.pools[-1]

    def _allow_for_the_crowd(self, request: Any) -> None:
        """Do not blame the server for the time that this process needs to open many connections at once."""
        limits = request.extensions.get("timeout") or {}
        if limits.get("connect") is not None:
            busy = sum(pool.requests for pool in self.pools)
            limits = {**limits, "connect": limits["connect"] + busy * SECONDS_PER_BUSY_CONNECTION}
            request.extensions = {**request.extensions, "timeout": limits}

    async def _leave(self, pool: _Pool) -> None:
        """End a request. Only a few of the idle pools stay open."""
        pool.requests -= 1
        self._free.release()
        if not pool.requests and pool in self.pools[IDLE_POOLS:]:
            self.pools.remove(pool)
            await pool.transport.aclose()


class _Body(_httpx.AsyncByteStream):  # type: ignore[misc]
    """The body of a response, which keeps its connection until it is closed."""

    def __init__(self, stream: Any, leave: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._leave: Callable[[], Awaitable[None]] | None = leave

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        leave, self._leave = self._leave, None
        try:
            await self._stream.aclose()
        finally:
            if leave is not None:
                await leave()
