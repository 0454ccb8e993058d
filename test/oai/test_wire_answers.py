"""Answers that are not what the API promises, as gateways and servers of other makers give them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any
from unittest.mock import MagicMock

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


CALL = {"id": "a", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    ("said", "repeated"),
    [
        ({"content": "Good day."}, {"message": {"role": "assistant", "content": "Good day, all of you."}}),
        ({"content": "Good day."}, {"text": "Good day."}),
        ({"tool_calls": [{"index": 0, **CALL}]}, {"message": {"role": "assistant", "tool_calls": [CALL]}}),
    ],
    ids=["message", "text", "calls"],
)
def test_what_stands_beside_an_empty_delta_is_not_added(
    said: dict[str, Any], repeated: dict[str, Any], asynchronous: bool
) -> None:
    body = streamed(choice(delta=said, finish_reason=None), choice(delta={}, **repeated))
    with serving(body, "text/event-stream") as entry:
        message = ask(entry, asynchronous=asynchronous, stream=True).choices[0].message
    assert (message.content or None) == said.get("content")
    calls = [call.function.arguments for call in message.tool_calls or ()]
    assert calls == ['{"a": 1}' for _ in said.get("tool_calls", ())]


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
    assert (calls_within_the_library(220) - calls_within_the_library(20)) / 200 <= 12.5  # a collection may call more


def test_chunks_that_a_program_makes_up_are_read_by_their_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    def chunk(word: str, finish_reason: str | None) -> MagicMock:
        made = MagicMock(id="1", created=1, model="m", usage=None)
        delta = MagicMock(content=word, refusal=None, reasoning_content=None, function_call=None, tool_calls=None)
        made.choices = [MagicMock(index=0, delta=delta, finish_reason=finish_reason, error=None)]
        return made

    def create(*_arguments: object, **_settings: object) -> Any:
        return nullcontext([chunk("Hel", None), chunk("lo", "stop")])

    monkeypatch.setattr("openai.resources.chat.completions.Completions.create", create)
    answer = ask({"model": "m", "api_key": "k"}, stream=True)
    assert answer.choices[0].message.content == "Hello"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ([{"delta": {"content": "\ud83d"}}, {"delta": {"content": "\ude00"}}], "\U0001f600"),
        ([{"delta": "Good "}, {"delta": "day."}], "Good day."),
        ([{"text": "Good "}, {"text": "day."}], "Good day."),
    ],
)
def test_streams_of_other_shapes_are_read_for_what_they_say(said: list[dict[str, Any]], text: str) -> None:
    pieces = [choice(**{"finish_reason": None, **part}) for part in said]
    with serving(streamed(*pieces, choice(delta={})), "text/event-stream") as entry:
        assert ask(entry, stream=True).choices[0].message.content == text


def test_one_streamed_call_outside_a_list_is_one_call() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    with serving(
        streamed(choice(delta={"tool_calls": call}, finish_reason="tool_calls")), "text/event-stream"
    ) as entry:
        (made,) = ask(entry, stream=True).choices[0].message.tool_calls
    assert (made.id, made.function.name) == ("c1", "look")


@pytest.mark.parametrize("stream", [False, True])
def test_calls_without_ids_get_ids_of_their_own(stream: bool) -> None:
    calls = [{"type": "function", "function": {"name": name, "arguments": "{}"}} for name in ("look", "listen")]
    said = choice(finish_reason="tool_calls", **{"delta" if stream else "message": {"tool_calls": calls}})
    body = streamed(said) if stream else json.dumps({"model": "m", "choices": [said]}).encode()
    with serving(body, "text/event-stream" if stream else "application/json") as entry:
        made = ask(entry, stream=stream).choices[0].message.tool_calls
    assert [call.function.name for call in made] == ["look", "listen"]
    assert all(call.id.startswith("call_") for call in made)
    assert made[0].id != made[1].id


def test_a_stream_without_a_piece_of_an_answer_says_so() -> None:
    with (
        serving(b"<html>Sign in</html>", "text/event-stream") as entry,
        pytest.raises(Exception, match="no piece of an"),
    ):
        ask(entry, stream=True)
