"""A small HTTP/1.1 server for this machine: it reads requests, hands them to one function, and writes its answers.

It knows nothing about models. It keeps connections alive, reads bodies of a known length and chunked ones, and
writes whole bodies or streams. A thousand connections are a thousand tasks of one event loop in one thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

__all__ = ("HttpRequest", "HttpResponse", "HttpServer", "StreamCut")

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}
_LONGEST_HEAD = 64 * 1024


class StreamCut(Exception):
    """A handler or its stream raises this to have the connection closed without a proper end."""


@dataclass(frozen=True)
class HttpRequest:
    """One request as it came in.

    Attributes:
        method: in capitals.
        path: decoded, without the query.
        query: the query as it was sent.
        headers: by names in lower case.
        body: the whole body.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpResponse:
    """One answer.

    Attributes:
        status: the HTTP status.
        body: the whole body, or the parts of a stream.
        content_type: its type.
        headers: further headers.
    """

    status: int
    body: bytes | AsyncIterator[bytes]
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[HttpRequest], Awaitable["HttpResponse | None"]]
"""Answers a request. None leaves the client waiting until it closes the connection."""


class HttpServer:
    """A server in its own thread.

    Args:
        handler: what answers the requests; it runs in the event loop of the server.
        host: the address to listen at.
        port: the port; 0 takes a free one.
    """

    def __init__(self, handler: Handler, host: str, port: int) -> None:
        self._handler = handler
        self._host = host
        self._asked_port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._started: Future[int] = Future()
        self.port = 0

    def start(self) -> None:
        """Start to listen; returns when the port is known.

        Raises:
            OSError: the address is in use or may not be used.
            OverflowError: the port is not one of 0 to 65535.
        """
        self._loop = asyncio.new_event_loop()
        self._started = Future()
        self._thread = threading.Thread(target=self._run, name="mock-openai-server", daemon=True)
        self._thread.start()
        self.port = self._started.result()

    def stop(self) -> None:
        """Close every connection and end the thread; a server that is not running is left alone."""
        if self._loop is None or self._thread is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._thread = self._loop = None

    def _run(self) -> None:
        """Serve in the event loop of this thread until it is stopped, and leave nothing open."""
        loop = self._loop
        assert loop is not None
        try:
            listener = loop.run_until_complete(
                asyncio.start_server(
                    self._accept, self._host, self._asked_port, limit=_LONGEST_HEAD, backlog=4096, reuse_address=True
                )
            )
        except Exception as failure:  # `start` waits for it, whatever it is
            loop.close()
            self._started.set_exception(failure)
            return
        self._started.set_result(listener.sockets[0].getsockname()[1])
        try:
            loop.run_forever()
        finally:
            with suppress(NotImplementedError):  # only event loops built on selectors have readers
                for socket in listener.sockets:
                    loop.remove_reader(socket.fileno())
            _run_what_is_due(loop)  # connections that were just accepted get their task; a closed listener breaks that
            listener.close()
            while unfinished := asyncio.all_tasks(loop):
                for task in unfinished:
                    task.cancel()
                loop.run_until_complete(asyncio.gather(*unfinished, return_exceptions=True))
            _run_what_is_due(loop)  # closed transports close their sockets
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task, and close it whatever becomes of the task, even if it never gets to run."""
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(lambda _: writer.close())
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._serve_one(reader, writer):
                pass
        except (OSError, EOFError, StreamCut, asyncio.CancelledError):
            pass  # the client or the server is gone: nobody is left to tell

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; tell whether the connection stays open."""
        try:
            request = await _read_request(reader, writer)
        except (ValueError, asyncio.LimitOverrunError):
            await _write(writer, HttpResponse(400, b'{"error":{"message":"This is not an HTTP request."}}'), False)
            return False
        response = await self._handler(request)
        if response is None:
            await reader.read()
            return False
        stays = request.headers.get("connection", "").lower() != "close"
        await _write(writer, response, stays)
        return stays


def _run_what_is_due(loop: asyncio.AbstractEventLoop) -> None:
    for _ in range(5):
        loop.run_until_complete(asyncio.sleep(0))


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> HttpRequest:
    """Read a request, with its body as it was sent or in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    method, target, _version = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunked(reader)
    else:
        length = int(headers.get("content-length") or 0)
        body = await reader.readexactly(length) if length else b""
    parts = urlsplit(target)
    return HttpRequest(method.upper(), unquote(parts.path), parts.query, headers, body)


async def _read_chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass  # trailers are of no use here
            return body
        body += await reader.readexactly(size)
        await reader.readexactly(2)


async def _write(writer: asyncio.StreamWriter, response: HttpResponse, stays: bool) -> None:
    """Write a response; a body that comes in parts is sent in chunks."""
    lines = [
        f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Answer')}",
        f"content-type: {response.content_type}",
        *(f"{name}: {value}" for name, value in response.headers.items()),
    ]
    if not stays:
        lines.append("connection: close")
    if isinstance(response.body, bytes):
        lines.append(f"content-length: {len(response.body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + response.body)
        await writer.drain()
        return
    lines.append("transfer-encoding: chunked")
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    async for part in response.body:
        writer.write(b"%x\r\n%b\r\n" % (len(part), part))
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
