"""Pictures for tests, in files and on a web server of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

__all__ = ("PictureServer", "as_bytes", "pictures", "red", "red_file")

SIZE = (3, 2)


@pytest.fixture
def red() -> Image.Image:
    """A red picture of 3 x 2 pixels."""
    return Image.new("RGB", SIZE, (255, 0, 0))


@pytest.fixture
def red_file(red: Image.Image, tmp_path: Path) -> str:
    """The same picture as ``red.png`` in the working directory."""
    red.save(tmp_path / "red.png")
    return "red.png"


class PictureServer:
    """Serves bytes by path, and knows what it was asked for.

    Attributes:
        pages: what it serves: bytes, or a finished response.
        asked: the paths of the requests.
    """

    def __init__(self) -> None:
        self.pages: dict[str, bytes | HttpResponse] = {}
        self.asked: list[str] = []
        self.http = HttpServer(self._answer, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.port}"

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request.path)
        page = self.pages.get(request.path, HttpResponse(404, b"nothing here", "text/plain"))
        return page if isinstance(page, HttpResponse) else HttpResponse(200, page, "image/png")


@pytest.fixture
def pictures(red: Image.Image) -> Iterator[PictureServer]:
    """A web server that has the red picture at ``/red.png``."""
    server = PictureServer()
    server.pages["/red.png"] = as_bytes(red)
    server.http.start()
    yield server
    server.http.stop()


def as_bytes(image: Image.Image, form: str = "PNG", **settings: Any) -> bytes:
    """A picture as the bytes of a file."""
    buffer = BytesIO()
    image.save(buffer, format=form, **settings)
    return buffer.getvalue()
