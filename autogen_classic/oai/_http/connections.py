"""HTTP connections, shared by all clients of one endpoint.

A pool is made at the first request to an endpoint. Synchronous pools are closed when Python ends. An asynchronous pool
belongs to one event loop and is closed when ``asyncio.run`` ends that loop. A forked process opens its own
connections when it sends its first request: on those of its parent, each of the two would read answers meant for the
other.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

from ..._core.request_context import further_headers
from ..._web.certificates import trusted_authorities

__all__ = ("async_pool", "sync_pool")

_lock = threading.Lock()
_sync_pools: dict[tuple[str, Callable[..., Any] | None], Any] = {}
_async_pools: dict[asyncio.AbstractEventLoop, _LoopPools] = {}
_connections_of_parent: list[tuple[Any, Any]] = []


class _LoopPools:
    """The pools of one event loop, and the generator that closes them."""

    def __init__(self) -> None:
        self.by_address: dict[str, Any] = {}
        self.closer: AsyncGenerator[None, None] | None = None


def sync_pool(address: str, new_client: Callable[..., Any] | None = None) -> Any:
    """Return the HTTP client for an endpoint, to be handed to an SDK.

    Args:
        address: the base URL of the endpoint, or "" for the provider's own.
        new_client: makes one that verifies servers by its argument ``verify``, for an SDK that cannot use the openai
            package's kind.
    """
    key = (address, new_client)
    with _lock:
        if key not in _sync_pools:
            if not _sync_pools:
                atexit.register(_close_sync_pools)
            _sync_pools[key] = _new(new_client)
        return _sync_pools[key]


def _new(new_client: Callable[..., Any] | None) -> Any:
    """Make an HTTP client that adds the headers of the request that is being made."""
    if new_client is None:
        import openai

        new_client = openai.DefaultHttpxClient
    client = new_client(verify=trusted_authorities())
    client.event_hooks = {"request": [_add_headers]}
    return client


def _add_headers(request: Any) -> None:
    for name, value in further_headers().items():
        request.headers.setdefault(name, value)


async def _add_headers_async(request: Any) -> None:
    _add_headers(request)


async def async_pool(address: str) -> Any:
    """Return the asynchronous HTTP client for an endpoint in the running event loop.

    Args:
        address: the base URL of the endpoint, or "" for the provider's own.
    """
    loop = asyncio.get_running_loop()
    pools = _async_pools.get(loop)
    if pools is None:
        for other in list(_async_pools):  # another thread may be doing the same
            if other.is_closed():  # its closer would keep it alive
                _async_pools.pop(other, None)
        pools = _async_pools[loop] = _LoopPools()
        # An event loop closes the asynchronous generators that began in it: the only call at its end that it offers.
        pools.closer = _close_at_the_end(pools.by_address)
        await pools.closer.__anext__()
    if address not in pools.by_address:
        from .many_connections import new_async_client

        client = pools.by_address[address] = new_async_client()
        client.event_hooks = {"request": [_add_headers_async]}
    return pools.by_address[address]


async def _close_at_the_end(by_address: dict[str, Any]) -> AsyncGenerator[None, None]:
    """Wait for the end of the event loop, and close the clients then."""
    try:
        yield
    finally:
        for client in by_address.values():
            await client.aclose()


def _close_sync_pools() -> None:
    for client in _sync_pools.values():
        if not _is_of_parent(client):
            client.close()


def _is_of_parent(client: Any) -> bool:
    """Whether a client, in a forked process, still has the connections of the parent."""
    return "send" in vars(client)


def _leave_connections_to_parent() -> None:
    """Let each client connect anew when it sends something. Most forked processes only start another program."""
    global _lock
    _lock = threading.Lock()
    for (_, new_client), client in _sync_pools.items():
        client.send = partial(_send_as_a_new_one, client, new_client)


def _send_as_a_new_one(client: Any, new_client: Callable[..., Any] | None, *request: Any, **settings: Any) -> Any:
    """Let a client have connections of its own, in place because the SDKs hold it, and send a request by it.

    Those that it had are not closed: they still belong to the parent.
    """
    with _lock:
        if _is_of_parent(client):
            own = _new(new_client)
            _connections_of_parent.append((client._transport, client._mounts))
            client._transport, client._mounts = own._transport, own._mounts
            del client.send
    return client.send(*request, **settings)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_connections_to_parent)
