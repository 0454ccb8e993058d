"""The mock server, spoken to by the real openai package."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest

from autogen_classic import ConversableAgent
from autogen_classic.testing import (
    MockOpenAIServer,
    Reply,
    choices,
    disconnect,
    echo,
    error,
    function_call,
    hang,
    pieces,
    tool_call,
    tool_calls,
)

# openai 3 has an error of its own for a broken stream; older ones let that of their HTTP library through.
BROKEN = "Connection error|incomplete chunked"
# The strict check of the openai package refuses the packed vectors that the package itself asks for.
PACKED = {"_strict_response_validation": False}
HELLO: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


@contextmanager
def sdk(server: MockOpenAIServer, **options: Any) -> Iterator[openai.OpenAI]:
    options = {"api_key": "sk-test", "max_retries": 0, "_strict_response_validation": True, **options}
    with openai.OpenAI(base_url=server.base_url, **options) as client:
        yield client


def ask(server: MockOpenAIServer, **changes: Any) -> Any:
    with sdk(server) as client:
        return client.chat.completions.create(**{**HELLO, **changes})


def ask_streaming(server: MockOpenAIServer, **changes: Any) -> list[Any]:
    with sdk(server) as client:
        return list(client.chat.completions.create(**{**HELLO, "stream": True, **changes}))


def texts(chunks: list[Any]) -> list[str]:
    return [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]


class TestReplies:
    def test_replies_come_in_their_order(self) -> None:
        with MockOpenAIServer(["one", "two"]) as server:
            assert [ask(server).choices[0].message.content for _ in range(2)] == ["one", "two"]

    def test_a_server_without_a_script_echoes(self) -> None:
        with MockOpenAIServer() as server:
            assert ask(server).choices[0].message.content == "hello"

    def test_a_default_answers_when_the_script_is_used_up(self) -> None:
        with MockOpenAIServer(["one"], default="again") as server:
            assert [ask(server).choices[0].message.content for _ in range(3)] == ["one", "again", "again"]

    def test_an_exhausted_script_is_refused_with_how_many_replies_there_were_and_what_was_asked(self) -> None:
        with MockOpenAIServer(["one"]) as server:
            ask(server)
            with pytest.raises(openai.BadRequestError, match=r"1 reply was scripted, and now number 2.*'hello'"):
                ask(server)

    def test_replies_can_be_added_while_it_runs(self) -> None:
        with MockOpenAIServer([]) as server:
            server.add("late")
            assert ask(server).choices[0].message.content == "late"

    def test_a_callable_sees_the_request(self) -> None:
        with MockOpenAIServer([lambda request: request.last_text.upper()]) as server:
            assert ask(server).choices[0].message.content == "HELLO"

    def test_an_asynchronous_callable_is_awaited(self) -> None:
        async def shout(request: Any) -> str:
            await asyncio.sleep(0)
            return f"async {request.last_text}"

        with MockOpenAIServer([shout]) as server:
            assert ask(server).choices[0].message.content == "async hello"

    def test_one_callable_answers_every_request(self) -> None:
        with MockOpenAIServer(lambda request: str(len(request.messages))) as server:
            assert [ask(server).choices[0].message.content for _ in range(2)] == ["1", "1"]

    def test_a_blocking_callable_does_not_hold_up_other_requests(self) -> None:
        other_was_answered = threading.Event()

        def wait_for_the_other(request: Any) -> str:
            assert other_was_answered.wait(10)
            return "first"

        with MockOpenAIServer([wait_for_the_other, "second"]) as server:
            answers: list[str] = []
            blocked = threading.Thread(target=lambda: answers.append(ask(server).choices[0].message.content))
            blocked.start()
            while not server.requests:
                pass
            answers.append(ask(server).choices[0].message.content)
            other_was_answered.set()
            blocked.join()
        assert answers == ["second", "first"]

    def test_what_a_callable_raises_reaches_the_test(self) -> None:
        def fail(request: Any) -> str:
            raise AssertionError("no tools were sent")

        def run() -> None:
            with MockOpenAIServer([fail]) as server, pytest.raises(openai.BadRequestError, match="no tools were sent"):
                ask(server)

        with pytest.raises(AssertionError, match="no tools were sent"):
            run()

    def test_unused_replies_can_be_asserted(self) -> None:
        with MockOpenAIServer(["one", "two"]) as server:
            ask(server)
        with pytest.raises(AssertionError, match=r"1 unused replies: \['two'\]"):
            server.assert_finished()

    def test_one_text_in_place_of_a_list_is_a_mistake(self) -> None:
        with pytest.raises(TypeError, match="put the one reply into a list"):
            MockOpenAIServer("hello")

    def test_a_reply_that_no_model_gives_is_named(self) -> None:
        def run() -> None:
            with MockOpenAIServer([42]) as server, pytest.raises(openai.BadRequestError, match="cannot be 42"):
                ask(server)

        with pytest.raises(TypeError, match="cannot be 42"):
            run()


class TestToolsAndChoices:
    def test_a_tool_call_arrives(self) -> None:
        with MockOpenAIServer([tool_call("add", a=1, b=2)]) as server:
            choice = ask(server).choices[0]
        assert choice.finish_reason == "tool_calls"
        assert choice.message.content is None
        assert (choice.message.tool_calls[0].function.name, choice.message.tool_calls[0].function.arguments) == (
            "add",
            '{"a": 1, "b": 2}',
        )

    def test_ids_of_tool_calls_are_unique(self) -> None:
        call = tool_call("add")
        with MockOpenAIServer([tool_calls(call, call), call]) as server:
            ids = [made.id for _ in range(2) for made in ask(server).choices[0].message.tool_calls]
        assert len(set(ids)) == 3

    def test_arguments_may_be_broken_json(self) -> None:
        with MockOpenAIServer([tool_call("add", '{"a": ')]) as server:
            assert ask(server).choices[0].message.tool_calls[0].function.arguments == '{"a": '

    def test_a_message_dict_is_sent_as_it_is(self) -> None:
        call = {"id": "call_x", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        with MockOpenAIServer([{"role": "assistant", "content": "see", "tool_calls": [call]}]) as server:
            message = ask(server).choices[0].message
        assert message.content == "see"
        assert message.tool_calls[0].id == "call_x"

    def test_a_function_call_of_the_older_style_arrives(self) -> None:
        with MockOpenAIServer([function_call("f", x=1)]) as server:
            choice = ask(server).choices[0]
        assert choice.finish_reason == "function_call"
        assert choice.message.function_call.arguments == '{"x": 1}'

    def test_n_repeats_a_reply(self) -> None:
        with MockOpenAIServer(["same"]) as server:
            assert [choice.message.content for choice in ask(server, n=3).choices] == ["same"] * 3

    def test_choices_may_differ(self) -> None:
        with MockOpenAIServer([choices("a", "b")]) as server:
            assert [choice.message.content for choice in ask(server, n=2).choices] == ["a", "b"]

    def test_json_mode_gives_an_object(self) -> None:
        with MockOpenAIServer(["plain", '{"a": 1}']) as server:
            answers = [ask(server, response_format={"type": "json_object"}).choices[0].message for _ in range(2)]
        assert [json.loads(answer.content) for answer in answers] == [{"reply": "plain"}, {"a": 1}]

    def test_usage_is_estimated_or_stated(self) -> None:
        with MockOpenAIServer(["12345678", Reply("x", usage=(100, 7))]) as server:
            first, second = ask(server).usage, ask(server).usage
        assert (first.prompt_tokens, first.completion_tokens, first.total_tokens) == (2, 2, 4)
        assert (second.prompt_tokens, second.completion_tokens, second.total_tokens) == (100, 7, 107)


class TestStreaming:
    def test_a_text_comes_in_words(self) -> None:
        with MockOpenAIServer(["one two three"]) as server:
            assert texts(ask_streaming(server)) == ["one ", "two ", "three"]

    def test_pieces_are_kept(self) -> None:
        with MockOpenAIServer([pieces("Hel", "lo"), ["a", "b"]]) as server:
            assert [texts(ask_streaming(server)) for _ in range(2)] == [["Hel", "lo"], ["a", "b"]]

    def test_pieces_are_joined_without_streaming(self) -> None:
        with MockOpenAIServer([pieces("Hel", "lo")]) as server:
            assert ask(server).choices[0].message.content == "Hello"

    def test_the_last_chunk_has_the_finish_reason(self) -> None:
        with MockOpenAIServer(["a b"]) as server:
            reasons = [chunk.choices[0].finish_reason for chunk in ask_streaming(server)]
        assert reasons == [None, None, None, "stop"]

    def test_usage_comes_last_when_it_is_asked_for(self) -> None:
        with MockOpenAIServer(["12345678"]) as server:
            chunks = ask_streaming(server, stream_options={"include_usage": True})
        assert chunks[-1].choices == []
        assert chunks[-1].usage.total_tokens == 4
        assert all(chunk.usage is None for chunk in chunks[:-1])

    def test_tool_calls_come_in_pieces_that_add_up(self) -> None:
        with MockOpenAIServer([tool_calls(tool_call("f", a=1, b="x y"), tool_call("g"))]) as server:
            chunks = ask_streaming(server)
        arguments = {0: "", 1: ""}
        names = []
        for chunk in chunks:
            for delta in chunk.choices[0].delta.tool_calls or []:
                arguments[delta.index] += delta.function.arguments or ""
                names += [delta.function.name] if delta.function.name else []
        assert names == ["f", "g"]
        assert [json.loads(text) for text in arguments.values()] == [{"a": 1, "b": "x y"}, {}]

    def test_choices_are_told_apart_by_their_index(self) -> None:
        with MockOpenAIServer([choices("a", "b")]) as server:
            chunks = ask_streaming(server, n=2)
        by_index = [(chunk.choices[0].index, chunk.choices[0].delta.content) for chunk in chunks]
        assert [pair for pair in by_index if pair[1]] == [(0, "a"), (1, "b")]

    def test_a_broken_stream_gives_its_pieces_and_then_an_error(self) -> None:
        received: list[str | None] = []

        def read() -> None:
            with sdk(server) as client:
                for chunk in client.chat.completions.create(**HELLO, stream=True):
                    received.append(chunk.choices[0].delta.content)

        with MockOpenAIServer([disconnect("Hel", "lo")]) as server, pytest.raises(Exception, match=BROKEN):
            read()
        assert received[-2:] == ["Hel", "lo"]

    def test_a_connection_that_breaks_before_the_answer_is_a_connection_error(self) -> None:
        with MockOpenAIServer([disconnect()]) as server, pytest.raises(openai.APIConnectionError):
            ask(server)


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (400, openai.BadRequestError),
            (401, openai.AuthenticationError),
            (403, openai.PermissionDeniedError),
            (404, openai.NotFoundError),
            (429, openai.RateLimitError),
            (500, openai.InternalServerError),
            (503, openai.InternalServerError),
        ],
    )
    def test_a_scripted_error_becomes_the_error_of_the_sdk(self, status: int, expected: type[Exception]) -> None:
        with MockOpenAIServer([error(status, "my text")]) as server, pytest.raises(expected, match="my text"):
            ask(server)

    def test_an_error_has_its_code(self) -> None:
        too_long = error(400, code="context_length_exceeded")
        with MockOpenAIServer([too_long]) as server, pytest.raises(openai.BadRequestError) as caught:
            ask(server)
        assert caught.value.code == "context_length_exceeded"

    def test_retry_after_is_sent(self) -> None:
        limit = error(429, retry_after=1.5)
        with MockOpenAIServer([limit]) as server, pytest.raises(openai.RateLimitError) as caught:
            ask(server)
        assert caught.value.response.headers["retry-after"] == "1.5"

    def test_an_exception_in_the_script_is_a_server_error(self) -> None:
        with (
            MockOpenAIServer([RuntimeError("boom")]) as server,
            pytest.raises(openai.InternalServerError, match="boom"),
        ):
            ask(server)

    def test_a_request_that_hangs_runs_into_the_timeout_of_the_client(self) -> None:
        with (
            MockOpenAIServer([hang()]) as server,
            sdk(server, timeout=0.1) as client,
            pytest.raises(openai.APITimeoutError),
        ):
            client.chat.completions.create(**HELLO)

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({"messages": []}, "'messages' is missing"),
            ({"messages": [{"content": "x"}]}, r"messages\[0\] is not an object with a 'role'"),
            ({"n": 0}, "'n' is 0"),
            ({"model": ""}, "'model' is missing"),
        ],
    )
    def test_a_request_that_is_not_valid_is_refused(self, changes: dict[str, Any], text: str) -> None:
        with MockOpenAIServer() as server, pytest.raises(openai.BadRequestError, match=text):
            ask(server, **changes)

    def test_an_unknown_model_is_refused_where_models_are_given(self) -> None:
        with (
            MockOpenAIServer(models=["known"]) as server,
            pytest.raises(openai.NotFoundError, match="'m' does not exist"),
        ):
            ask(server)

    def test_an_unknown_path_is_refused(self) -> None:
        with MockOpenAIServer() as server:
            assert raw(server, "POST", "/v1/other", "{}")[0] == 404

    def test_a_body_that_is_no_json_is_refused(self) -> None:
        with MockOpenAIServer() as server:
            status, body = raw(server, "POST", "/v1/chat/completions", "{")
        assert status == 400
        assert "is not JSON" in body["error"]["message"]


def raw(server: MockOpenAIServer, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, body, **options)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


class TestKeys:
    def test_a_wrong_key_is_refused_and_never_repeated(self) -> None:
        with (
            MockOpenAIServer(token="sk-right") as server,
            sdk(server, api_key="sk-wrong") as client,
            pytest.raises(openai.AuthenticationError) as caught,
        ):
            client.chat.completions.create(**HELLO)
        assert "sk-" not in str(caught.value)

    def test_the_right_key_is_in_the_config(self) -> None:
        with MockOpenAIServer(token="sk-right") as server, sdk(server, api_key=server.config()["api_key"]) as client:
            assert client.chat.completions.create(**HELLO).choices[0].message.content == "hello"

    def test_headers_are_recorded_without_the_key(self) -> None:
        with MockOpenAIServer() as server:
            ask(server)
        assert server.requests[0].headers["content-type"] == "application/json"
        assert "sk-test" not in str(server.requests[0].headers)

    def test_an_azure_client_is_served_and_its_key_not_recorded(self) -> None:
        with (
            MockOpenAIServer(token="sk-azure") as server,
            openai.AzureOpenAI(azure_endpoint=server.url, api_key="sk-azure", api_version="2024-06-01") as client,
        ):
            client.chat.completions.create(**{**HELLO, "model": "my-deployment"})
        assert server.requests[0].path == "/openai/deployments/my-deployment/chat/completions"
        assert "sk-azure" not in str(server.requests[0].headers)

    def test_azure_insists_on_an_api_version(self) -> None:
        with MockOpenAIServer() as server:
            status, body = raw(server, "POST", "/openai/deployments/d/chat/completions", json.dumps(HELLO))
        assert status == 404
        assert "api-version" in body["error"]["message"]


class TestRecords:
    def test_requests_are_recorded_with_their_status(self) -> None:
        with MockOpenAIServer(["one", error(500)]) as server:
            ask(server, temperature=0.5)
            with pytest.raises(openai.InternalServerError):
                ask(server)
        assert [request.status for request in server.requests] == [200, 500]
        assert server.requests[0]["temperature"] == 0.5
        assert server.requests[0].last_text == "hello"

    def test_llm_config_leads_to_this_server(self) -> None:
        with MockOpenAIServer() as server:
            assert server.llm_config(temperature=0) == {
                "config_list": [{"model": "mock-model", "base_url": server.base_url, "api_key": "sk-mock"}],
                "cache_seed": None,
                "temperature": 0,
            }

    def test_an_llm_config_asks_for_the_model_that_it_names(self) -> None:
        with MockOpenAIServer(["Hello."]) as server:
            agent = ConversableAgent("assistant", llm_config=server.llm_config(model="gpt-4o"))
            agent.generate_reply([{"role": "user", "content": "hi"}])
        assert server.requests[0].model == "gpt-4o"


class TestOtherEndpoints:
    def test_models_are_listed(self) -> None:
        with MockOpenAIServer(models=["a", "b"]) as server, sdk(server) as client:
            assert [model.id for model in client.models.list()] == ["a", "b"]

    def test_equal_texts_have_equal_vectors_of_the_length_asked_for(self) -> None:
        with MockOpenAIServer() as server, sdk(server, **PACKED) as client:
            answer = client.embeddings.create(model="e", input=["cats", "dogs", "cats"], dimensions=8)
        first, second, third = (item.embedding for item in answer.data)
        assert len(first) == 8
        assert first == third != second

    def test_texts_that_share_words_are_near(self) -> None:
        with MockOpenAIServer() as server, sdk(server) as client:
            answer = client.embeddings.create(
                model="e", input=["the red cat", "a red cat", "quantum field"], encoding_format="float"
            )
        cat, other_cat, physics = (item.embedding for item in answer.data)
        assert dot(cat, other_cat) > dot(cat, physics)
        assert dot(cat, cat) == pytest.approx(1.0)

    def test_both_encodings_hold_the_same_vector(self) -> None:
        with MockOpenAIServer() as server, sdk(server, **PACKED) as client:
            plain = client.embeddings.create(model="e", input="text", encoding_format="float").data[0].embedding
            packed = client.embeddings.create(model="e", input="text").data[0].embedding
        assert packed == pytest.approx(plain, abs=1e-6)

    def test_embeddings_without_input_are_refused(self) -> None:
        with MockOpenAIServer() as server:
            assert raw(server, "POST", "/v1/embeddings", json.dumps({"model": "e"}))[0] == 400


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


class TestAsynchronousClients:
    def test_an_asynchronous_client_is_served_both_ways(self) -> None:
        async def talk(server: MockOpenAIServer) -> tuple[str, list[str]]:
            async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", max_retries=0) as client:
                whole = await client.chat.completions.create(**HELLO)
                stream = await client.chat.completions.create(**HELLO, stream=True)
                return whole.choices[0].message.content, texts([chunk async for chunk in stream])

        with MockOpenAIServer(["whole", pieces("pi", "eces")]) as server:
            assert asyncio.run(talk(server)) == ("whole", ["pi", "eces"])

    def test_an_asynchronous_client_sees_errors(self) -> None:
        async def talk(server: MockOpenAIServer) -> None:
            async with openai.AsyncOpenAI(base_url=server.base_url, api_key="x", max_retries=0) as client:
                await client.chat.completions.create(**HELLO)

        with MockOpenAIServer([error(429)]) as server, pytest.raises(openai.RateLimitError):
            asyncio.run(talk(server))

    def test_400_connections_are_open_at_once(self) -> None:
        count = 400  # each takes two descriptors here, and some systems allow 1,024

        async def talk(port: int) -> list[bytes]:
            body = json.dumps(HELLO).encode()
            message = b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
            connections = await asyncio.gather(
                *(asyncio.open_connection("127.0.0.1", port) for _ in range(count)),
            )
            for _, writer in connections:
                writer.write(message)
            answers = [await reader.readuntil(b"\r\n") for reader, _ in connections]
            for _, writer in connections:
                writer.close()
                await writer.wait_closed()
            return answers

        with MockOpenAIServer(default=echo) as server:
            assert asyncio.run(talk(server.port)) == [b"HTTP/1.1 200 OK\r\n"] * count


class TestHttp:
    def test_a_connection_is_kept_alive(self) -> None:
        with MockOpenAIServer() as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            sockets = []
            for _ in range(2):
                connection.request("GET", "/v1/models")
                connection.getresponse().read()
                sockets.append(connection.sock)
            connection.close()
        assert sockets[0] is sockets[1]
        assert sockets[0] is not None

    def test_a_chunked_body_is_read(self) -> None:
        body = json.dumps(HELLO).encode()
        with MockOpenAIServer() as server:
            status, answer = raw(
                server, "POST", "/v1/chat/completions", iter([body[:7], body[7:]]), encode_chunked=True, headers={}
            )
        assert status == 200
        assert answer["choices"][0]["message"]["content"] == "hello"

    def test_what_is_no_http_is_refused(self) -> None:
        with MockOpenAIServer() as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(b"nonsense\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 400")

    def test_a_port_in_use_is_an_error(self) -> None:
        with MockOpenAIServer() as server, pytest.raises(OSError, match="in use"):
            MockOpenAIServer(port=server.port).start()

    def test_stopping_ends_requests_that_hang(self) -> None:
        server = MockOpenAIServer([hang()]).start()
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            body = json.dumps(HELLO).encode()
            client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            while not server.requests:
                pass
            server.stop()
            assert client.recv(1000) == b""

    def test_a_stopped_server_can_start_again(self) -> None:
        server = MockOpenAIServer(["one", "two"])
        for expected in ("one", "two"):
            with server:
                assert ask(server).choices[0].message.content == expected
