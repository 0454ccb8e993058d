"""A proxy on this machine through which a real browser reaches the web, so that it stays behind the fence.

Whatever a page asks for, scripts, workers and web sockets included, is a connection that this proxy makes, or does not.
A name that changes its address between a check and the connection does not help a page: the connection is checked.
"""

from __future__ import annotations

import base64
import selectors
import socket
import socketserver
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests.utils import get_auth_from_url, get_environ_proxies, select_proxy

from .errors import AddressRefusedError, FetchError
from .fence import AddressFence
from .fetch import Limits

__all__ = ("FenceProxy", "proxy_of_environment")

_LONGEST_HEAD = 65_536
_CHUNK = 65_536
_END_OF_HEAD = b"\r\n\r\n"
_FOR_THE_PROXY = (b"proxy-connection:", b"proxy-authorization:", b"connection:", b"keep-alive:")


@dataclass(frozen=True)
class _Asked:
    """What a client of the proxy asks for.

    Args:
        method: of HTTP; CONNECT for a tunnel.
        target: the address as the client wrote it.
        url: the same as a whole address.
        host: where it leads.
        port: where it leads.
        headers: the lines of the head below the first.
    """

    method: str
    target: str
    url: str
    host: str
    port: int
    headers: tuple[bytes, ...]

    @classmethod
    def of(cls, head: bytes) -> _Asked:
        """Read the head of a request; a ValueError if it is not one for a proxy."""
        first, *headers = head.split(b"\r\n")
        method, target, _ = first.decode("ascii").split(" ")
        url = f"https://{target}/" if method == "CONNECT" else target
        parts = urlsplit(url)
        if not parts.hostname or (method != "CONNECT" and parts.scheme != "http"):
            raise ValueError(target)
        port = parts.port or (443 if method == "CONNECT" else 80)
        return cls(method, target, url, parts.hostname, port, tuple(headers))

    def head_for(self, target: str, credentials: tuple[str, str] = ("", "")) -> bytes:
        """The head as the next server expects it; one connection is one request, or one tunnel."""
        kept = [line for line in self.headers if not line.lower().startswith(_FOR_THE_PROXY)]
        lines = [f"{self.method} {target} HTTP/1.1".encode("ascii"), *kept]
        if self.method != "CONNECT":
            lines.append(b"Connection: close")
        if any(credentials):
            lines.append(b"Proxy-Authorization: Basic " + base64.b64encode(":".join(credentials).encode()))
        return b"\r\n".join(lines) + _END_OF_HEAD


def proxy_of_environment(url: str) -> str | None:
    """The proxy through which the environment has an address reached, or None."""
    return select_proxy(url, get_environ_proxies(url))


class FenceProxy:
    """Connects clients with the hosts that the fence lets through; runs in threads of its own until `close`.

    Where the environment names a proxy (``HTTPS_PROXY`` and the like), connections go through that one in turn, and the
    addresses that a name has on this machine are checked.

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
        """Answer one request of the browser: connect it to a server, or say why not."""
        client.settimeout(self.limits.seconds)
        head, rest = _read_head(client)
        try:
            asked = _Asked.of(head)
        except ValueError:
            client.sendall(_answer("400 Bad Request", "This is a proxy for one browser."))
            return
        try:
            server, to_server, to_client = self._way_to(asked)
        except FetchError as refusal:
            if isinstance(refusal, AddressRefusedError):
                self.refusals.append(str(refusal))
            client.sendall(_answer("403 Forbidden", str(refusal)))
            return
        except OSError as error:
            client.sendall(_answer("502 Bad Gateway", f"{asked.host} cannot be reached: {error}."))
            return
        with server:
            client.sendall(to_client)
            server.sendall(to_server + rest)
            self._relay(client, server)

    def _way_to(self, asked: _Asked) -> tuple[socket.socket, bytes, bytes]:
        """A connection for a request, with what is sent on it first, and what the client is told first."""
        proxy = proxy_of_environment(asked.url)
        if proxy:
            self.fence.check_url(asked.url, through_proxy=True)
            place = urlsplit(proxy)
            server = socket.create_connection((place.hostname, place.port or 80), timeout=self.limits.seconds)
            return server, asked.head_for(asked.target, get_auth_from_url(proxy)), b""
        self.fence.check_host(asked.host, asked.port)
        server = socket.create_connection((asked.host, asked.port), timeout=self.limits.seconds)
        try:
            self.fence.check_address(server.getpeername()[0], asked.host)
        except FetchError:
            server.close()
            raise
        if asked.method == "CONNECT":
            return server, b"", b"HTTP/1.1 200 Connection established" + _END_OF_HEAD
        path = urlsplit(asked.url)._replace(scheme="", netloc="").geturl() or "/"
        return server, asked.head_for(path), b""

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


def _answer(status: str, text: str) -> bytes:
    body = text.encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/plain; charset=utf-8", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body
