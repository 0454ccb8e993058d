"""What a hit costs, in counted work: statements, opened files, and texts written and read as JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from autogen_classic import Cache, OpenAIWrapper
from autogen_classic.cache import _store
from autogen_classic.testing import MockOpenAIServer

SEEDS = pytest.mark.parametrize("how", ["the seed", "a cache"])


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ask() -> Iterator[Callable[..., Any]]:
    """Ask with a chat of some length, through the default seed or through a cache that is open."""
    with MockOpenAIServer(default="fine") as server, Cache.disk(5, "own") as cache:
        wrapper = OpenAIWrapper(config_list=[server.config(price=[1, 1])])

        def create(length: int, how: str) -> Any:
            messages = [{"role": "user", "content": f"message {number} " * 10} for number in range(length)]
            return wrapper.create(messages=messages, **({"cache": cache} if how == "a cache" else {}))

        yield create


class Counts:
    """Counts what is done while it is in ``with``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.opened: list[Any] = []
        self.statements: list[str] = []
        self.written = self.read = 0

    def __enter__(self) -> Counts:
        real_connect, real_encode, real_decode = sqlite3.connect, json.JSONEncoder.encode, json.JSONDecoder.decode
        counts = self

        def connect(*arguments: Any, **settings: Any) -> Any:
            counts.opened.append(arguments)
            return real_connect(*arguments, **settings)

        def encode(encoder: json.JSONEncoder, value: Any) -> str:
            counts.written += 1
            return real_encode(encoder, value)

        def decode(decoder: json.JSONDecoder, text: str) -> Any:
            counts.read += 1
            return real_decode(decoder, text)

        self._monkeypatch.setattr(_store.sqlite3, "connect", connect)
        self._monkeypatch.setattr(json.JSONEncoder, "encode", encode)
        self._monkeypatch.setattr(json.JSONDecoder, "decode", decode)
        for cache in _store._all_caches:
            if cache._connection is not None:
                cache._connection.set_trace_callback(self.statements.append)
        return self

    def __exit__(self, *_error: object) -> None:
        for cache in _store._all_caches:
            if cache._connection is not None:
                cache._connection.set_trace_callback(None)
        self._monkeypatch.undo()


@SEEDS
def test_a_hit_is_one_statement_on_a_file_that_is_open(
    how: str, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(20, how)
    with monkeypatch.context() as patch, Counts(patch) as counts:
        ask(20, how)
    assert counts.opened == []
    assert len(counts.statements) == 1
    assert counts.statements[0].startswith("SELECT")


@SEEDS
def test_a_hit_writes_the_request_once_and_reads_the_answer_once(
    how: str, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(20, how)
    with monkeypatch.context() as patch, Counts(patch) as counts:
        ask(20, how)
    assert (counts.written, counts.read) == (1, 1)


@SEEDS
def test_the_work_of_a_hit_does_not_grow_with_the_chat(
    how: str, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = []
    for length in (2, 400):
        ask(length, how)
        with monkeypatch.context() as patch, Counts(patch) as counts:
            ask(length, how)
        work.append((len(counts.statements), counts.written, counts.read))
    assert work[0] == work[1]


def test_a_miss_looks_and_writes_once(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(1, "the seed")
    with monkeypatch.context() as patch, Counts(patch) as counts:
        ask(2, "the seed")
    assert counts.opened == []
    work = list(dict.fromkeys(counts.statements))  # SQLite names a statement again for each of its triggers
    # The answer; within a transaction the row that is to be replaced, the new row, and rows whose time is over.
    assert [text.split()[0] for text in work] == ["SELECT", "BEGIN", "SELECT", "INSERT", "SELECT", "COMMIT"]


def test_a_hit_is_checked_by_pydantic_in_one_go(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # openai's own `construct` walks an answer part by part, in Python; it is for answers of lenient servers.
    ask(1, "the seed")
    walked: list[Any] = []
    monkeypatch.setattr(ChatCompletion, "construct", classmethod(lambda cls, **fields: walked.append(fields)))
    assert ask(1, "the seed").choices[0].message.content == "fine"
    assert walked == []
