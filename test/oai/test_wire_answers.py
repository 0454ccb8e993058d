"""Answers that are not what the API promises, as gateways and servers of other makers give them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

import autogen_classic
from autogen_classic.errors import UnusableAnswerError
from autogen_classic.oai import OpenAIWrapper
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

HELLO = [{"role": "user", "content": "hi"}]


@contextmanager
def serving(body: bytes, kind: str = "application/json") -> Iterator[dict[str, Any]]:
    """A server that always answers the same; yields the configuration that asks it."""

    async def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, body, kind)

    server = HttpServer(answer, "127.0.0.1", 0)
    server.start()
    try:
        yield {"model": "m", "api_key": "k", "base_url": f"http://127.0.0.1:{server.port}/v1", "max_retries": 0}
    finally:
        server.stop()


def ask(*entries: dict[str, Any], asynchronous: bool = False, **settings: Any) -> Any:
    wrapper = OpenAIWrapper(config_list=[{**entry, "price": [0, 0]} for entry in entries], cache_seed=None)
    if asynchronous:
        return asyncio.run(wrapper.a_create(messages=HELLO, **settings))
    return wrapper.create(messages=HELLO, **settings)


def choice(**parts: Any) -> dict[str, Any]:
    return {"index": 0, "finish_reason": "stop", **parts}


def streamed(*parts: dict[str, Any] | str) -> bytes:
    chunks = [
        part if isinstance(part, str) else json.dumps({"id": "1", "created": 1, "model": "m", "choices": [part]})
        for part in parts
    ]
    return "".join(f"data: {chunk}\n\n" for chunk in (*chunks, "[DONE]")).encode()


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{not json", "'{not json', which cannot be read"),
        (b"", "'', which cannot be read"),
        (b'{"error": {"message": "quota"}}', "'message': 'quota'"),
        (b'{"choices": []}', "'choices': []"),
        (json.dumps({"choices": [choice(message=None)]}).encode(), "'message': None"),
    ],
)
def test_an_answer_that_is_no_completion_is_shown_with_its_address(body: bytes, said: str, asynchronous: bool) -> None:
    with serving(body) as entry, pytest.raises(UnusableAnswerError) as raised:
        ask(entry, asynchronous=asynchronous)
    assert said in str(raised.value)
    assert entry["base_url"] in str(raised.value)


def test_after_an_answer_that_cannot_be_read_the_next_configuration_is_asked() -> None:
    good = json.dumps({"model": "m", "choices": [choice(message={"role": "assistant", "content": "Good."})]})
    with serving(b"{not json") as first, serving(good.encode()) as second:
        assert ask(first, second).choices[0].message.content == "Good."


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_stream_that_cannot_be_read_is_shown_with_its_address(asynchronous: bool) -> None:
    body = streamed(choice(delta={"content": "Hel"}, finish_reason=None), "{not json")
    with serving(body, "text/event-stream") as entry, pytest.raises(UnusableAnswerError, match="not json") as raised:
        ask(entry, asynchronous=asynchronous, stream=True)
    assert entry["base_url"] in str(raised.value)


@pytest.mark.parametrize("index", [{"index": 0}, {}])
def test_streamed_calls_without_an_index_of_their_own_are_told_apart_by_their_ids(index: dict[str, int]) -> None:
    def part(**call: Any) -> dict[str, Any]:
        return choice(delta={"tool_calls": [{**index, **call}]}, finish_reason=None)

    body = streamed(
        part(id="a", type="function", function={"name": "add", "arguments": '{"a"'}),
        part(id="a", function={"arguments": ": 1}"}),
        part(id="b", type="function", function={"name": "sub", "arguments": "{}"}),
        choice(delta={}, finish_reason="tool_calls"),
    )
    with serving(body, "text/event-stream") as entry:
        calls = ask(entry, stream=True).choices[0].message.tool_calls
    said = [(call.id, call.function.name, call.function.arguments) for call in calls]
    assert said == [("a", "add", '{"a": 1}'), ("b", "sub", "{}")]


def calls_within_the_library(pieces: int) -> int:
    """How many functions of this library an answer of so many pieces takes in the thread that asks."""
    house = os.path.dirname(autogen_classic.__file__)
    calls = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code.co_filename.startswith(house)

    words = [choice(delta={"content": f"{number} "}, finish_reason=None) for number in range(pieces)]
    with serving(streamed(*words, choice(delta={})), "text/event-stream") as entry:
        sys.setprofile(count)
        try:
            answer = ask(entry, stream=True)
        finally:
            sys.setprofile(None)
    assert answer.choices[0].message.content.split() == [str(number) for number in range(pieces)]
    return calls


def test_a_piece_of_a_stream_takes_few_calls() -> None:
    calls_within_the_library(1)  # what is loaded and looked up once
    assert (calls_within_the_library(220) - calls_within_the_library(20)) / 200 <= 12
