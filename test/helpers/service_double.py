"""Services of the web, played on this machine: clients reach them by HTTPS at their real names, through a proxy."""

from __future__ import annotations

import atexit
import json
import socket
import ssl
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

__all__ = ("HTML_PAGE", "Answer", "Asked", "Services", "services_played")

HTML_PAGE = "<html><body><h1>We will be back soon</h1></body></html>"


@dataclass(frozen=True)
class Asked:
    """A request that a service got."""

    host: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Answer:
    """What a service sends: text as it is, and everything else as JSON.

    Attributes:
        body: the content.
        status: the HTTP status.
        kind: the type of the content.
        headers: further headers.
        missing: how many bytes are promised and never sent.
        silent: whether nothing is sent at all until the service closes.
    """

    body: Any = field(default_factory=dict)
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    silent: bool = False

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


Service = Callable[[Asked], Answer]


class Services:
    """A proxy that leads every host to what a test lets it answer.

    Attributes:
        address: of the proxy.
        authority: the file with the certificate that clients must trust.
        requests: what has been asked, in order.
    """

    def __init__(self) -> None:
        self.authority = _authority()[1]
        self._services: dict[str, Service] = {}
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        self.requests: list[Asked] = []
        self._released = threading.Event()
        outer = self

        class Handler(_Handler):
            services = outer

        class Server(ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # clients that hang up are what some tests want

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def answer(self, host: str, *answers: Answer | Service) -> None:
        """Say what a host answers: each `Answer` once, in order; a function every further request."""
        for answer in answers:
            if isinstance(answer, Answer):
                self._answers[host].append(answer)
            else:
                self._services[host] = answer

    def asked(self, host: str) -> list[Asked]:
        """The requests that a host got."""
        return [request for request in self.requests if request.host == host]

    def respond(self, request: Asked) -> Answer:
        self.requests.append(request)
        waiting = self._answers[request.host]
        if waiting:
            return waiting.popleft()
        if request.host in self._services:
            return self._services[request.host](request)
        return Answer(f"Nobody plays {request.host}.", 599, "text/plain")

    def wait_for_the_end(self) -> None:
        self._released.wait(30)

    def __enter__(self) -> Services:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@cache
def _authority() -> tuple[Any, Path]:
    """Who vouches for all hosts, with the file of its certificate; some clients read that only once."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    ca = pytest.importorskip("trustme").CA()
    file = Path(folder.name, "authority.pem")
    ca.cert_pem.write_to_path(str(file))
    return ca, file


@cache
def _context_for(host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority()[0].issue_cert(host).configure_cert(context)
    return context


class _Handler(BaseHTTPRequestHandler):
    """One connection: a tunnel to a host, and the requests in it."""

    services: Services
    protocol_version = "HTTP/1.1"
    timeout = 30
    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.rpartition(":")[0]
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        tunnel = _context_for(self.host).wrap_socket(self.connection, server_side=True)
        self.connection = self.request = tunnel
        self.rfile, self.wfile = tunnel.makefile("rb"), _Writer(tunnel)  # type: ignore[assignment]
        self.close_connection = False

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        request = Asked(
            self.host or parts.hostname or "",
            self.command,
            parts.path,
            {name: values[-1] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        answer = self.services.respond(request)
        if answer.silent:
            self.services.wait_for_the_end()
            self.close_connection = True
            return
        self.send_response(answer.status)
        headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.content) + answer.missing)}
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)
        self.close_connection = self.close_connection or bool(answer.missing)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = _serve

    def log_message(self, *_: object) -> None:
        pass


class _Writer:
    """What a handler writes with."""

    closed = False

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> int:
        self._connection.sendall(data)
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
        self._connection.close()


# By which of them a client goes through a proxy, and whom it trusts.
_PROXIES = ("HTTPS_PROXY", "https_proxy", "DDGS_PROXY")
_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPLIB2_CA_CERTS")


@contextmanager
def services_played(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Lead the clients of this process to services that a test plays; what is on this machine is reached as ever."""
    with Services() as services:
        for name in _PROXIES:
            monkeypatch.setenv(name, services.address)
        for name in _AUTHORITIES:
            monkeypatch.setenv(name, str(services.authority))
        if "httplib2" in sys.modules:  # it reads that once, when it is imported
            monkeypatch.setattr(sys.modules["httplib2"], "CA_CERTS", str(services.authority))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "127.0.0.1,localhost")
        connections: dict[object, Any] = {}  # those made before do not lead to the services
        monkeypatch.setattr("autogen_classic.oai._http.connections._sync_pools", connections)
        yield services
        for client in connections.values():
            client.close()
