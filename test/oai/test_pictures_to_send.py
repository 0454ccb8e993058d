"""Pictures that a provider wants as bytes are fetched behind the fence, with limits."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from picture_kit import PictureServer

from autogen_classic._web import pictures
from autogen_classic.errors import AddressRefusedError, UnusableImageError
from autogen_classic.oai._messages.images import ImagePart, image_of, with_bytes
from autogen_classic.testing.http_server import HttpResponse

PNG = b"\x89PNG and more"


@pytest.fixture
def web() -> Iterator[PictureServer]:
    server = PictureServer()
    server.pages["/a.png"] = PNG
    server.http.start()
    yield server
    server.http.stop()


def test_an_address_becomes_bytes_with_their_kind(web: PictureServer) -> None:
    picture = with_bytes(ImagePart(url=f"{web.url}/a.png"))
    assert (picture.data, picture.media_type) == (PNG, "image/png")
    assert with_bytes(picture) is picture
    assert web.asked == ["/a.png"]


def test_a_data_uri_is_read_however_it_is_written() -> None:
    coded = base64.b64encode(PNG).decode()
    for uri in (
        f"data:image/png;base64,{coded}",
        f"DATA:IMAGE/PNG;BASE64,{coded}",
        f"data:;base64,{coded[:8]}\n{coded[8:]}",
        "data:image/png;base64," + coded.replace("=", "%3D"),
        "data:image/png," + "".join(f"%{byte:02x}" for byte in PNG),
    ):
        picture = image_of({"url": uri})
        assert (picture.data, picture.media_type) == (PNG, "image/png"), uri
    with pytest.raises(UnusableImageError, match="is damaged"):
        image_of("data:image/png;base64,%%%")


def test_an_address_where_clouds_keep_keys_is_never_reached(web: PictureServer) -> None:
    metadata = "http://169.254.169.254/latest/meta-data"
    web.pages["/moved.png"] = HttpResponse(302, b"", headers={"location": metadata})
    for url in (metadata, f"{web.url}/moved.png"):
        with pytest.raises(UnusableImageError, match="cannot be fetched") as caught:
            with_bytes(ImagePart(url=url))
        assert isinstance(caught.value.__cause__, AddressRefusedError)


def test_a_page_is_not_sent_as_a_picture(web: PictureServer) -> None:
    web.pages["/wiki"] = HttpResponse(200, b"<html>PRIVATE", "text/html")
    web.pages["/blob"] = HttpResponse(200, b"PRIVATE", "application/octet-stream")
    web.pages["/photo"] = HttpResponse(200, b"\0\0ftypheic", "image/heic; q=1")
    with pytest.raises(UnusableImageError, match="cannot be fetched: .*text/html, not image/"):
        with_bytes(ImagePart(url=f"{web.url}/wiki"))
    with pytest.raises(UnusableImageError, match="not an image of a known kind"):
        with_bytes(ImagePart(url=f"{web.url}/blob"))
    assert with_bytes(ImagePart(url=f"{web.url}/photo")).media_type == "image/heic"


def test_an_error_does_not_show_the_password_and_keys_of_an_address(web: PictureServer) -> None:
    place = web.url.removeprefix("http://")
    for scheme, path in (("http", "none"), ("ftp", "a.png")):
        with pytest.raises(UnusableImageError, match=path) as caught:
            with_bytes(ImagePart(url=f"{scheme}://user:PASSWORD99@{place}/{path}?key=SECRETKEY99"))
        assert "PASSWORD99" not in str(caught.value)
        assert "SECRETKEY99" not in str(caught.value)


def test_what_is_not_there_or_too_large_is_an_error(web: PictureServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnusableImageError, match="status 404"):
        with_bytes(ImagePart(url=f"{web.url}/none.png"))
    with pytest.raises(UnusableImageError, match="cannot be fetched"):
        with_bytes(ImagePart(url="http://127.0.0.1:9/a.png"))
    with pytest.raises(UnusableImageError, match="give an http"):
        with_bytes(ImagePart(url="file:///etc/passwd"))
    monkeypatch.setattr(pictures, "LARGEST_PICTURE", 5)
    with pytest.raises(UnusableImageError, match="cannot be fetched"):
        with_bytes(ImagePart(url=f"{web.url}/a.png"))
