"""A stream over a WebSocket: agents on a server, the person in a browser."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from .._core.steering import check
from .._packages import missing_package
from .base import IOStream, Printable

if TYPE_CHECKING:
    import ssl

try:
    from websockets.sync.server import serve
except ImportError:  # the class can be imported, and documented, without the package
    serve = None  # type: ignore[assignment,unused-ignore]

__all__ = ("IOWebsockets",)

SECONDS_BETWEEN_CHECKS = 1.0

logger = logging.getLogger("autogen.io.websockets")


class ServerConnection(Protocol):
    """What the stream needs of a connection to one client; ``websockets.sync.server.ServerConnection`` has it."""

    def send(self, message: str | bytes) -> None:
        """Send a message to the client.

        Args:
            message: a text or bytes.
        """
        ...

    def recv(self, timeout: float | None = None) -> str | bytes:
        """Wait for the next message from the client.

        Args:
            timeout: how many seconds to wait; None waits for ever.

        Returns:
            A text or bytes.
        """
        ...

    def close(self) -> None:
        """End the connection."""
        ...


class WebSocketServer(Protocol):
    """What is needed of a server; ``websockets.sync.server.Server`` has it."""

    def serve_forever(self) -> None:
        """Serve clients until `shutdown` is called from another thread."""
        ...

    def shutdown(self) -> None:
        """Stop accepting clients."""
        ...


class IOWebsockets(IOStream):
    """A stream to one client of a WebSocket server.

    Args:
        websocket: the connection to the client.

    Attributes:
        takes_events: whether the client gets each event of a chat as JSON, as in AG2, in place of the lines that a
            terminal shows, as in 0.2.40. Set it on this class or on one of your own.
    """

    takes_events: ClassVar[bool] = False

    def __init__(self, websocket: ServerConnection) -> None:
        self._websocket = websocket
        self._reading = threading.Lock()

    @property
    def websocket(self) -> ServerConnection:
        """The connection to the client."""
        return self._websocket

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Send objects to the client as one message.

        Args:
            *objects: what to send; each is turned into text by ``str``.
            sep: the text between two objects.
            end: the text after the last object.
            flush: has no effect, because each message is sent at once.
        """
        self._websocket.send(_sendable(sep.join(map(str, objects)) + end))

    def send(self, message: Printable) -> None:
        """Send an event to the client as JSON, with its ``type`` and ``content``.

        Args:
            message: the event. Those of a chat come here only where `takes_events` is true.
        """
        self._websocket.send(cast(Any, message).model_dump_json())

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Wait for the next message from the client.

        Args:
            prompt: sent to the client first, if it is not empty.
            password: has no effect, because only the client can hide what a person types.

        Returns:
            The message as it came; bytes are read as UTF-8, with a replacement for what is not.
        """
        if prompt:
            self._websocket.send(_sendable(prompt))
        with self._reading:  # a question that was left when its chat was stopped gives it up within a second
            while True:
                check()
                try:
                    message = self._websocket.recv(timeout=SECONDS_BETWEEN_CHECKS)
                    break
                except TimeoutError:
                    continue
        return message.decode("utf-8", "replace") if isinstance(message, bytes) else message

    @staticmethod
    @contextmanager
    def run_server_in_thread(
        *,
        host: str = "127.0.0.1",
        port: int = 8765,
        on_connect: Callable[[IOWebsockets], None],
        ssl_context: ssl.SSLContext | None = None,
        **kwargs: Any,
    ) -> Iterator[str]:
        """Serve each client in its own thread for the length of a ``with`` block.

        Whoever can reach the port can talk to the agents, and so can any web page open in a browser on this machine.
        Pass ``origins=[...]`` to name the pages that may, and add your own check to ``on_connect`` before you
        use a host other than the default.

        Args:
            host: the address to listen on; the default can be reached from this machine only.
            port: the port; 0 takes any that is free.
            on_connect: called with the stream of each client, which is also the default stream of its thread. The
                connection ends when it returns. What it raises is logged.
            ssl_context: encrypts the connections (wss).
            **kwargs: anything else that ``websockets.sync.server.serve`` takes.

        Yields:
            The address for clients, such as ``ws://127.0.0.1:8765``.

        Raises:
            ImportError: websockets is missing.
            OSError: the port is in use.
        """
        if serve is None:
            raise missing_package("IOWebsockets", "websockets", "websockets")

        connections: set[ServerConnection] = set()

        def handle(connection: ServerConnection) -> None:
            connections.add(connection)
            try:
                _talk(connection, on_connect)
            finally:
                connections.discard(connection)

        server = serve(handle, host, port, ssl=ssl_context, **kwargs)
        thread = threading.Thread(target=server.serve_forever, name="autogen_classic websockets", daemon=True)
        thread.start()
        try:
            shown_host = f"[{host}]" if ":" in host else host
            yield f"{'wss' if ssl_context else 'ws'}://{shown_host}:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join()
            for connection in list(connections):
                connection.close()


def _sendable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which no web socket takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _talk(connection: ServerConnection, on_connect: Callable[[IOWebsockets], None]) -> None:
    from websockets.exceptions import ConnectionClosed

    logger.info("A client has connected.")
    stream = IOWebsockets(connection)
    try:
        with IOStream.set_default(stream):
            on_connect(stream)
    except ConnectionClosed:
        logger.info("A client has left before the end.")
    except Exception as error:
        logger.warning("Error in on_connect: %s", error, exc_info=True)
