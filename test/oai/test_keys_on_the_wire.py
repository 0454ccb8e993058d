"""Keys on their way: none at all, broken ones, and those in the query of an address."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest

from autogen_classic.errors import UnusableKeyError
from autogen_classic.oai import OpenAIWrapper
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

HELLO = [{"role": "user", "content": "hi"}]
BODY = b'{"model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "Hello."}}]}'

ways = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@pytest.fixture
def requests() -> Any:
    """The requests that have come to a server, and the server's address."""
    seen: list[HttpRequest] = []

    async def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(200, BODY)

    server = HttpServer(answer, "127.0.0.1", 0)
    server.start()
    yield seen, f"http://127.0.0.1:{server.port}/v1"
    server.stop()


def ask(entry: dict[str, Any], *others: dict[str, Any], asynchronous: bool = False) -> Any:
    entries = [{"model": "m", "max_retries": 0, "price": [0, 0], **one} for one in (entry, *others)]
    wrapper = OpenAIWrapper(config_list=entries, cache_seed=None)
    if asynchronous:
        return asyncio.run(wrapper.a_create(messages=HELLO))
    return wrapper.create(messages=HELLO)


@ways
def test_an_empty_key_for_a_server_of_ones_own_lets_the_request_go_out(requests: Any, asynchronous: bool) -> None:
    seen, address = requests
    assert ask({"api_key": "", "base_url": address}, asynchronous=asynchronous).choices[0].message.content == "Hello."
    assert len(seen) == 1


@ways
def test_an_empty_key_beside_a_client_of_http_leaves_its_header_alone(requests: Any, asynchronous: bool) -> None:
    seen, address = requests
    with httpx.Client(headers={"Authorization": "Token own"}) as client:
        ask({"api_key": "", "base_url": address, "http_client": client}, asynchronous=asynchronous)
    assert seen[0].headers["authorization"] == "Token own"


@ways
@pytest.mark.parametrize("key", ["key\n", "key\r\n", " key", "k\u00fc\u00fcy", "k\x00y"])
def test_a_key_that_cannot_be_sent_is_named_and_the_next_configuration_asked(
    requests: Any, key: str, asynchronous: bool
) -> None:
    seen, address = requests
    broken = {"api_key": key, "base_url": address}
    with pytest.raises(UnusableKeyError, match="api_key cannot be sent") as raised:
        ask(broken, asynchronous=asynchronous)
    assert "network" not in str(raised.value)
    assert seen == []
    ask(broken, {"api_key": "key", "base_url": address}, asynchronous=asynchronous)
    assert len(seen) == 1


def test_a_broken_key_of_the_environment_is_named_too(requests: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key\n")
    with pytest.raises(UnusableKeyError):
        ask({"base_url": requests[1]})


@ways
def test_a_key_in_the_query_is_not_logged(requests: Any, asynchronous: bool, caplog: pytest.LogCaptureFixture) -> None:
    seen, address = requests
    secret = "planted-0123456789abcdef"
    with caplog.at_level(logging.DEBUG):
        entry = {"api_key": "k", "base_url": address, "default_query": {"api-key": secret, "page": "2"}}
        ask(entry, asynchronous=asynchronous)
    assert secret in seen[0].query
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("httpx", "openai"))]
    assert any("HTTP Request" in line for line in lines)
    assert not any(secret in line for line in lines)
