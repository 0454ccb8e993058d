"""Answers in odd forms, whole and streamed, synchronous and asynchronous: what was paid for is read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest

from autogen_classic import Cache, ConversableAgent
from autogen_classic.errors import UnusableAnswerError
from autogen_classic.oai import OpenAIWrapper
from autogen_classic.testing import CapturedIO
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

HELLO = [{"role": "user", "content": "hi"}]
ADD = {"id": "a", "type": "function", "function": {"name": "add", "arguments": '{"x": 1}'}}

ways = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
forms = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@contextmanager
def serving(*bodies: bytes, kind: str = "application/json") -> Iterator[dict[str, Any]]:
    """A server that gives these answers, the last one for ever; yields the configuration that asks it.

    The bodies of the requests come to stand under ``"asked"`` in its ``tags``, which are not sent.
    """
    asked: list[dict[str, Any]] = []

    async def answer(request: HttpRequest) -> HttpResponse:
        asked.append(json.loads(request.body))
        return HttpResponse(200, bodies[min(len(asked), len(bodies)) - 1], kind)

    server = HttpServer(answer, "127.0.0.1", 0)
    server.start()
    address = f"http://127.0.0.1:{server.port}/v1"
    try:
        yield {"model": "asked", "api_key": "k", "base_url": address, "max_retries": 0, "tags": asked}
    finally:
        server.stop()


def body_of(message: Any, stream: bool, **parts: Any) -> bytes:
    """An answer with this message, in one piece or as a stream of one chunk and an end."""
    fields = {"id": "1", "created": 1, "model": "m", **parts}
    reason = fields.pop("finish_reason", "stop")
    if not stream:
        return json.dumps({**fields, "choices": [{"index": 0, "finish_reason": reason, "message": message}]}).encode()
    usage = fields.pop("usage", None)
    said = {**fields, "choices": [{"index": 0, "finish_reason": None, "delta": message}]}
    end = {**fields, "choices": [{"index": 0, "finish_reason": reason, "delta": {}}], "usage": usage}
    return chunks(said, end)


def chunks(*parts: Any) -> bytes:
    lines = [part if isinstance(part, str) else json.dumps(part) for part in (*parts, "[DONE]")]
    return "".join(f"data: {line}\n\n" for line in lines).encode()


def kind_of(stream: bool) -> str:
    return "text/event-stream" if stream else "application/json"


def ask(*entries: dict[str, Any], asynchronous: bool = False, wrapper: Any = None, **settings: Any) -> Any:
    wrapper = wrapper or OpenAIWrapper(config_list=[{**entry, "price": [1, 1]} for entry in entries], cache_seed=None)
    if asynchronous:
        return asyncio.run(wrapper.a_create(messages=HELLO, **settings))
    return wrapper.create(messages=HELLO, **settings)


def text_of(response: Any) -> Any:
    return OpenAIWrapper.extract_text_or_completion_object(response)[0]


@ways
@forms
@pytest.mark.parametrize("reason", ["eos", "abort"])
def test_an_unusual_reason_to_end_does_not_lose_the_text(reason: str, stream: bool, asynchronous: bool) -> None:
    body = body_of({"content": "Hello."}, stream, finish_reason=reason)
    with serving(body, kind=kind_of(stream)) as entry:
        response = ask(entry, asynchronous=asynchronous, stream=stream)
    assert text_of(response) == "Hello."
    assert response.choices[0].finish_reason == reason


@ways
@forms
@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 7}, (5, 7, 12)),
        ({"prompt_tokens": "5", "completion_tokens": 7.0, "total_tokens": None}, (5, 7, 12)),
        ({"prompt_tokens": None, "completion_tokens": 7, "total_tokens": 7}, (0, 7, 7)),
        ({"prompt_tokens": 5, "completion_tokens": "many", "total_tokens": 0}, (5, 0, 5)),
    ],
)
def test_usage_is_read_in_whole_numbers(
    usage: dict[str, Any], counted: tuple[int, ...], stream: bool, asynchronous: bool
) -> None:
    body = body_of({"content": "Hello."}, stream, usage=usage)
    with serving(body, kind=kind_of(stream)) as entry:
        wrapper = OpenAIWrapper(config_list=[{**entry, "price": [1, 1]}], cache_seed=None)
        response = ask(wrapper=wrapper, asynchronous=asynchronous, stream=stream)
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    assert tuple(getattr(response.usage, name) for name in names) == counted
    assert wrapper.actual_usage_summary is not None
    assert tuple(wrapper.actual_usage_summary["m"][name] for name in names) == counted
    assert response.cost == pytest.approx(sum(counted[:2]) / 1000)


@ways
@forms
@pytest.mark.parametrize("usage", [{"prompt_tokens": None}, {}, [], "none"])
def test_a_usage_without_numbers_does_not_lose_the_answer(usage: Any, stream: bool, asynchronous: bool) -> None:
    body = body_of({"content": "Hello."}, stream, usage=usage)
    with serving(body, kind=kind_of(stream)) as entry:
        response = ask(entry, asynchronous=asynchronous, stream=stream)
    assert text_of(response) == "Hello."
    assert (response.usage is None) != stream, "a stream without usage is estimated"


@ways
@forms
def test_an_answer_without_a_model_counts_for_the_model_that_was_asked(stream: bool, asynchronous: bool) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    body = body_of({"content": "Hello."}, stream, model=None, id=None, created=None, usage=usage)
    with serving(body, kind=kind_of(stream)) as entry:
        wrapper = OpenAIWrapper(config_list=[{**entry, "price": [1, 1]}], cache_seed=None)
        response = ask(wrapper=wrapper, asynchronous=asynchronous, stream=stream)
    assert response.model == "asked"
    assert wrapper.actual_usage_summary is not None
    assert wrapper.actual_usage_summary["asked"]["total_tokens"] == 12


@ways
@forms
@pytest.mark.parametrize(
    "content",
    [
        [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Hello."}],
        ["Hel", {"type": "text", "text": "lo."}],
    ],
)
def test_of_a_content_in_parts_the_texts_are_read(content: list[Any], stream: bool, asynchronous: bool) -> None:
    with serving(body_of({"content": content}, stream), kind=kind_of(stream)) as entry, CapturedIO() as printed:
        assert text_of(ask(entry, asynchronous=asynchronous, stream=stream)) == "Hello."
    assert ("Hello." in printed.text) == stream


@ways
@forms
@pytest.mark.parametrize("form", ["tool_calls", "function_call"])
@pytest.mark.parametrize(
    ("said", "read"), [({"x": 1}, '{"x": 1}'), (None, "{}"), ('{"x": 1}', '{"x": 1}')], ids=["object", "none", "text"]
)
def test_arguments_become_text(said: Any, read: str, form: str, stream: bool, asynchronous: bool) -> None:
    function = {"name": "add", "arguments": said}
    call = {"function_call": function, "tool_calls": [{"id": "a", "type": "function", "function": function}]}[form]
    with serving(body_of({form: call}, stream), kind=kind_of(stream)) as entry:
        message = text_of(ask(entry, asynchronous=asynchronous, stream=stream))
    called = message.function_call if form == "function_call" else message.tool_calls[0].function
    assert called.name == "add"
    assert called.arguments in (read, "" if stream and said is None else read)


@ways
def test_a_name_that_every_chunk_repeats_is_one_name(asynchronous: bool) -> None:
    parts = [
        {
            "choices": [
                {"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": text}}]}}
            ]
        }
        for text in ('{"x"', ": 1", "}")
    ]
    with serving(chunks(*parts, {"choices": [{"finish_reason": "tool_calls"}]}), kind="text/event-stream") as entry:
        (call,) = text_of(ask(entry, asynchronous=asynchronous, stream=True)).tool_calls
    assert (call.function.name, call.function.arguments) == ("f", '{"x": 1}')


def test_streamed_calls_without_ids_and_indexes_are_told_apart() -> None:
    parts = [
        {"choices": [{"delta": {"tool_calls": [{"function": {"name": "f", "arguments": f'{{"x": {number}}}'}}]}}]}
        for number in (1, 2)
    ]
    with serving(chunks(*parts, {"choices": [{"finish_reason": "tool_calls"}]}), kind="text/event-stream") as entry:
        calls = text_of(ask(entry, stream=True)).tool_calls
    assert [call.function.arguments for call in calls] == ['{"x": 1}', '{"x": 2}']


@ways
def test_chunks_with_a_message_are_read(asynchronous: bool) -> None:
    parts = [
        {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": reason}]}
        for text, reason in (("Hel", None), ("Hello.", "stop"))
    ]
    with serving(chunks(*parts), kind="text/event-stream") as entry, CapturedIO() as printed:
        assert text_of(ask(entry, asynchronous=asynchronous, stream=True)) == "Hello."
    assert "Hello." in printed.text


@ways
def test_an_answer_that_comes_whole_although_a_stream_was_asked_for_is_read_and_shown(asynchronous: bool) -> None:
    with serving(body_of({"content": "Hello."}, False)) as entry, CapturedIO() as printed:
        assert text_of(ask(entry, asynchronous=asynchronous, stream=True)) == "Hello."
    assert "Hello." in printed.text


@ways
def test_the_choices_of_a_stream_are_shown_one_after_the_other(asynchronous: bool) -> None:
    def part(index: int, text: str, reason: str | None = None) -> dict[str, Any]:
        return {"choices": [{"index": index, "finish_reason": reason, "delta": {"content": text}}]}

    body = chunks(part(0, "One "), part(1, "Two "), part(0, "tree."), part(1, "trees."), part(0, "", "stop"))
    body = body.replace(b"data: [DONE]", chunks(part(1, "", "stop")))
    with serving(body, kind="text/event-stream") as entry, CapturedIO() as printed:
        response = ask(entry, asynchronous=asynchronous, stream=True, n=2)
    assert OpenAIWrapper.extract_text_or_completion_object(response) == ["One tree.", "Two trees."]
    assert "One tree.\nTwo trees.\n" in printed.text


@ways
@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "The model is overloaded."}},
        {"error": "The model is overloaded."},
        {"object": "error", "message": "The model is overloaded.", "code": 503},
        {"detail": "The model is overloaded."},
        {"choices": [{"finish_reason": "error", "error": {"message": "The model is overloaded."}, "delta": {}}]},
    ],
)
def test_an_error_in_a_stream_is_told_in_its_own_words_and_the_next_configuration_is_asked(
    said: dict[str, Any], asynchronous: bool
) -> None:
    with (
        serving(chunks(said), kind="text/event-stream") as first,
        serving(body_of({"content": "Good."}, False)) as other,
    ):
        with pytest.raises((UnusableAnswerError, openai.APIError), match=r"The model is overloaded\."):
            ask(first, asynchronous=asynchronous, stream=True)
        assert text_of(ask(first, other, asynchronous=asynchronous, stream=True)) == "Good."


@ways
def test_an_error_in_a_whole_answer_is_told_in_its_own_words(asynchronous: bool) -> None:
    choice = {"finish_reason": "error", "error": {"message": "Overloaded."}, "message": {"content": None}}
    body = json.dumps({"choices": [choice]}).encode()
    with serving(body) as entry, pytest.raises(UnusableAnswerError, match=r"Overloaded\."):
        ask(entry, asynchronous=asynchronous)


@ways
@forms
@pytest.mark.parametrize("reason", ["error", "insufficient_system_resource"])
@pytest.mark.parametrize("said", [{"content": "The answer is"}, {"content": None, "tool_calls": [ADD]}])
def test_an_error_in_mid_answer_is_no_answer_and_the_next_configuration_is_asked(
    said: dict[str, Any], reason: str, stream: bool, asynchronous: bool
) -> None:
    half = body_of(said, stream, finish_reason=reason)
    with serving(half, kind=kind_of(stream)) as first, serving(body_of({"content": "Good."}, False)) as other:
        with pytest.raises(UnusableAnswerError, match="broke off in mid-answer with an error") as raised:
            ask(first, asynchronous=asynchronous, stream=stream)
        assert text_of(ask(first, other, asynchronous=asynchronous, stream=stream)) == "Good."
    assert f"model 'asked' at {first['base_url']}" in str(raised.value)


@forms
def test_half_an_answer_is_counted_and_not_stored(stream: bool, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
    half = body_of({"content": "The answer is"}, stream, finish_reason="error", usage=usage)
    with serving(half, body_of({"content": "42."}, stream), kind=kind_of(stream)) as entry:
        wrapper = OpenAIWrapper(config_list=[{**entry, "price": [1, 1]}])
        with Cache.disk(cache_seed=1, cache_path_root=str(tmp_path)) as cache:
            with pytest.raises(UnusableAnswerError):
                ask(wrapper=wrapper, stream=stream, cache=cache)
            assert wrapper.total_usage_summary is not None
            assert wrapper.total_usage_summary["total_cost"] == 2.0
            assert text_of(ask(wrapper=wrapper, stream=stream, cache=cache)) == "42."


@ways
@forms
def test_a_web_page_is_refused_with_its_address(stream: bool, asynchronous: bool) -> None:
    with serving(b"<html>Log in</html>", kind="text/html") as entry:
        with pytest.raises(UnusableAnswerError, match="Log in") as raised:
            ask(entry, asynchronous=asynchronous, stream=stream)
    assert entry["base_url"] in str(raised.value)


@ways
@forms
def test_a_refusal_is_the_text_of_the_answer(stream: bool, asynchronous: bool) -> None:
    with serving(body_of({"content": None, "refusal": "I will not."}, stream), kind=kind_of(stream)) as entry:
        assert text_of(ask(entry, asynchronous=asynchronous, stream=stream)) == "I will not."


# --- what agents make of them ----------------------------------------------------------------------------------------


def chat(entry: dict[str, Any], asynchronous: bool, stream: bool, **tools: Any) -> tuple[Any, list[dict[str, Any]]]:
    """A chat of two turns with an agent that has the model; returns the first reply of the model and the history."""
    config = {"config_list": [{**entry, "price": [0, 0]}], "cache_seed": None, "stream": stream}
    model = ConversableAgent("model", llm_config=config, human_input_mode="NEVER")
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", function_map=tools)
    if asynchronous:
        reply = asyncio.run(model.a_generate_reply(messages=HELLO, sender=user))
        asyncio.run(user.a_initiate_chat(model, message="hi", max_turns=2, silent=True))
    else:
        reply = model.generate_reply(messages=HELLO, sender=user)
        user.initiate_chat(model, message="hi", max_turns=2, silent=True)
    return reply, user.chat_messages[model]


@ways
@forms
@pytest.mark.parametrize("content", [None, "", "I add."])
def test_the_content_beside_calls_is_what_the_server_said(
    content: str | None, stream: bool, asynchronous: bool
) -> None:
    bodies = [body_of({"role": "assistant", "content": content, "tool_calls": [ADD]}, stream)] * 2
    with serving(*bodies, body_of({"content": "Done."}, stream), kind=kind_of(stream)) as entry:
        reply, history = chat(entry, asynchronous, stream, add=lambda x: x)
        sent = entry["tags"][2]["messages"]
    said = "" if stream and content is None else content
    assert reply["content"] == said
    assert history[1]["content"] == said
    assert [message["content"] for message in sent if message.get("tool_calls")] == [said]
    assert {"content", "refusal", "role", "function_call", "tool_calls"} <= set(reply)
    assert reply["function_call"] is None


@ways
@forms
def test_the_reply_with_an_old_function_call_has_all_keys(stream: bool, asynchronous: bool) -> None:
    body = body_of({"content": "", "function_call": ADD["function"]}, stream)
    with serving(body, kind=kind_of(stream)) as entry:
        reply, _ = chat(entry, asynchronous, stream, add=lambda x: x)
    assert (reply["content"], reply["tool_calls"]) == ("", None)
    assert reply["function_call"] == {"name": "add", "arguments": '{"x": 1}'}


@ways
@forms
def test_an_empty_list_of_calls_is_no_call(stream: bool, asynchronous: bool) -> None:
    with serving(body_of({"content": "Hello.", "tool_calls": []}, stream), kind=kind_of(stream)) as entry:
        reply, history = chat(entry, asynchronous, stream)
    assert reply == "Hello."
    assert "tool_calls" not in history[1]
    assert not any("tool_calls" in message for body in entry["tags"] for message in body["messages"])


@ways
@forms
def test_a_call_without_id_and_type_is_answered_and_goes_back_with_an_id(stream: bool, asynchronous: bool) -> None:
    calls = [{"index": 0, "function": ADD["function"]}]
    with serving(body_of({"content": "", "tool_calls": calls}, stream), kind=kind_of(stream)) as entry:
        chat(entry, asynchronous, stream, add=lambda x: x + 1)
        calling, answer = entry["tags"][2]["messages"][2:4]
    (call,) = calling["tool_calls"]
    assert call.get("type", "function") == "function"
    assert call["id"]
    assert answer == {"role": "tool", "tool_call_id": call["id"], "content": "2"}


@ways
@forms
@pytest.mark.parametrize(
    "function",
    [
        {"name": "now", "arguments": ""},
        {"name": "now"},
        {"name": "now", "arguments": {}},
        {"name": "now", "arguments": "null"},
    ],
)
def test_a_tool_without_parameters_runs_whatever_stands_for_its_arguments(
    function: dict[str, Any], stream: bool, asynchronous: bool
) -> None:
    calls = [{"index": 0, "id": "a", "type": "function", "function": function}]
    with serving(body_of({"content": "", "tool_calls": calls}, stream), kind=kind_of(stream)) as entry:
        _, history = chat(entry, asynchronous, stream, now=lambda: "noon")
    assert history[2]["content"] == "noon"


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\t"])
def test_arguments_with_raw_line_ends_in_their_texts_run(line_end: str) -> None:
    function = {"name": "echo", "arguments": f'{{"text": "a{line_end}b"}}'}
    with serving(body_of({"tool_calls": [{"id": "a", "type": "function", "function": function}]}, False)) as entry:
        _, history = chat(entry, False, False, echo=lambda text: repr(text))
    assert history[2]["content"] == repr(f"a{line_end}b")


@ways
@forms
def test_a_call_without_a_name_is_answered_so_that_the_model_can_read_it(stream: bool, asynchronous: bool) -> None:
    calls = [{"index": 0, "id": "a", "type": "function", "function": {"name": None, "arguments": "{}"}}]
    with serving(body_of({"content": "", "tool_calls": calls}, stream), kind=kind_of(stream)) as entry:
        _, history = chat(entry, asynchronous, stream)
        calling = entry["tags"][2]["messages"][2]
    assert "not found" in history[2]["content"]
    assert calling["tool_calls"][0]["function"]["name"]


def test_a_call_of_another_type_is_answered_so_that_the_model_can_read_it() -> None:
    call = {"id": "a", "type": "custom", "custom": {"name": "shell", "input": "ls"}}
    with serving(body_of({"content": None, "tool_calls": [call]}, False)) as entry:
        _, history = chat(entry, False, False)
        sent = entry["tags"][2]["messages"]
    assert history[2]["content"] == "Error: Function shell not found."
    assert sent[2]["tool_calls"] == [call]
    assert sent[3]["tool_call_id"] == "a"


@ways
@forms
@pytest.mark.parametrize("same_model", [True, False], ids=["same model", "another model"])
def test_reasoning_content_goes_back_with_the_answers_of_tools_to_the_model_that_said_it(
    same_model: bool, stream: bool, asynchronous: bool
) -> None:
    thinking = body_of(
        {"content": "", "reasoning_content": "Let me see.", "tool_calls": [{"index": 0, **ADD}]},
        stream,
        finish_reason="tool_calls",
    )
    with serving(thinking, body_of({"content": "Done."}, stream), kind=kind_of(stream)) as entry:
        bob = ConversableAgent("bob", llm_config={**entry, "stream": stream, "cache_seed": None})
        ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", function_map={"add": lambda x: x})
        other = ConversableAgent("bob", llm_config={**entry, "model": "another", "stream": stream, "cache_seed": None})
        if not same_model:
            bob.register_hook("process_message_before_send", lambda message, **_: turn_to(bob, other, message))
        with CapturedIO() as printed:
            if asynchronous:
                asyncio.run(ann.a_initiate_chat(bob, message="1?", max_turns=2))
            else:
                ann.initiate_chat(bob, message="1?", max_turns=2)
    assistant = entry["tags"][1]["messages"][2]
    assert assistant.get("reasoning_content") == ("Let me see." if same_model else None)
    assert "extra_content" not in assistant
    assert "Let me see." not in printed.text


def turn_to(bob: ConversableAgent, other: ConversableAgent, message: Any) -> Any:
    """Let another model answer from now on."""
    bob.client = other.client
    return message


@ways
def test_a_lone_surrogate_does_not_break_the_next_request(asynchronous: bool) -> None:
    odd = b'{"id": "1", "created": 1, "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": %s}]}'
    with serving(odd % b'{"role": "assistant", "content": "odd \\ud83d"}', body_of({"content": "ok"}, False)) as entry:
        bob = ConversableAgent("bob", llm_config={**entry, "cache_seed": None})
        ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="and \udc00?")
        if asynchronous:
            result = asyncio.run(ann.a_initiate_chat(bob, message="1?", max_turns=2, silent=True))
        else:
            result = ann.initiate_chat(bob, message="1?", max_turns=2, silent=True)
    assert result.summary == "ok"
    assert [said["content"] for said in entry["tags"][1]["messages"][-2:]] == ["odd \ufffd", "and \ufffd?"]
