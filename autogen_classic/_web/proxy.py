"""A proxy on this machine through which a real browser reaches the web, so that it stays behind the fence.

Whatever a page asks for, scripts, workers and web sockets included, is a connection that this proxy makes, or does not.
A name that changes its address between a check and the connection does not help a page: the connection is checked.
"""

from __future__ import annotations

import selectors
import socket
import socketserver
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from .errors import AddressRefusedError, FetchError
from .fence import AddressFence
from .fetch import Limits

__all__ = ("FenceProxy",)

_LONGEST_HEAD = 65_536
_CHUNK = 65_536
_END_OF_HEAD = b"\r\n\r\n"
_FOR_THE_PROXY = (b"proxy-connection:", b"proxy-authorization:", b"connection:", b"keep-alive:")


class FenceProxy:
    """Connects clients with the hosts that the fence lets through; runs in threads of its own until `close`.

    Args:
        fence: which addresses may be reached.
        limits: how many bytes one connection may bring, and how long it may be silent.

    Attributes:
        address: where the proxy is, for ``--proxy-server``.
        refusals: why the fence refused connections since the list was last cleared.
    """

    def __init__(self, fence: AddressFence, limits: Limits) -> None:
        self.fence = fence
        self.limits = limits
        self.refusals: list[str] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    proxy._serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="fence-proxy"
        )
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(self.limits.seconds)
        head, rest = _read_head(client)
        try:
            method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
            is_tunnel = method == "CONNECT"
            parts = urlsplit(f"//{target}" if is_tunnel else target)
            host, port = parts.hostname, parts.port or 80
            if not host or (parts.scheme != "http" and not is_tunnel):
                raise ValueError(target)
        except ValueError:
            client.sendall(_answer("400 Bad Request", "This is a proxy for one browser."))
            return
        try:
            server = self._connected(host, port)
        except FetchError as refusal:
            if isinstance(refusal, AddressRefusedError):
                self.refusals.append(str(refusal))
            client.sendall(_answer("403 Forbidden", str(refusal)))
            return
        except OSError as error:
            client.sendall(_answer("502 Bad Gateway", f"{host} cannot be reached: {error}."))
            return
        with server:
            if is_tunnel:
                client.sendall(b"HTTP/1.1 200 Connection established" + _END_OF_HEAD)
            else:
                path = parts._replace(scheme="", netloc="").geturl() or "/"
                server.sendall(_for_the_server(head, method, path))
            server.sendall(rest)
            self._relay(client, server)

    def _connected(self, host: str, port: int) -> socket.socket:
        self.fence.check_host(host, port)
        server = socket.create_connection((host, port), timeout=self.limits.seconds)
        try:
            self.fence.check_address(server.getpeername()[0], host)
        except FetchError:
            server.close()
            raise
        return server

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Hand on what both sides send, until one ends, both are silent for too long, or too much has come."""
        received = 0
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while received <= self.limits.size:
                waiting = ready.select(self.limits.seconds)
                if not waiting:
                    return
                for key, _ in waiting:
                    source, other = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    chunk = source.recv(_CHUNK)
                    if not chunk:
                        return
                    other.sendall(chunk)
                    received += len(chunk) if source is server else 0


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    """The head of a request, and what came of its body."""
    data = b""
    while _END_OF_HEAD not in data and len(data) < _LONGEST_HEAD:
        chunk = client.recv(_CHUNK)
        if not chunk:
            break
        data += chunk
    head, _, rest = data.partition(_END_OF_HEAD)
    return head, rest


def _for_the_server(head: bytes, method: str, path: str) -> bytes:
    """The head as a server expects it; one connection is one request."""
    kept = [line for line in head.split(b"\r\n")[1:] if not line.lower().startswith(_FOR_THE_PROXY)]
    lines = [f"{method} {path} HTTP/1.1".encode("ascii"), *kept, b"Connection: close"]
    return b"\r\n".join(lines) + _END_OF_HEAD


def _answer(status: str, text: str) -> bytes:
    body = text.encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/plain; charset=utf-8", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body
