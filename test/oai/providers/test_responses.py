"""What only OpenAI's Responses API has: thoughts that go back, tools that OpenAI runs, answers that are incomplete."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import openai
import pytest
from kit import KEY, BreakOff, Call, Fail, Say, Seen

pytest.importorskip("openai.types.responses", reason="needs openai 1.80")

from case_openai import CASE as CHAT
from case_responses import CASE, ResponsesServer, events_of, function_call, message, reasoning, response_of, usage_of
from test_agents import chat, pair
from test_matrix import ASK, TOOLS, City, answered, text_of

from autogen_classic import AssistantAgent, GroupChat, GroupChatManager, LLMConfig, OpenAIWrapper, UserProxyAgent
from autogen_classic.oai.openai_responses import OpenAIResponsesClient
from autogen_classic.replay import record, replay
from autogen_classic.testing import CapturedIO, MockOpenAIServer
from autogen_classic.testing.http_server import HttpRequest

BOTH_WAYS = pytest.mark.parametrize("way", ["sync", "async"])
STREAMED_OR_NOT = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
PICTURE = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "UElYRUw="}
SEARCH = {
    "type": "web_search_call",
    "id": "ws_1",
    "status": "completed",
    "action": {"type": "search", "query": "Ulm"},
}
CITED = {"type": "url_citation", "start_index": 0, "end_index": 3, "title": "Ulm", "url": "https://ulm.de"}


@dataclass(frozen=True)
class Items(Say):
    """The model answers with these items, and the response says this besides."""

    output: tuple[dict[str, Any], ...] = ()
    besides: dict[str, Any] = field(default_factory=dict)


class ItemsServer(ResponsesServer):
    """Answers with any items."""

    def output(self, seen: Seen, reply: Any) -> list[dict[str, Any]]:
        return list(reply.output) if isinstance(reply, Items) else super().output(seen, reply)

    def response(self, seen: Seen, reply: Any) -> dict[str, Any]:
        besides = reply.besides if isinstance(reply, Items) else {}
        return response_of(seen, self.output(seen, reply), reply, **besides)


@pytest.fixture(autouse=True)
def printed() -> Iterator[Any]:
    with CapturedIO() as captured:
        yield captured


@pytest.fixture
def serve() -> Iterator[Any]:
    opened: list[ItemsServer] = []

    def serving(*replies: Any) -> ItemsServer:
        server = ItemsServer(*replies).__enter__()
        opened.append(server)  # type: ignore[arg-type]
        return server  # type: ignore[return-value]

    yield serving
    for server in opened:
        server.__exit__(None, None, None)


def config(server: ResponsesServer, **settings: Any) -> dict[str, Any]:
    return {"config_list": [{**CASE.entry(server), "max_retries": 0, **settings}], "cache_seed": None}


def said_by(server: ResponsesServer, request: int) -> list[str]:
    """The kinds of items of a request."""
    return [item.get("type", item.get("role")) for item in server.seen[request].body["input"]]


# --- thoughts --------------------------------------------------------------------------------------------------------


@BOTH_WAYS
@STREAMED_OR_NOT
def test_thoughts_go_back_with_the_answer_of_a_tool(serve: Any, way: str, stream: bool) -> None:
    server = serve(Call((("add", {"a": 1, "b": 2}),)), Say("It is three."))
    assistant, user = pair(config(server, model="o4-mini", stream=stream))
    result = chat(way, user, assistant, message="What is 1 + 2?", max_turns=2)
    assert result.summary == "It is three."
    assert server.seen[0].body["include"] == ["reasoning.encrypted_content"]
    assert said_by(server, 1) == ["system", "user", "reasoning", "function_call", "function_call_output"]
    _, _, thought, call, _ = server.seen[1].body["input"]
    assert thought == {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "secret of rs_1"}
    assert call["id"] == "fc_1_0"
    stored = result.chat_history[1]
    assert stored["content"] in (None, "")
    assert "secret of rs_1" in json.dumps(stored["extra_content"])


def test_a_server_that_keeps_nothing_gets_thoughts_whole_or_not_at_all(serve: Any) -> None:
    server = serve(Call((("add", {"a": 1, "b": 2}),)), Say("Three."))
    wrapper = OpenAIWrapper(**config(server, model="o4-mini"))
    history = answered(text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS)), "3")
    wrapper.create(messages=history, tools=TOOLS, store=False)
    assert server.seen[1].body["store"] is False
    assert said_by(server, 1)[2] == "reasoning"
    del history[2]["extra_content"]["items"][0]["encrypted_content"]
    wrapper.create(messages=history, tools=TOOLS, store=False)
    assert said_by(server, 2) == ["system", "user", "function_call", "function_call_output"]
    wrapper.create(messages=history, tools=TOOLS)
    assert said_by(server, 3)[2] == "reasoning", "a server that keeps answers knows it by its id"
    assert "store" not in server.seen[3].body


@pytest.mark.parametrize(
    "change",
    [
        {"content": "I add."},
        {"tool_calls": None},
        {"extra_content": {"origin": "another model", "items": [{"type": "reasoning", "id": "rs_9", "summary": []}]}},
        {"extra_content": {"items": "damaged"}},
        {"extra_content": "damaged"},
    ],
    ids=str,
)
def test_a_message_that_was_changed_goes_without_its_thoughts(serve: Any, change: dict[str, Any]) -> None:
    server = serve(Call((("add", {"a": 1, "b": 2}),)), Say("Three."))
    wrapper = OpenAIWrapper(**config(server, model="o4-mini"))
    history = answered(text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS)), "3")
    history[2] = {**history[2], **change}
    wrapper.create(messages=history, tools=TOOLS)
    assert "reasoning" not in said_by(server, 1)


def test_thoughts_between_texts_and_calls_keep_their_places(serve: Any) -> None:
    output = (
        reasoning("rs_1", True),
        message("msg_1", "I add twice."),
        reasoning("rs_2", True),
        function_call("1", "add", '{"a": 1, "b": 2}'),
        reasoning("rs_3", True),
        function_call("2", "add", '{"a": 3, "b": 4}'),
    )
    server = serve(Items(output=output), Say("Three and seven."))
    assistant, user = pair(config(server, model="gpt-5"))
    result = user.initiate_chat(assistant, message="What is 1 + 2, and 3 + 4?", max_turns=2)
    assert result.chat_history[1]["content"] == "I add twice."
    sent = server.seen[1].body["input"][2:]
    assert [item.get("id") for item in sent] == ["rs_1", "msg_1", "rs_2", "fc_1", "rs_3", "fc_2", None, None]
    assert sent[1]["content"][0]["text"] == "I add twice."
    assert [text for _, text in server.seen[1].answers] == ["3", "7"]


@pytest.mark.parametrize("other", ["another model", "chat completions"])
def test_thoughts_do_not_go_to_another_model(serve: Any, other: str) -> None:
    first = serve(Call((("add", {"a": 1, "b": 2}),)), Fail(500))
    with (ItemsServer if other == "another model" else CHAT.server)(Say("It is three.")) as second:
        entry = CASE.entry(second) if other == "another model" else CHAT.entry(second)
        assistant, user = pair({"config_list": [*config(first, model="o4-mini")["config_list"], entry]})
        assistant.llm_config["cache_seed"] = None
        result = user.initiate_chat(assistant, message="What is 1 + 2?", max_turns=2)
        assert result.summary == "It is three."
        assert second.seen[0].answers[0][1] == "3"
        assert "secret of" not in json.dumps(second.seen[0].body)
        assert "extra_content" not in str(second.seen[0].body)


def test_a_model_that_does_not_think_is_not_asked_for_thoughts(serve: Any) -> None:
    server = serve(Say("Hi."))
    response = OpenAIWrapper(**config(server)).create(messages=ASK)
    assert "include" not in server.seen[0].body
    assert not hasattr(response.choices[0].message, "extra_content")


# --- tools that OpenAI runs ------------------------------------------------------------------------------------------


@BOTH_WAYS
@STREAMED_OR_NOT
def test_a_picture_and_the_pages_that_were_cited_stay_on_the_message(serve: Any, way: str, stream: bool) -> None:
    output = (SEARCH, PICTURE, message("msg_1", "Ulm has a minster.", annotations=[CITED]))
    server = serve(Items(output=output), Say("You are welcome."))
    assistant = AssistantAgent(
        "assistant",
        llm_config=config(server, built_in_tools=["web_search", {"type": "image_generation"}], stream=stream),
    )
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, default_auto_reply="Thanks.")
    result = chat(way, user, assistant, message="Paint Ulm.", max_turns=2)
    assert server.seen[0].body["tools"] == [{"type": "web_search"}, {"type": "image_generation"}]
    painted = result.chat_history[1]
    assert painted["content"] == "Ulm has a minster."
    kept = painted["extra_content"]["items"]
    assert kept[:2] == [SEARCH, PICTURE]
    assert kept[2]["content"] == [{"annotations": [CITED]}]
    assert server.seen[1].body["input"][2:4] == [SEARCH, PICTURE], "the model can change its picture"
    assert server.seen[1].said[1] == ("assistant", "Ulm has a minster.")
    assert result.summary == "You are welcome."


def test_citations_have_their_places_in_the_whole_text(serve: Any) -> None:
    output = (SEARCH, message("msg_1", "See."), message("msg_2", "Ulm.", annotations=[CITED]))
    wrapper = OpenAIWrapper(**config(serve(Items(output=output)), built_in_tools=["web_search"]))
    said = wrapper.create(messages=ASK).choices[0].message
    (note,) = said.annotations
    places = slice(note.url_citation.start_index, note.url_citation.end_index)
    assert (said.content[places], note.url_citation.url) == ("Ulm", "https://ulm.de")


def test_a_picture_without_words_is_a_message_too(serve: Any) -> None:
    server = serve(Items(output=(PICTURE,)))
    assistant = AssistantAgent("assistant", llm_config=config(server, built_in_tools=["image_generation"]))
    reply = assistant.generate_reply(messages=[{"role": "user", "content": "Paint."}])
    assert reply["content"] == ""
    assert reply["extra_content"]["items"] == [PICTURE]


# --- answers ---------------------------------------------------------------------------------------------------------


@STREAMED_OR_NOT
def test_a_refusal_is_what_was_said(serve: Any, stream: bool) -> None:
    refused = {"type": "refusal", "refusal": "I will not."}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [refused]}
    wrapper = OpenAIWrapper(**config(serve(Items(output=(item,))), stream=stream))
    with CapturedIO() as printed:
        response = wrapper.create(messages=ASK)
    assert text_of(wrapper, response) == "I will not."
    assert response.choices[0].message.refusal == "I will not."
    assert ("I will not." in printed.text) == stream


@STREAMED_OR_NOT
@pytest.mark.parametrize(
    ("reason", "finish_reason"), [("max_output_tokens", "length"), ("content_filter", "content_filter")]
)
def test_an_answer_that_was_cut_off_says_so(serve: Any, stream: bool, reason: str, finish_reason: str) -> None:
    cut = {**function_call("1", "add", '{"a": 1, "b'), "status": "incomplete"}
    besides = {"status": "incomplete", "incomplete_details": {"reason": reason}}
    server = serve(Items(output=(message("msg_1", "It is"), cut), besides=besides))
    wrapper = OpenAIWrapper(**config(server, stream=stream, max_tokens=16))
    response = wrapper.create(messages=ASK, tools=TOOLS)
    assert (text_of(wrapper, response), response.choices[0].finish_reason) == ("It is", finish_reason)
    assert response.choices[0].message.tool_calls is None, "half a call is not carried out"


@STREAMED_OR_NOT
def test_an_answer_that_failed_goes_on_to_the_next_configuration(serve: Any, stream: bool) -> None:
    error = {"code": "server_error", "message": f"The model {KEY} fell over."}
    first = serve(Items(output=(), besides={"status": "failed", "error": error}))
    second = serve(Say("Here I am."))
    wrapper = OpenAIWrapper(**config(first, stream=stream))
    with pytest.raises(Exception, match="server_error: The model .* fell over") as failure:
        wrapper.create(messages=ASK)
    assert KEY not in str(failure.value)
    both = [entry for server in (first, second) for entry in config(server, stream=stream)["config_list"]]
    wrapper = OpenAIWrapper(config_list=both, cache_seed=None)
    assert text_of(wrapper, wrapper.create(messages=ASK)) == "Here I am."


@BOTH_WAYS
def test_an_error_in_the_stream_goes_on_to_the_next_configuration(serve: Any, way: str) -> None:
    class Erring(ItemsServer):
        def parts(self, seen: Seen, reply: Any) -> Iterator[bytes]:
            data = {"type": "error", "code": "rate_limit_exceeded", "message": "Slowly.", "param": None}
            yield b"event: error\ndata: " + json.dumps({**data, "sequence_number": 0}).encode() + b"\n\n"

    second = serve(Say("Here I am."))
    with Erring(Say()) as first:
        both = [entry for server in (first, second) for entry in config(server, stream=True)["config_list"]]
        wrapper = OpenAIWrapper(config_list=both, cache_seed=None)
        asked = wrapper.create(messages=ASK) if way == "sync" else asyncio.run(wrapper.a_create(messages=ASK))
        assert text_of(wrapper, asked) == "Here I am."
        assert len(first.seen) == 1


def test_a_stream_that_breaks_off_in_an_asynchronous_chat_is_an_error(serve: Any) -> None:
    wrapper = OpenAIWrapper(**config(serve(BreakOff("Hel")), stream=True))
    with pytest.raises(openai.APIConnectionError, match="closed the connection"):
        asyncio.run(wrapper.a_create(messages=ASK))


def test_a_stream_that_ends_too_early_is_an_error() -> None:
    class Brief(ItemsServer):
        def parts(self, seen: Seen, reply: Any) -> list[bytes]:
            return list(super().parts(seen, reply))[:-1]

    with Brief(Say()) as server, pytest.raises(ConnectionError, match="ended before the answer was complete"):
        OpenAIWrapper(**config(server, stream=True)).create(messages=ASK)


class LenientServer(ItemsServer):
    """Answers with what the installed SDK need not know."""

    def body(self, seen: Seen, reply: Any) -> dict[str, Any]:
        return self.response(seen, reply)


def test_cached_and_reasoning_tokens_are_told() -> None:
    said = Items(output=(message("msg_1", "Hi."),), besides={"usage": usage_of(Say("Hi.", 120, 30))})
    with LenientServer(said) as server:
        usage = OpenAIWrapper(**config(server)).create(messages=ASK).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (120, 30, 150)
    assert (usage.prompt_tokens_details.cached_tokens, usage.completion_tokens_details.reasoning_tokens) == (8, 3)


@pytest.mark.parametrize(
    "besides", [{"usage": None}, {"usage": {}}, {"status": None, "usage": {"input_tokens": 5}}], ids=str
)
def test_the_answer_of_a_lenient_server_is_read(besides: dict[str, Any]) -> None:
    with LenientServer(Items(output=(message("msg_1", "Hi."),), besides=besides)) as server:
        wrapper = OpenAIWrapper(**config(server))
        assert text_of(wrapper, wrapper.create(messages=ASK)) == "Hi."


def test_a_last_event_without_the_answer_is_read_from_those_before() -> None:
    class Terse(ItemsServer):
        def parts(self, seen: Seen, reply: Any) -> Iterator[bytes]:
            for data in events_of(self.response(seen, reply)):
                if data["type"] == "response.completed":
                    data = {**data, "response": {**data["response"], "output": []}}
                yield f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()

    with Terse(Say("One two.")) as server:
        wrapper = OpenAIWrapper(**config(server, stream=True))
        assert text_of(wrapper, wrapper.create(messages=ASK)) == "One two."


def test_a_page_in_place_of_an_answer_is_an_error_that_shows_it() -> None:
    class Web(ItemsServer):
        def body(self, seen: Seen, reply: Any) -> dict[str, Any]:
            return {"welcome": "home"}

    with Web(Say()) as server, pytest.raises(AttributeError, match="home.*not a response.*base_url"):
        OpenAIWrapper(**config(server)).create(messages=ASK)


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_get_the_names_that_they_have_there(serve: Any) -> None:
    server = serve(Say("{}"))
    wrapper = OpenAIWrapper(**config(server, model="gpt-5", reasoning={"summary": "auto"}))
    wrapper.create(
        messages=ASK,
        tools=TOOLS,
        tool_choice={"type": "function", "function": {"name": "add"}},
        parallel_tool_calls=False,
        max_tokens=100,
        reasoning_effort="low",
        verbosity="low",
        response_format={"type": "json_object"},
        previous_response_id="resp_0",
        truncation="auto",
        include=["message.output_text.logprobs"],
        extra_headers={"x-trace": "7"},
    )
    body = server.seen[0].body
    assert body["tool_choice"] == {"type": "function", "name": "add"}
    assert body["parallel_tool_calls"] is False
    assert body["max_output_tokens"] == 100
    assert body["reasoning"] == {"effort": "low", "summary": "auto"}
    assert body["text"] == {"format": {"type": "json_object"}, "verbosity": "low"}
    assert (body["previous_response_id"], body["truncation"]) == ("resp_0", "auto")
    assert body["include"] == ["message.output_text.logprobs", "reasoning.encrypted_content"]
    assert server.seen[0].headers["x-trace"] == "7"


@pytest.mark.parametrize("before", [{"conversation": "conv_mock_1"}, {"previous_response_id": "resp_0"}, {}])
def test_answers_of_tools_reach_calls_that_the_server_has_kept(before: dict[str, str]) -> None:
    answer = {"role": "tool", "tool_call_id": "call_1", "content": "3"}
    with MockOpenAIServer(["Three."]) as server:
        server.conversations.answer("POST", ["conversations"], {})
        wrapper = OpenAIWrapper(config_list=[server.config(api_type="responses")], cache_seed=None)
        wrapper.create(messages=[answer, {"role": "user", "content": "So?"}], **before)
    first, second = server.requests[0]["input"]
    if before:
        assert first == {"type": "function_call_output", "call_id": "call_1", "output": "3"}
    else:
        assert first["role"] == "user"
    assert second == {"role": "user", "content": "So?"}


def test_a_schema_goes_into_the_format_of_the_text(serve: Any) -> None:
    server = serve(Say('{"name": "Ulm", "people": 3}'))
    OpenAIWrapper(**config(server)).create(messages=ASK, response_format=City)
    form = server.seen[0].body["text"]["format"]
    assert (form["type"], form["name"], form["strict"]) == ("json_schema", "City", True)


def test_only_tools_that_ask_for_it_are_strict(serve: Any) -> None:
    server = serve(Say("Fine."))
    strict = {**TOOLS[1], "function": {**TOOLS[1]["function"], "strict": True}}
    OpenAIWrapper(**config(server)).create(messages=ASK, tools=[TOOLS[0], strict])
    assert [tool["strict"] for tool in server.seen[0].body["tools"]] == [False, True]


def test_a_choice_without_tools_is_not_sent(serve: Any) -> None:
    server = serve(Say("Fine."))
    entry = {**CASE.entry(server), "built_in_tools": None}
    agent = AssistantAgent("assistant", llm_config=LLMConfig(config_list=[entry], cache_seed=None))
    agent.generate_reply(messages=[{"role": "user", "content": "Hi."}])
    assert "tool_choice" not in server.seen[0].body


def test_functions_of_the_old_form_become_tools(serve: Any) -> None:
    server = serve(Say("Fine."))
    functions = [tool["function"] for tool in TOOLS]
    OpenAIWrapper(**config(server)).create(messages=ASK, functions=functions, function_call={"name": "add"})
    assert server.seen[0].tools == ["add", "multiply"]
    assert server.seen[0].body["tool_choice"] == {"type": "function", "name": "add"}


def test_settings_that_the_api_does_not_have_are_told_of_once(serve: Any, caplog: Any) -> None:
    server = serve(Say("Fine."))
    wrapper = OpenAIWrapper(**config(server, n=2, logit_bias={"1": 2}))
    with caplog.at_level(logging.WARNING):
        wrapper.create(messages=ASK)
        wrapper.create(messages=ASK)
    told = [record.message for record in caplog.records if "OpenAI (Responses)" in record.message]
    assert sorted(text.partition("'")[2].partition("'")[0] for text in told) == ["logit_bias", "n"]


def test_a_parameter_that_a_model_refuses_is_left_out() -> None:
    class Choosy(ItemsServer):
        def failure(self, reply: Fail) -> dict[str, Any]:
            said = "Unsupported parameter: 'temperature' is not supported with this model."
            return {"error": {"message": said, "type": "invalid_request_error", "param": "temperature", "code": None}}

    with Choosy(Fail(400), Say("Fine.")) as server:
        wrapper = OpenAIWrapper(**config(server, model="o4-mini", temperature=0.5))
        assert text_of(wrapper, wrapper.create(messages=ASK)) == "Fine."
    assert ["temperature" in seen.body for seen in server.seen] == [True, False]


def test_a_setting_newer_than_the_installed_package_is_sent(serve: Any) -> None:
    server = serve(Say("Fine."))
    asked: dict[str, Any] = {}
    client = SimpleNamespace(base_url=f"{server.url}/v1", responses=SimpleNamespace())

    def create(*, input: Any, model: Any, extra_body: Any = None) -> Any:
        asked.update(extra_body)
        return response_of(Seen(model), [message("msg_1", "Fine.")])

    client.responses.create = create
    response = OpenAIResponsesClient(client).create({"model": "o4-mini", "messages": ASK, "truncation": "auto"})
    assert response.choices[0].message.content == "Fine."
    assert asked == {"truncation": "auto", "include": ["reasoning.encrypted_content"]}


def test_a_prompt_is_what_the_user_says(serve: Any) -> None:
    server = serve(Say("Fine."))
    wrapper = OpenAIWrapper(**config(server))
    assert text_of(wrapper, wrapper.create(prompt="Hello.")) == "Fine."
    assert server.seen[0].said == [("user", "Hello.")]


def test_a_client_of_azure_asks_there() -> None:
    class AzureServer(ItemsServer):
        path = "/openai/responses"

        def read(self, http: HttpRequest) -> Seen:
            assert (http.query, http.headers["api-key"]) == ("api-version=2025-04-01-preview", KEY)
            return super().read(HttpRequest(**{**vars(http), "headers": {"authorization": f"Bearer {KEY}"}}))

    with AzureServer(Say("From Azure.")) as server:
        place = {"azure_endpoint": server.url, "api_version": "2025-04-01-preview"}
        entry = {"api_type": "responses", "model": "gpt-4.1", "api_key": KEY, **place}
        wrapper = OpenAIWrapper(config_list=[entry], cache_seed=None)
        assert text_of(wrapper, wrapper.create(messages=ASK)) == "From Azure."
        assert server.seen[0].model == "gpt-4.1"


@pytest.mark.parametrize("api_type", ["responses", "responses_v2"])
def test_both_names_lead_there(serve: Any, api_type: str) -> None:
    wrapper = OpenAIWrapper(**config(serve(Say("Fine.")), api_type=api_type))
    assert text_of(wrapper, wrapper.create(messages=ASK)) == "Fine."


# --- what stands around a request ------------------------------------------------------------------------------------


def test_a_cached_answer_keeps_its_thoughts_and_pictures(serve: Any, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    output = (reasoning("rs_1", True), PICTURE, message("msg_1", "Ulm.", annotations=[CITED]))
    server = serve(Items(output=output))
    wrapper = OpenAIWrapper(**{**config(server, model="gpt-5", built_in_tools=["image_generation"]), "cache_seed": 7})
    first, second = (wrapper.create(messages=ASK) for _ in range(2))
    assert len(server.seen) == 1
    assert text_of(wrapper, second) == text_of(wrapper, first)
    assert text_of(wrapper, second)["extra_content"]["items"][1] == PICTURE


def test_a_recorded_chat_is_replayed_without_the_server(serve: Any, tmp_path: Any) -> None:
    def run(place: Any) -> Any:
        assistant, user = pair({**place})
        return user.initiate_chat(assistant, message="What is 1 + 2?", max_turns=2)

    file = tmp_path / "chat.json"
    server = serve(Call((("add", {"a": 1, "b": 2}),)), Items(output=(PICTURE, message("msg_1", "Three."))))
    place = config(server, model="o4-mini", built_in_tools=["image_generation"])
    with record(file):
        recorded = run(place)
    assert KEY not in file.read_text(encoding="utf-8")
    with replay(file):
        replayed = run(place)
    assert len(server.seen) == 2
    assert replayed.chat_history == recorded.chat_history
    assert replayed.chat_history[-1]["extra_content"]["items"][0] == PICTURE


@BOTH_WAYS
def test_a_group_hears_what_was_said_and_each_model_gets_its_own_thoughts(serve: Any, way: str) -> None:
    thinker = serve(Call((("add", {"a": 1, "b": 2}),)), Say("Three it is."), Say("Indeed."))
    talker = serve(Say("Three, then."))
    adder, user = pair(config(thinker, model="o4-mini"))
    other = AssistantAgent("other", llm_config=config(talker))
    group = GroupChat([user, adder, other], [], max_round=7, speaker_selection_method="round_robin")
    order = iter([adder, user, adder, other, adder])
    group.speaker_selection_method = lambda last, chat: next(order, None)
    manager = GroupChatManager(group, llm_config=False)
    chat(way, user, manager, message="What is 1 + 2?")
    assert [said["content"] for said in group.messages][-3:] == ["Three it is.", "Three, then.", "Indeed."]
    assert "reasoning" not in said_by(talker, 0)
    assert "reasoning" in said_by(thinker, 1)
    assert "reasoning" in said_by(thinker, 2)


@pytest.mark.parametrize("installed", ["1.58.1", "1.79.0"])
def test_an_old_package_is_told_which_release_is_needed(installed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "__version__", installed)
    with pytest.raises(ImportError, match=rf"needs openai 1\.80 or later, but {installed} is installed"):
        OpenAIResponsesClient(SimpleNamespace())
