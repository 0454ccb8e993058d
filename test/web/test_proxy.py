"""The proxy that keeps a real browser behind the fence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import requests
from web_pages import Page, WebPages

from autogen_classic._web.fence import AddressFence
from autogen_classic._web.fetch import Limits
from autogen_classic._web.proxy import FenceProxy


@pytest.fixture
def pages() -> Iterator[WebPages]:
    with WebPages({"/": "<p>Here.</p>"}) as server:
        yield server


@pytest.fixture
def proxy() -> Iterator[FenceProxy]:
    one = FenceProxy(AddressFence(["127.0.0.1"]), Limits(size=100_000, seconds=5))
    yield one
    one.close()


def get(proxy: FenceProxy, url: str) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    return session.get(url, proxies={"http": proxy.address}, timeout=10)


def raw(proxy: FenceProxy, request: str) -> bytes:
    host, port = proxy.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(request.encode("latin-1"))
        received = b""
        while chunk := client.recv(65_536):
            received += chunk
            if b"\r\n\r\n" in received and "CONNECT" in request:
                break
        return received


def test_what_is_allowed_is_handed_on_as_the_server_expects_it(proxy: FenceProxy, pages: WebPages) -> None:
    assert get(proxy, f"{pages.url}/?q=1").text == "<p>Here.</p>"
    path, headers = pages.requests[0]
    assert path == "/?q=1"
    assert headers["host"] == f"127.0.0.1:{pages.port}"
    assert "proxy-connection" not in headers
    assert proxy.refusals == []


def test_what_is_refused_is_answered_with_the_reason(proxy: FenceProxy, pages: WebPages) -> None:
    for url in (f"http://127.0.0.2:{pages.port}/", "http://169.254.169.254/"):
        answer = get(proxy, url)
        assert answer.status_code == 403
        assert answer.text == proxy.refusals[-1]
        assert "refused" in answer.text
    assert pages.paths == []


def test_tunnels_are_fenced_too(proxy: FenceProxy, pages: WebPages) -> None:
    allowed = raw(proxy, f"CONNECT 127.0.0.1:{pages.port} HTTP/1.1\r\n\r\n")
    assert allowed == b"HTTP/1.1 200 Connection established\r\n\r\n"
    for target in ("169.254.169.254:443", "[::ffff:a9fe:a9fe]:443", f"127.0.0.2:{pages.port}", "0x7f000002:80"):
        assert raw(proxy, f"CONNECT {target} HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 403 Forbidden")


def test_a_host_that_cannot_be_found_or_does_not_answer_is_no_refusal(proxy: FenceProxy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert get(proxy, f"http://127.0.0.1:{port}/").status_code == 502
    assert get(proxy, "http://name.invalid/").status_code == 403
    assert proxy.refusals == []


@pytest.mark.parametrize(
    "request_line", ["GET / HTTP/1.1", "GET file:///etc/passwd HTTP/1.1", "nonsense", "GET http://[ HTTP/1.1", "\xff"]
)
def test_what_is_not_for_a_proxy_is_refused(proxy: FenceProxy, request_line: str) -> None:
    assert raw(proxy, f"{request_line}\r\n\r\n").startswith(b"HTTP/1.1 400 Bad Request")


def test_a_connection_brings_no_more_than_the_limit(proxy: FenceProxy, pages: WebPages) -> None:
    pages.pages["/large"] = Page(b"x" * 1_000_000)
    answer = raw(proxy, f"GET {pages.url}/large HTTP/1.1\r\n\r\n")
    assert 100_000 < len(answer) < 250_000


def test_a_name_that_changes_its_address_after_the_check_is_refused(
    proxy: FenceProxy, pages: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def place(address: str) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, pages.port))]

    find = socket.getaddrinfo
    answers = iter([place("8.8.8.8"), place("127.0.0.1")])
    fence = AddressFence(False)
    monkeypatch.setattr(proxy, "fence", fence)
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: next(answers) if host == "rebinding.example" else find(host, *a, **k),
    )
    assert get(proxy, f"http://rebinding.example:{pages.port}/").status_code == 403
    assert pages.paths == []


def test_a_proxy_of_the_environment_is_used_and_written_addresses_are_checked_before_it(
    proxy: FenceProxy, pages: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.pages["http://name.invalid/"] = "by proxy"
    monkeypatch.setattr(proxy, "fence", AddressFence(["name.invalid"]))
    monkeypatch.setenv("http_proxy", pages.url.replace("//", "//me:pass@"))
    assert get(proxy, "http://name.invalid/").text == "by proxy"
    path, headers = pages.requests[0]
    assert (path, headers["proxy-authorization"]) == ("http://name.invalid/", "Basic bWU6cGFzcw==")
    assert get(proxy, "http://169.254.169.254/").status_code == 403
    assert len(pages.requests) == 1


def test_a_tunnel_leads_through_a_proxy_of_the_environment(
    proxy: FenceProxy, pages: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(proxy, "fence", AddressFence())
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{other.getsockname()[1]}")

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                asked.append(connection.recv(1000).decode())
                connection.sendall(b"HTTP/1.1 200 Through\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert raw(proxy, "CONNECT name.invalid:443 HTTP/1.1\r\nHost: x\r\n\r\n") == b"HTTP/1.1 200 Through\r\n\r\n"
        thread.join()
    assert asked == ["CONNECT name.invalid:443 HTTP/1.1\r\nHost: x\r\n\r\n"]
