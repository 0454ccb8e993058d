"""The cache in Redis, against a real server on this machine."""

from __future__ import annotations

import json
import logging
import pickle
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import Cache, OpenAIWrapper
from autogen_classic.cache.redis_cache import RedisCache
from autogen_classic.testing import MockOpenAIServer

redis = pytest.importorskip("redis")
SERVER = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed")

MESSAGES = [{"role": "user", "content": "Hi."}]


class RedisServer:
    """A server at a free port of this machine, which writes nothing to disk."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.url = f"redis://127.0.0.1:{port}/0"
        self._process = subprocess.Popen([SERVER or "", *options], stdout=subprocess.PIPE, text=True)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return
        pytest.fail("redis-server ended before it was ready")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.chdir(tmp_path)
    running = RedisServer(tmp_path)
    yield running
    running.kill()


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer(default="fine") as running:
        yield running


def raw(server: RedisServer) -> dict[bytes, bytes]:
    """What is in the server, without our code."""
    with redis.Redis.from_url(server.url) as client:
        return {key: client.get(key) for key in client.scan_iter()}


def test_values_are_kept_for_the_next_program(server: RedisServer) -> None:
    with Cache.redis(3, server.url) as cache:
        cache.set("key", {"a": ["ö", None, 1.5]})
        assert cache.get("other", 7) == 7
    with Cache.redis(3, server.url) as cache:
        assert cache.get("key") == {"a": ["ö", None, 1.5]}


def test_another_seed_is_another_cache(server: RedisServer) -> None:
    with Cache.redis(1, server.url) as one, Cache.redis(2, server.url) as other:
        one.set("key", 1)
        assert other.get("key") is None


def test_what_is_in_the_server_is_json_under_a_prefix(server: RedisServer) -> None:
    with Cache.redis(3, server.url) as cache:
        cache.set("key", {"a": 1})
    assert {key: json.loads(value) for key, value in raw(server).items()} == {b"autogen:3:key": {"a": 1}}


def test_what_json_cannot_hold_is_refused(server: RedisServer) -> None:
    with Cache.redis(3, server.url) as cache, pytest.raises(TypeError, match="JSON cannot hold"):
        cache.set("key", {1, 2})
    assert raw(server) == {}


@pytest.mark.parametrize("value", [b"cos\nsystem\n(S'touch caught'\ntR.", b"\x80\x05K\x01.", b"\xff", b"[" * 100_000])
def test_a_damaged_entry_is_asked_again_and_repaired(
    value: bytes, server: RedisServer, model: MockOpenAIServer, tmp_path: Path
) -> None:
    wrapper = OpenAIWrapper(config_list=[model.config()])
    with Cache.redis(3, server.url) as cache:
        wrapper.create(messages=MESSAGES, cache=cache)
        with redis.Redis.from_url(server.url) as client:
            (key,) = client.keys()
            client.set(key, value)
        assert [wrapper.create(messages=MESSAGES, cache=cache).choices[0].message.content for _ in "ab"] == ["fine"] * 2
    assert len(model.requests) == 2
    assert not (tmp_path / "caught").exists()


@pytest.mark.parametrize("value", [pickle.dumps({"a": 1}), pickle.dumps({"a": 1}, 0), b"\xff", b""])
def test_an_entry_that_is_not_json_is_a_miss_with_one_warning(
    value: bytes, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Cache.redis(3, server.url) as cache:
        with redis.Redis.from_url(server.url) as client:
            client.set("autogen:3:key", value)
        assert [cache.get("key", "missing") for _ in "ab"] == ["missing"] * 2
        cache.set("key", 2)
        assert cache.get("key") == 2
    (record,) = caplog.records
    assert "Redis under autogen:3 counts as missing, because it is not JSON" in record.getMessage()


def test_programs_may_ask_for_the_key_in_the_server() -> None:
    with RedisCache(3, "redis://127.0.0.1:1/0") as cache:
        assert cache._prefixed_key("key") == "autogen:3:key"  # type: ignore[attr-defined]


def test_the_second_request_is_answered_from_redis(server: RedisServer, model: MockOpenAIServer) -> None:
    for _ in range(2):
        with Cache.redis(3, server.url) as cache:
            wrapper = OpenAIWrapper(config_list=[model.config(price=[1, 1])])
            wrapper.create(messages=MESSAGES, cache=cache)
    assert len(model.requests) == 1
    assert wrapper.actual_usage_summary is None
    assert wrapper.total_usage_summary is not None


def test_a_server_that_is_lost_in_mid_chat_costs_no_reply(
    server: RedisServer, model: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    wrapper = OpenAIWrapper(config_list=[model.config(price=[1, 1])])

    def ask(text: str) -> Any:
        return wrapper.create(messages=[{"role": "user", "content": text}], cache=cache).choices[0].message.content

    with Cache.redis(3, server.url) as cache:
        assert ask("before") == "fine"
        server.kill()
        assert [ask(f"turn {number}") for number in range(5)] == ["fine"] * 5
    texts = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert 1 <= len(texts) <= 4
    assert all("cached" in text and "Connect" in text for text in texts)


def test_a_lost_server_is_asked_twice_and_not_waited_for(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = RedisCache(3, server.url)
    server.kill()
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    with pytest.raises(redis.ConnectionError):
        cache.get("key")
    assert slept in ([], [0])
    cache.close()


def test_limits_of_time_in_the_address_are_kept() -> None:
    settings = RedisCache(1, "redis://127.0.0.1:1/0?socket_timeout=60").cache.connection_pool.connection_kwargs
    assert (settings["socket_timeout"], settings["socket_connect_timeout"]) == (60, 2)
