"""Fetching behind the fence, over real connections."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
from web_pages import Page, WebPages, redirect

from autogen_classic._web.fence import AddressFence
from autogen_classic._web.fetch import Limits, fetch
from autogen_classic.errors import AddressRefusedError, ContentRefusedError, FetchError, FetchTimeoutError


@pytest.fixture
def pages() -> Iterator[WebPages]:
    with WebPages({"/": "<p>Here.</p>"}) as server:
        yield server


def test_the_whole_answer_comes_back_as_requests_gives_it(pages: WebPages):
    pages.pages["/accents"] = Page("Grüße".encode("latin-1"), kind="text/plain; charset=latin-1")
    response = fetch(f"{pages.url}/accents")
    assert (response.text, response.status_code, response.url) == ("Grüße", 200, f"{pages.url}/accents")
    assert response.content == "Grüße".encode("latin-1")


def test_an_error_status_is_left_to_the_caller(pages: WebPages):
    response = fetch(f"{pages.url}/missing", limits=Limits(content_types=("image/",)))
    assert response.status_code == 404
    with pytest.raises(requests.HTTPError):
        response.raise_for_status()


def test_options_of_requests_get_are_taken(pages: WebPages):
    fetch(pages.url, options={"headers": {"X-Mine": "1"}, "params": {"q": "a b"}, "stream": True, "timeout": 5})
    path, headers = pages.requests[0]
    assert path == "/?q=a+b"
    assert headers["x-mine"] == "1"


def test_a_session_gives_its_headers_and_keeps_the_cookies_it_gets(pages: WebPages):
    pages.pages["/set"] = Page(headers={"Set-Cookie": "crumb=7"})
    session = requests.Session()
    session.headers["X-Session"] = "yes"
    fetch(f"{pages.url}/set", session=session)
    fetch(pages.url, session=session)
    assert pages.requests[1][1]["cookie"] == "crumb=7"
    assert pages.requests[1][1]["x-session"] == "yes"


# --- redirects -------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_kept_as_history(pages: WebPages):
    pages.pages |= {"/a": redirect("b"), "/b": redirect("/")}
    response = fetch(f"{pages.url}/a")
    assert response.text == "<p>Here.</p>"
    assert [one.status_code for one in response.history] == [302, 302]


def test_a_redirect_may_be_left_alone(pages: WebPages):
    pages.pages["/a"] = redirect("/")
    assert fetch(f"{pages.url}/a", options={"allow_redirects": False}).status_code == 302


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "//169.254.169.254/", "http://[::ffff:a9fe:a9fe]/", "file:///etc/passwd"]
)
def test_a_redirect_beyond_the_fence_is_refused(pages: WebPages, target: str):
    pages.pages |= {"/a": redirect("/b"), "/b": redirect(target)}
    with pytest.raises(AddressRefusedError):
        fetch(f"{pages.url}/a")


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/".translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}),  # full width
        "http://169\u3002254\u3002169\u3002254/",  # with the full stop of Chinese
        "http://%31%36%39.254.169.254/",
        "http://169.254.169.254./",
        "http://169.254.169.254:80@169.254.169.254/",
        "http://8.8.8.8@169.254.169.254/",
        "http://169.254.169.254\\@127.0.0.1:{port}/",
        "http:\\\\169.254.169.254/",
        "HTTP://169.254.169.254/",
        " http://169.254.169.254/",
        "http://[fe80::1%25lo]/",
        "http://0251.0376.0251.0376/",
        "http://2852039166/",
    ],
)
def test_no_way_of_writing_an_address_gets_past_the_fence(pages: WebPages, url: str):
    with pytest.raises(FetchError):
        fetch(url.format(port=pages.port), fence=AddressFence(["127.0.0.1"]), limits=Limits(seconds=5))


def test_a_redirect_to_a_private_address_is_refused_where_only_one_host_is_listed(pages: WebPages):
    pages.pages["/a"] = redirect(f"http://127.0.0.2:{pages.port}/")
    with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.2"):
        fetch(f"{pages.url}/a", fence=AddressFence(["127.0.0.1"]))
    assert pages.paths == ["/a"]


def test_redirects_in_a_circle_end(pages: WebPages):
    pages.pages["/a"] = redirect("/a")
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetch(f"{pages.url}/a", limits=Limits(redirects=5))
    assert len(pages.paths) == 6


def test_a_redirect_takes_credentials_and_cookies_to_no_other_host(pages: WebPages):
    pages.pages["/away"] = redirect(f"http://localhost:{pages.port}/")
    pages.pages["/set"] = Page(headers={"Set-Cookie": "crumb=7"})
    session = requests.Session()
    fetch(f"{pages.url}/set", session=session)
    fetch(f"{pages.url}/away", session=session, options={"headers": {"Authorization": "Bearer t"}})
    sent, taken = pages.requests[1][1], pages.requests[2][1]
    assert (sent["authorization"], sent["cookie"]) == ("Bearer t", "crumb=7")
    assert "authorization" not in taken
    assert "cookie" not in taken
    assert taken["host"] == f"localhost:{pages.port}"


def test_credentials_of_the_users_netrc_are_not_sent(pages: WebPages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password sesame\nmachine localhost login me password sesame\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    pages.pages["/away"] = redirect(f"http://localhost:{pages.port}/")
    for session in (None, requests.Session()):
        fetch(f"{pages.url}/away", session=session)
    assert ["authorization" in headers for _, headers in pages.requests] == [False] * 4


def test_credentials_in_the_address_are_sent_to_its_host_only(pages: WebPages):
    pages.pages |= {"/away": redirect(f"http://localhost:{pages.port}/"), "/on": redirect("/away")}
    fetch(f"http://me:pass@127.0.0.1:{pages.port}/on")
    assert ["authorization" in headers for _, headers in pages.requests] == [True, True, False]


def test_the_body_of_a_redirect_is_not_read(pages: WebPages):
    pages.pages["/a"] = Page(status=302, headers={"Location": "/"}, write=endless)
    assert fetch(f"{pages.url}/a", limits=Limits(size=1000)).text == "<p>Here.</p>"


# --- limits ----------------------------------------------------------------------------------------------------------


def endless(handler: BaseHTTPRequestHandler) -> None:
    while True:
        handler.wfile.write(b"x" * 10_000)


def test_an_endless_page_is_cut_off_at_the_limit_of_size(pages: WebPages):
    pages.pages["/endless"] = Page(write=endless)
    with pytest.raises(ContentRefusedError, match="more than 100000 bytes"):
        fetch(f"{pages.url}/endless", limits=Limits(size=100_000))


def test_the_limit_of_size_counts_unpacked_bytes(pages: WebPages):
    bomb = gzip.compress(b"0" * 3_000_000)
    pages.pages["/bomb"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    assert len(bomb) < 10_000
    with pytest.raises(ContentRefusedError):
        fetch(f"{pages.url}/bomb", limits=Limits(size=1_000_000))
    assert len(fetch(f"{pages.url}/bomb").content) == 3_000_000


def test_a_page_of_exactly_the_limit_is_taken(pages: WebPages):
    pages.pages["/ten"] = Page("0123456789")
    assert fetch(f"{pages.url}/ten", limits=Limits(size=10)).text == "0123456789"
    with pytest.raises(ContentRefusedError):
        fetch(f"{pages.url}/ten", limits=Limits(size=9))


def test_a_body_in_drops_ends_at_the_limit_of_time(pages: WebPages):
    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not pages.released.wait(0.02):
            handler.wfile.write(b"x")

    pages.pages["/slow"] = Page(write=drip)
    started = time.monotonic()
    with pytest.raises(FetchTimeoutError, match="in 0.3 seconds"):
        fetch(f"{pages.url}/slow", limits=Limits(seconds=0.3))
    assert time.monotonic() - started < 30


def test_headers_in_drops_end_at_the_limit_of_time():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(FetchTimeoutError):
        # The connection is made, and nobody ever answers.
        fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/", limits=Limits(seconds=0.3), options={"timeout": 60})


def test_only_the_types_asked_for_are_taken(pages: WebPages):
    pages.pages |= {"/png": Page(b"png", kind="image/PNG"), "/untyped": Page(b"?", kind=None)}
    images = Limits(content_types=("image/",))
    assert fetch(f"{pages.url}/png", limits=images).content == b"png"
    for path, shown in (("/", "text/html"), ("/untyped", "octet-stream")):
        with pytest.raises(ContentRefusedError, match=shown):
            fetch(pages.url + path, limits=images)


# --- names that change -----------------------------------------------------------------------------------------------


def test_a_name_that_changes_its_address_after_the_check_is_refused(pages: WebPages, monkeypatch: pytest.MonkeyPatch):
    def place(address: str) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, pages.port))]

    answers = iter([place("8.8.8.8"), place("127.0.0.1")])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.1 of 'rebinding.example'"):
        fetch(f"http://rebinding.example:{pages.port}/", fence=AddressFence(False))
    assert pages.paths == []


def test_a_list_of_hosts_counts_for_the_connection_too(pages: WebPages):
    assert fetch(f"http://localhost:{pages.port}/", fence=AddressFence(["localhost"])).status_code == 200
    with pytest.raises(AddressRefusedError):
        fetch(pages.url, fence=AddressFence(["localhost"]))


# --- proxies ---------------------------------------------------------------------------------------------------------


def test_through_a_proxy_written_addresses_are_still_refused(pages: WebPages):
    proxies = {"proxies": {"http": pages.url}}
    pages.pages["http://name.invalid/"] = "by proxy"
    pages.pages["http://name.invalid/away"] = redirect("http://169.254.169.254/")
    assert fetch("http://name.invalid/", options=proxies).text == "by proxy"
    with pytest.raises(AddressRefusedError):
        fetch("http://name.invalid/away", options=proxies)
    assert len(pages.paths) == 2


# --- errors ----------------------------------------------------------------------------------------------------------


def test_nobody_there_is_an_error_without_the_query():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be fetched") as caught:
        fetch(f"http://127.0.0.1:{port}/a?token=sesame")
    assert "sesame" not in str(caught.value)
    assert isinstance(caught.value, requests.RequestException)


def test_a_connection_that_breaks_off_is_an_error(pages: WebPages):
    pages.pages["/half"] = Page("half", headers={"Content-Length": "1000"}, write=lambda _: None)
    with pytest.raises(FetchError):
        fetch(f"{pages.url}/half")
