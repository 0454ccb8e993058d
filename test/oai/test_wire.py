"""What goes over the wire, and how: past the slow walk of the openai package, unless somebody stands in its way."""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import openai
import pytest
from openai.resources.chat.completions import AsyncCompletions, Completions
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from autogen_classic.oai import client as client_room
from autogen_classic.oai._http import connections
from autogen_classic.oai.client import OpenAIClient, OpenAIWrapper
from autogen_classic.testing import MockOpenAIServer, pieces
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

HELLO = [{"role": "user", "content": "hi"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Add.",
        "parameters": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]},
    },
}
CONVERSATION = [
    {"role": "system", "content": "You add. Ünïcode."},
    {"role": "user", "content": [{"type": "text", "text": "1+1"}, {"type": "image_url", "image_url": {"url": "x"}}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "1", "type": "function", "function": {"name": "add", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "1", "content": "2", "unknown_to_the_sdk": [1]},
]


def wrapper(server: MockOpenAIServer, **more: Any) -> OpenAIWrapper:
    return OpenAIWrapper(config_list=[server.config(max_retries=0, **more)], cache_seed=None)


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Any:
    """Ask a wrapper, once by create and once by a_create."""
    if request.param == "sync":
        return lambda wrapper, **settings: wrapper.create(**settings)
    return lambda wrapper, **settings: asyncio.run(wrapper.a_create(**settings))


def calls_of_create(work: Callable[[], Any]) -> int:
    """How often a function called create of the openai package's endpoints runs."""
    return calls_of(work, lambda module, name: name == "create" and module.startswith("openai.resources"))


def calls_of(work: Callable[[], Any], is_meant: Callable[[str, str], bool]) -> int:
    """How often the functions run that are meant, each known by its module and its name."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call" and is_meant(frame.f_globals.get("__name__", ""), frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def answer_of(text: str) -> ChatCompletion:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return ChatCompletion.model_validate(
        {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4", "choices": [choice]}
    )


def text_of(response: Any) -> Any:
    return response.choices[0].message.content


# ---- the short way


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_does_not_pass_the_sdks_walk_through_its_messages(serve: Any, ask: Any, stream: bool) -> None:
    server = serve("one", "two")
    asked = wrapper(server, stream=stream)
    ask(asked, messages=HELLO)  # what is loaded on first use is loaded now
    assert calls_of_create(lambda: ask(asked, messages=CONVERSATION)) == 0
    assert server.requests[1]["messages"] == CONVERSATION


def test_the_package_makes_no_objects_of_the_pieces_of_a_stream(serve: Any, ask: Any) -> None:
    asked = wrapper(serve(*(pieces(*number * ["word "]) for number in (1, 5, 50))), stream=True)
    ask(asked, messages=HELLO)  # what is loaded on first use is loaded now
    few, many = (
        calls_of(lambda: ask(asked, messages=HELLO), lambda module, name: module == "openai._models") for _ in range(2)
    )
    assert few == many


@pytest.fixture
def recorded() -> Iterator[tuple[openai.OpenAI, list[Any]]]:
    """A client of the openai package, and the HTTP requests that it sends, each with body, address and headers."""
    seen: list[Any] = []

    async def answer(request: HttpRequest) -> HttpResponse:
        if request.path.endswith("/chat/completions"):
            body = answer_of("text").model_dump_json().encode()
        else:
            body = b'{"id":"1","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"t"}]}'
        seen.append((request.path, request.query, request.headers, json.loads(request.body)))
        return HttpResponse(200, body)

    server = HttpServer(answer, "127.0.0.1", 0)
    server.start()
    try:
        with openai.OpenAI(api_key="sk-test", base_url=f"http://127.0.0.1:{server.port}/v1") as client:
            yield client, seen
    finally:
        server.stop()


SETTINGS = [
    {"messages": HELLO},
    {"messages": CONVERSATION, "tools": [TOOL], "tool_choice": "auto", "temperature": 0.5, "stop": ["a", "b"], "n": 1},
    {"messages": HELLO, "extra_headers": {"X-Trace": "7"}, "extra_query": {"q": "1"}, "extra_body": {"top_k": 3}},
    {"messages": HELLO, "extra_body": {"temperature": 1}, "temperature": 0, "timeout": 7.5},
    {"messages": HELLO, "timeout": None},
    {"messages": HELLO, "timeout": openai.Timeout(9, connect=3)},
    {"messages": HELLO, "timeout": openai.NOT_GIVEN, "extra_headers": None, "extra_body": None},
    {"messages": HELLO, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}},
    {"messages": HELLO, "seed": openai.NOT_GIVEN, "user": "ünï"},
    {"messages": (*HELLO,), "metadata": {"a": "b"}},
    {"messages": [ChatCompletionMessage(role="assistant", content="said")]},
    {"prompt": "Once", "max_tokens": 3},
    {"prompt": ["Once", "Twice"], "extra_body": {"x": 1}},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(settings))
def test_the_request_is_the_one_that_create_sends(recorded: Any, settings: dict[str, Any]) -> None:
    client, seen = recorded
    params = {"model": "gpt-4", **settings}
    OpenAIClient(client).create(params)
    endpoint = client.chat.completions if "messages" in params else client.completions
    endpoint.create(**params, stream=False)
    ours, theirs = seen
    assert ours == theirs


@pytest.mark.parametrize("key", ["api_key", "azure_ad_token"])
def test_azure_is_asked_at_the_deployment_of_the_model(serve: Any, ask: Any, key: str) -> None:
    server = serve("Hello.")
    azure = {"model": "gpt-4.1", "api_type": "azure", "api_version": "2024-02-01", "base_url": server.url, key: "k"}
    ask(OpenAIWrapper(config_list=[azure], cache_seed=None), messages=HELLO)
    assert [request.path for request in server.requests] == ["/openai/deployments/gpt-41/chat/completions"]


def test_an_azure_client_without_a_deployment_is_asked_at_that_of_the_model(serve: Any) -> None:
    server = serve("Hello.")
    client = openai.AzureOpenAI(azure_endpoint=server.url, api_key="k", api_version="2024-02-01")
    with client:
        OpenAIClient(client).create({"model": "mine", "messages": HELLO})
    assert [request.path for request in server.requests] == ["/openai/deployments/mine/chat/completions"]


# ---- who wants to see the call of create, sees it


@pytest.fixture
def noted() -> list[dict[str, Any]]:
    """The calls of create that were seen."""
    return []


def watch_the_class(monkeypatch: pytest.MonkeyPatch, watch: Callable[[Any], Any]) -> None:
    for kind in (Completions, AsyncCompletions):
        monkeypatch.setattr(kind, "create", watch(kind.create))


def test_a_function_put_in_the_place_of_create_is_called(
    serve: Any, ask: Any, noted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(create: Any) -> Any:
        @functools.wraps(create)
        def watched(self: Any, **settings: Any) -> Any:
            noted.append(settings)
            return create(self, **settings)

        return watched

    asked = wrapper(serve("Hello."))
    watch_the_class(monkeypatch, watch)
    assert text_of(ask(asked, messages=HELLO)) == "Hello."
    assert noted == [{"model": "mock-model", "messages": HELLO, "stream": False}]


class Proxy:
    """An object around a function that claims to be equal to it, as those of wrapt do."""

    def __init__(self, wrapped: Any, noted: list[dict[str, Any]]) -> None:
        self.__wrapped__, self.noted = wrapped, noted

    def __call__(self, *args: Any, **settings: Any) -> Any:
        self.noted.append(settings)
        return self.__wrapped__(*args, **settings)

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == other)


def test_an_object_that_wraps_create_is_called(
    serve: Any, ask: Any, noted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = wrapper(serve("one", "two"))
    ask(asked, messages=HELLO)
    watch_the_class(monkeypatch, lambda create: Proxy(create, noted))
    assert text_of(ask(asked, messages=HELLO)) == "two"
    assert len(noted) == 1


def test_a_create_of_one_object_is_called(serve: Any, noted: list[dict[str, Any]]) -> None:
    server = serve("Hello.")
    with openai.OpenAI(api_key="sk-mock", base_url=server.base_url) as client:
        client.chat.completions.create = Proxy(client.chat.completions.create, noted)  # type: ignore[method-assign]
        OpenAIClient(client).create({"model": "m", "messages": HELLO})
    assert len(noted) == 1


def test_a_create_of_a_subclass_is_called(serve: Any, noted: list[dict[str, Any]]) -> None:
    class MyCompletions(Completions):
        def create(self, **settings: Any) -> Any:  # type: ignore[override]
            noted.append(settings)
            return super().create(**settings)

    server = serve("Hello.")
    with openai.OpenAI(api_key="sk-mock", base_url=server.base_url) as client:
        client.chat = SimpleNamespace(completions=MyCompletions(client))  # type: ignore[assignment]
        assert text_of(OpenAIClient(client).create({"model": "m", "messages": HELLO})) == "Hello."
    assert len(noted) == 1


def test_a_mock_in_the_place_of_the_sdks_client_is_asked_by_create(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = Mock()
    mock.return_value.chat.completions.create.return_value = answer_of("mocked")
    monkeypatch.setattr(client_room, "OpenAI", mock, raising=False)
    asked = OpenAIWrapper(config_list=[{"model": "gpt-4", "api_key": "k"}], cache_seed=None)
    assert text_of(asked.create(messages=HELLO)) == "mocked"


def test_a_parameter_of_another_interface_is_explained(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    with pytest.raises(TypeError, match="'built_in_tools'.*Only entries with an \"api_type\" of 'responses' may"):
        ask(wrapper(server), messages=HELLO, built_in_tools=["shell"])
    assert server.requests == []


def test_an_unknown_parameter_is_explained_and_nothing_sent(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    with pytest.raises(TypeError, match="unexpected keyword argument 'temprature'.*llm_config"):
        ask(wrapper(server), messages=HELLO, temprature=1)
    assert server.requests == []


# ---- who wants to see the pieces of a stream, sees objects of the openai package

CLIENTS, STREAMS = (openai.OpenAI, openai.AsyncOpenAI), (openai.Stream, openai.AsyncStream)


def reading(method: Any, seen: list[str]) -> Any:
    """What instrumentation puts in the place of a method: it reads the pieces of a stream that pass through it."""

    def read(said: Any) -> Any:
        if inspect.iscoroutine(said):
            return read_later(said)
        if inspect.isgenerator(said):
            return map(read, said)
        if inspect.isasyncgen(said):
            return (read(piece) async for piece in said)
        if isinstance(said, STREAMS):
            stream: Any = said
            stream._iterator = read(stream._iterator)
        else:
            seen.extend(choice.delta.content or "" for choice in said.choices)
        return said

    async def read_later(said: Any) -> Any:
        return read(await said)

    @functools.wraps(method)
    def watched(*args: Any, **settings: Any) -> Any:
        return read(method(*args, **settings))

    return watched


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        (CLIENTS, ("post", "post")),
        (CLIENTS, ("request", "request")),
        (CLIENTS, ("_process_response_data", "_process_response_data")),
        (STREAMS, ("__stream__", "__stream__")),
        (STREAMS, ("__iter__", "__aiter__")),
    ],
    ids=lambda value: value[0] if isinstance(value[0], str) else "",
)
def test_a_function_in_the_place_of_a_method_that_pieces_pass_sees_them(
    serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch, kinds: tuple[type, type], names: tuple[str, str]
) -> None:
    seen: list[str] = []
    asked = wrapper(serve("Unseen.", pieces("Good ", "day."), "Unseen."), stream=True)
    ask(asked, messages=HELLO)
    with monkeypatch.context() as patched:
        for kind, name in zip(kinds, names, strict=True):
            patched.setattr(kind, name, reading(getattr(kind, name), seen))
        assert text_of(ask(asked, messages=HELLO)) == "Good day."
    ask(asked, messages=HELLO)
    assert "".join(seen) == "Good day."


def test_an_object_that_wraps_the_clients_request_gets_objects(
    serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    for kind in CLIENTS:
        monkeypatch.setattr(kind, "request", Proxy(kind.request, seen))
    assert text_of(ask(wrapper(serve("Hello."), stream=True), messages=HELLO)) == "Hello."
    assert [str(settings["stream_cls"]).rpartition(".")[2] for settings in seen] == ["ChatCompletionChunk]"]


def test_a_request_of_one_client_sees_the_pieces(serve: Any) -> None:
    seen: list[str] = []
    with openai.OpenAI(api_key="sk-mock", base_url=serve("Hello.").base_url) as client:
        client.request = reading(client.request, seen)  # type: ignore[method-assign]
        OpenAIClient(client).create({"model": "m", "messages": HELLO, "stream": True})
    assert "".join(seen) == "Hello."


def test_a_method_of_a_subclass_of_the_client_sees_the_pieces(serve: Any) -> None:
    seen: list[str] = []

    class Reader(openai.OpenAI):
        _process_response_data = reading(openai.OpenAI._process_response_data, seen)

    with Reader(api_key="sk-mock", base_url=serve("Hello.").base_url) as client:
        OpenAIClient(client).create({"model": "m", "messages": HELLO, "stream": True})
    assert "".join(seen) == "Hello."


# ---- connections


def test_all_wrappers_of_an_endpoint_share_its_connections(serve: Any, ask: Any) -> None:
    server = serve("one", "two")
    first, second = wrapper(server), wrapper(server, model="other")
    ask(first, messages=HELLO)
    ask(second, messages=HELLO)
    pools = {id(asked._clients[0]._oai_client._client) for asked in (first, second)}
    assert pools == {id(connections.sync_pool(server.base_url))}
