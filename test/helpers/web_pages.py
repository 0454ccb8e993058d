"""A web server on this machine, whose pages a test writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

HTML = "text/html; charset=utf-8"


@dataclass
class Page:
    """What is sent for one path: a body, or a function that writes the rest of the answer by itself."""

    body: bytes | str = b""
    kind: str | None = HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


def redirect(target: str) -> Page:
    return Page(status=302, headers={"Location": target})


class WebPages:
    """Serves pages by their path; what is not there is answered with 404.

    Args:
        pages: the pages, or the bodies of HTML pages, by their paths. More may be put in later.

    Attributes:
        requests: the path of each request, with its headers.
        released: set when the server ends, so that pages which never end can end.
    """

    def __init__(self, pages: Mapping[str, Page | str] | None = None) -> None:
        self.pages: dict[str, Page | str] = dict(pages or {})
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                outer._answer(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # clients that hang up are what some tests want

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        page = self.pages.get(handler.path, self.pages.get(path, Page("<h1>Not found</h1>", status=404)))
        if isinstance(page, str):
            page = Page(page)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        handler.send_response(page.status)
        headers = {"Content-Type": page.kind, **page.headers}
        if page.write is None:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            if value is not None:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        if page.write is not None:
            page.write(handler)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for path, _ in self.requests]

    def __enter__(self) -> WebPages:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
