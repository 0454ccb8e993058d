"""A thousand requests at once: how many connections they take, and what becomes of these."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from autogen_classic.oai import OpenAIWrapper
from autogen_classic.oai._http import many_connections as room
from autogen_classic.oai._http.connections import async_pool
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer


class CountingServer(HttpServer):
    """Counts its connections, and the requests that are on their way at the same time."""

    def __init__(self) -> None:
        super().__init__(self._count, "127.0.0.1", 0)
        self.connections = self.requests = self.most_at_once = 0
        self.everybody = 0
        self.paths: list[str] = []
        self._met = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def _serve(self, reader: Any, writer: Any) -> None:
        self.connections += 1
        await super()._serve(reader, writer)

    async def _count(self, request: HttpRequest) -> HttpResponse:
        """Answer when so many requests as ``everybody`` says are here."""
        self.paths.append(request.path)
        self.requests += 1
        self.most_at_once = max(self.most_at_once, self.requests)
        if self.requests >= self.everybody:
            self._met.set()
        await self._met.wait()
        self.requests -= 1
        return HttpResponse(200, b"{}")


@pytest.fixture
def server() -> Iterator[CountingServer]:
    """A counting server."""
    running = CountingServer()
    running.start()
    yield running
    running.stop()


def run(work: Callable[[Any, room.ManyConnections], Any], most: int = 1000) -> Any:
    """Run something with a client whose connections are ours."""

    async def inside() -> Any:
        transport = room.ManyConnections(room._httpx.create_ssl_context(), most)
        async with room._httpx.AsyncClient(transport=transport, trust_env=False) as client:
            return await work(client, transport)

    return asyncio.run(inside())


def test_requests_one_after_the_other_share_a_connection(server: CountingServer) -> None:
    async def work(client: Any, transport: room.ManyConnections) -> int:
        for _ in range(5):
            await client.get(server.url)
        return len(transport.pools)

    assert run(work) == 1
    assert server.connections == 1


def test_requests_at_once_do_not_wait_for_each_other(server: CountingServer) -> None:
    server.everybody = 3 * room.CONNECTIONS_PER_POOL

    async def work(client: Any, transport: room.ManyConnections) -> int:
        await asyncio.gather(*(client.get(server.url) for _ in range(server.everybody)))
        return len(transport.pools)

    assert run(work) == 3
    assert server.most_at_once == server.everybody


def test_of_the_pools_without_work_a_few_stay_open(server: CountingServer) -> None:
    server.everybody = (room.IDLE_POOLS + 2) * room.CONNECTIONS_PER_POOL

    async def work(client: Any, transport: room.ManyConnections) -> int:
        await asyncio.gather(*(client.get(server.url) for _ in range(server.everybody)))
        return len(transport.pools)

    assert run(work) == room.IDLE_POOLS


def test_no_more_connections_are_open_than_are_allowed(server: CountingServer) -> None:
    async def work(client: Any, transport: room.ManyConnections) -> int:
        answers = await asyncio.gather(*(client.get(server.url) for _ in range(20)))
        return sum(answer.status_code == 200 for answer in answers)

    assert run(work, most=3) == 20
    assert server.most_at_once <= 3


def test_a_stream_that_is_left_early_gives_its_place_free(server: CountingServer) -> None:
    async def work(client: Any, transport: room.ManyConnections) -> int:
        for _ in range(3):
            async with client.stream("GET", server.url):
                pass
        return sum(pool.requests for pool in transport.pools)

    assert run(work, most=1) == 0


def test_a_request_that_fails_gives_its_place_free(server: CountingServer) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}/"

        async def work(client: Any, transport: room.ManyConnections) -> Any:
            for _ in range(3):
                with pytest.raises(room._httpx.ConnectError):
                    await client.get(dead)
            return await client.get(server.url)

        assert run(work, most=1).status_code == 200


def test_a_request_that_is_cancelled_gives_its_place_free(server: CountingServer) -> None:
    server.everybody = 2  # so that the first request gets no answer

    async def work(client: Any, transport: room.ManyConnections) -> Any:
        task = asyncio.ensure_future(client.get(server.url))
        while not server.requests:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await client.get(server.url)

    assert run(work, most=1).status_code == 200


def test_the_limit_for_a_connection_grows_with_what_this_process_opens_at_once(
    server: CountingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SECONDS_PER_BUSY_CONNECTION", 10)
    requests: list[Any] = []
    server.everybody = 2

    async def work(client: Any, transport: room.ManyConnections) -> None:
        async def send() -> None:
            requests.append(client.build_request("GET", server.url, timeout=5))
            await client.send(requests[-1])

        await asyncio.gather(send(), send())

    run(work)
    assert [request.extensions["timeout"]["connect"] for request in requests] == [15, 25]
    assert [request.extensions["timeout"]["read"] for request in requests] == [5, 5]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_used(
    server: CountingServer, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, server.url)

    async def work() -> int:
        async with room.new_async_client() as client:
            return int((await client.get("http://model.invalid/v1/models")).status_code)

    assert asyncio.run(work()) == 200
    assert server.paths == ["/v1/models"]


def test_the_clients_of_an_endpoint_share_one_pool_per_event_loop() -> None:
    async def pools() -> list[Any]:
        return [await async_pool("a"), await async_pool("a"), await async_pool("b")]

    first, again, other = asyncio.run(pools())
    assert first is again
    assert first is not other
    assert asyncio.run(pools())[0] is not first
    assert isinstance(first, openai.DefaultAsyncHttpxClient)
    assert first.is_closed


def test_an_event_loop_that_has_ended_is_not_kept(serve: Any) -> None:
    config = {"model": "gpt-4o", "api_key": "sk-test", "base_url": serve().base_url}
    wrapper = OpenAIWrapper(config_list=[config], cache_seed=None)
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    async def ask() -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await wrapper.a_create(messages=[{"role": "user", "content": "Hello."}])

    for _ in range(3):
        asyncio.run(ask())
    gc.collect()
    assert [loop() is None for loop in loops[:2]] == [True, True]


# A program of its own forks: a child of this test run would copy all that the tests have loaded, and their threads.
FORKING = """
import asyncio, os, sys, traceback
from autogen_classic.oai._http.connections import sync_pool
from autogen_classic._core.threads import in_thread


