"""When a provider asks to wait: how long, how often, and who waits for whom."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import openai
import pytest

from autogen_classic._core.request_context import asking_agent
from autogen_classic.oai._http import retries as room
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.testing import error

HELLO = [{"role": "user", "content": "hi"}]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds of every wait, instead of waiting."""
    noted: list[float] = []

    async def note(seconds: float, result: Any = None) -> None:
        noted.append(seconds)

    with monkeypatch.context() as patches:
        patches.setattr("time.sleep", noted.append)
        patches.setattr("anyio.sleep", note)
        yield noted


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Any:
    """Ask a list of configurations, once by create and once by a_create."""

    def run(*configs: dict[str, Any]) -> Any:
        asked = OpenAIWrapper(config_list=list(configs), cache_seed=None)
        if request.param == "sync":
            return asked.create(messages=HELLO)
        return asyncio.run(asked.a_create(messages=HELLO))

    return run


# ---- the SDK of OpenAI


def test_a_rate_limit_is_waited_for_as_long_as_the_server_asks(serve: Any, ask: Any, waits: list[float]) -> None:
    server = serve(error(429, retry_after=7), error(429, retry_after=3), "Hello.")
    assert ask(server.config()).config_id == 0
    assert waits == [7, 3]


def test_without_a_word_of_the_server_waits_grow_and_differ(serve: Any, ask: Any, waits: list[float]) -> None:
    server = serve(*(error(500) for _ in range(4)), "Hello.")
    ask(server.config(max_retries=4))
    for wait, longest in zip(waits, (0.5, 1, 2, 4), strict=True):
        assert 0.7 * longest <= wait <= longest


def test_max_retries_says_how_often_a_configuration_is_asked(serve: Any, ask: Any) -> None:
    first, second = serve(*(error(429, retry_after=1) for _ in range(9))), serve("Hello.")
    assert ask(first.config(max_retries=3), second.config()).config_id == 1
    assert len(first.requests) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_does_not_pass_is_not_asked_again(serve: Any, ask: Any, status: int, waits: list[float]) -> None:
    server = serve(error(status))
    with pytest.raises(openai.APIStatusError):
        ask(server.config())
    assert len(server.requests) == 1
    assert waits == []


# ---- the SDKs that do not retry


class RefusedError(Exception):
    def __init__(self, status: int, wait: float | None = None) -> None:
        super().__init__(status)
        self.refusal = room.Refusal(status, wait)


class Server:
    """Raises one error after the other, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.requests = list(failures), 0

    def __call__(self) -> str:
        self.requests += 1
        if self.failures:
            raise self.failures.pop(0)
        return "Hello."


def ask_again(server: Server, max_retries: Any = None) -> Any:
    pytest.importorskip("tenacity", reason="it comes with the providers that need it")
    return room.ask_again(server, lambda failure: getattr(failure, "refusal", None), max_retries)


def test_asking_again_waits_as_long_as_the_server_asks(waits: list[float]) -> None:
    assert ask_again(Server(RefusedError(429, 5), RefusedError(503, 0.5))) == "Hello."
    assert waits == [5, 0.5]


def test_asking_again_waits_longer_each_time(waits: list[float]) -> None:
    ask_again(Server(*(RefusedError(500) for _ in range(4))), 4)
    for wait, least in zip(waits, (0.5, 1, 2, 4), strict=True):
        assert least <= wait <= least + 0.5


def test_asking_again_ends_with_the_last_error() -> None:
    server = Server(*(RefusedError(429) for _ in range(9)))
    with pytest.raises(RefusedError):
        ask_again(server, 1)
    assert server.requests == 2


@pytest.mark.parametrize("failure", [RefusedError(400), RefusedError(401), RefusedError(429, 3600), ValueError("bug")])
def test_what_does_not_pass_soon_is_raised_at_once(failure: Exception, waits: list[float]) -> None:
    with pytest.raises(type(failure)):
        ask_again(Server(failure))
    assert waits == []


def test_a_lost_connection_is_asked_again() -> None:
    assert ask_again(Server(room.TRANSPORT_ERRORS[0]("reset"))) == "Hello."


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "7", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sat, 01 Jan 2000 00:00:00 GMT"}, 0),
        ({"retry-after": "-1"}, 0),
        ({"retry-after": "soon"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_wait_stands_in_the_headers(headers: dict[str, str] | None, seconds: float | None) -> None:
    assert room.seconds_to_wait(headers) == seconds


def test_the_wait_may_be_a_date() -> None:
    in_an_hour = datetime.now(timezone.utc) + timedelta(hours=1)
    assert 3500 < room.seconds_to_wait({"retry-after": format_datetime(in_an_hour, usegmt=True)}) <= 3600


# ---- api_rate_limit


def test_each_configuration_has_a_rate_limit_of_its_own(
    serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    first, second = serve("one", "two"), serve("three", "four")
    filtered = {"filter_func": lambda context, response: False}
    asked = OpenAIWrapper(
        config_list=[first.config(api_rate_limit=0.5, **filtered), second.config(api_rate_limit=0.1)], cache_seed=None
    )
    asked.create(messages=HELLO)
    asked.create(messages=HELLO)
    assert waits == [2, 10]


# ---- clients that cannot be awaited


class Meeting:
    """A client whose requests end when all of them are there."""

    def __init__(self, everybody: int) -> None:
        self.barrier = threading.Barrier(everybody)
        self.agents: set[Any] = set()

    def create(self, params: dict[str, Any]) -> Any:
        self.agents.add(asking_agent.get())
        self.barrier.wait(timeout=30)
        return SimpleNamespace(choices=[], model="m", usage=None)

    def message_retrieval(self, response: Any) -> list[str]:
        return []

    def cost(self, response: Any) -> float:
        return 0

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        return {}


def test_clients_in_threads_do_not_wait_for_each_other() -> None:
    client = Meeting(everybody=60)
    asked = OpenAIWrapper(config_list=[{"model": "m", "model_client": client}], cache_seed=None)

    async def everybody() -> None:
        await asyncio.gather(*(asked.a_create(messages=HELLO, agent=number) for number in range(60)))

    asyncio.run(everybody())
    assert client.agents == set(range(60))