def in_a_child(work):
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
"""
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def run_forking(script: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING + script, *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr


@needs_fork
def test_a_forked_process_does_not_send_on_the_connections_of_its_parent(server: CountingServer) -> None:
    script = """
client = sync_pool(sys.argv[1])
client.get(sys.argv[1])
in_a_child(lambda: client.get(sys.argv[1]))
client.get(sys.argv[1])
"""
    run_forking(script, server.url)
    assert (server.connections, len(server.paths)) == (2, 3)


@needs_fork
def test_a_forked_process_makes_clients_only_for_the_requests_that_it_sends(server: CountingServer) -> None:
    script = """
import httpx

made = []


def new_client(verify):
    made.append(verify)
    return httpx.Client(verify=verify)


def ask():
    assert len(made) == 2
    clients[0].headers["x-of"] = "the child"
    clients[0].get(sys.argv[1])
    assert clients[0].get(sys.argv[1]).request.headers["x-of"] == "the child"
    assert len(made) == 3 and len(set(made[:2])) == 1  # the certificates were read once by the parent
    in_a_child(lambda: clients[0].get(sys.argv[1]))


clients = [sync_pool(address, new_client) for address in (sys.argv[1], "http://elsewhere.example")]
clients[0].get(sys.argv[1])
in_a_child(ask)
clients[0].get(sys.argv[1])
"""
    run_forking(script, server.url)
    assert (server.connections, len(server.paths)) == (3, 5)


@needs_fork
def test_a_forked_process_that_ends_leaves_the_connections_of_its_parent_alone() -> None:
    script = """
import atexit
import httpx

closed = []


class Client(httpx.Client):
    def close(self):
        closed.append(os.getpid())


parent = os.getpid()
atexit.register(lambda: parent == os.getpid() or os._exit(len(closed)))  # the last that is called
sync_pool("http://one.example", Client)
child = os.fork()
if child == 0:
    sys.exit()
assert os.waitpid(child, 0)[1] == 0 and not closed
"""
    run_forking(script)


@needs_fork
def test_a_forked_process_does_not_wait_for_the_threads_of_its_parent() -> None:
    script = """
async def both():
    return await in_thread(str, 1), await in_thread(str, 2)


def ask():
    assert asyncio.run(asyncio.wait_for(in_thread(str, "here"), 60)) == "here"


asyncio.run(both())  # the second call waits until the thread of the first is idle or makes another one
in_a_child(ask)
"""
    run_forking(script)


@pytest.mark.parametrize(("files", "most"), [(256, 128), (1024, 896), (1_000_000, 1000)])
def test_a_process_that_may_open_few_files_opens_fewer_connections(
    files: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (files, files))
    assert room.most_connections() == most
