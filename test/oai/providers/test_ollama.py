"""Ollama: tools in words for models that know none, and what its API has for itself."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from kit import KEY, Call, Fail, Say, WireServer

pytest.importorskip("ollama")

from case_ollama import CASE

from autogen_classic import OpenAIWrapper
from autogen_classic.oai.ollama import OllamaClient, is_valid_tool_call_item, response_to_tool_call
from autogen_classic.testing import CapturedIO

ASK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Add 1 and 2."}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "add",
            "description": "Add two numbers.",
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                "required": ["a", "b"],
            },
        },
    }
]
CALLED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}],
}
ANSWERED = [*ASK, CALLED, {"role": "tool", "tool_call_id": "c1", "content": "3"}]


def wrapper_for(server: WireServer, **settings: Any) -> OpenAIWrapper:
    return OpenAIWrapper(config_list=[{**CASE.entry(server), **settings}], cache_seed=None)


def messages_sent(messages: list[dict[str, Any]] = ASK, **settings: Any) -> list[dict[str, Any]]:
    with CASE.server(Say()) as server:
        wrapper_for(server, native_tool_calls=False, **settings).create(messages=messages, tools=TOOLS)
    sent: list[dict[str, Any]] = server.seen[0].body["messages"]
    return sent


def test_it_needs_no_key() -> None:
    with CASE.server(Say("Hi.")) as server:
        response = OpenAIWrapper(
            config_list=[{"api_type": "ollama", "model": "m", "client_host": server.url}], cache_seed=None
        ).create(messages=ASK)
    assert response.choices[0].message.content == "Hi."
    assert response.cost == 0


def test_a_key_for_a_proxy_stands_in_the_header() -> None:
    with CASE.server(Say()) as server:
        wrapper_for(server, api_key=KEY).create(messages=ASK)
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_base_url_is_another_name_of_client_host() -> None:
    with CASE.server(Say()) as server:
        entry = {"api_type": "ollama", "model": "m", "base_url": server.url}
        OpenAIWrapper(config_list=[entry], cache_seed=None).create(messages=ASK)
    assert len(server.seen) == 1


def test_what_steers_the_model_goes_into_the_options() -> None:
    with CASE.server(Say()) as server:
        settings = {"num_ctx": 4096, "repeat_penalty": 1.2, "seed": 3, "temperature": 0.5, "top_k": 3, "stop": "END"}
        wrapper_for(server, **settings, max_tokens=9, options={"num_gpu": 1}, keep_alive="5m", think=False).create(
            messages=ASK
        )
    body = server.seen[0].body
    assert body["options"] == {**settings, "stop": ["END"], "num_predict": 9, "num_gpu": 1}
    assert (body["keep_alive"], body["think"]) == ("5m", False)


def test_a_value_out_of_range_is_told_and_left_out() -> None:
    with pytest.warns(UserWarning, match="num_predict must be of type int"):
        assert OllamaClient().parse_params({"model": "m", "num_predict": "x"}) == {"model": "m", "stream": False}


def test_a_turn_of_the_assistant_at_the_end_is_not_continued() -> None:
    sent = OllamaClient().oai_messages_to_ollama_messages([*ASK, {"role": "assistant", "content": "I will."}], None)
    assert sent[-1]["role"] == "user"


def test_a_picture_is_sent_as_bytes_beside_the_text() -> None:
    url = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
    content = [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": url}}]
    sent = OllamaClient().oai_messages_to_ollama_messages([{"role": "user", "content": content}], None)
    assert sent == [{"role": "user", "content": "What?", "images": [b"\x89PNG"]}]


def test_what_the_sdk_would_drop_of_a_tool_goes_into_words() -> None:
    parameters = {
        "type": "object",
        "properties": {
            "limit": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None, "description": "How many."},
            "place": {"type": "object", "properties": {"city": {"type": "string"}}, "description": "Where."},
        },
        "required": ["place"],
    }
    tool = {"type": "function", "function": {"name": "find", "description": "Find.", "parameters": parameters}}
    with CASE.server(Say()) as server:
        wrapper_for(server).create(messages=ASK, tools=[tool])
    properties = server.seen[0].body["tools"][0]["function"]["parameters"]["properties"]
    assert properties["limit"] == {"type": ["integer", "null"], "description": "How many."}
    assert properties["place"]["description"].startswith("Where. JSON schema: ")
    assert '"city"' in properties["place"]["description"]


@pytest.mark.parametrize(
    "referring",
    [
        {"type": "array", "items": {"$ref": "#/$defs/City"}},
        {"anyOf": [{"$ref": "#/$defs/City"}, {"type": "null"}]},
        {"$ref": "#/$defs/City"},
    ],
)
def test_what_a_parameter_refers_to_goes_into_its_words(referring: dict[str, Any]) -> None:
    city = {"type": "object", "properties": {"name": {"type": "string"}}}
    parameters = {"type": "object", "properties": {"place": referring}, "$defs": {"City": city}}
    tool = {"type": "function", "function": {"name": "find", "description": "Find.", "parameters": parameters}}
    with CASE.server(Say()) as server:
        wrapper_for(server).create(messages=ASK, tools=[tool])
    place = server.seen[0].body["tools"][0]["function"]["parameters"]["properties"]["place"]
    words = json.loads(place.pop("description").removeprefix("JSON schema: "))
    assert words == {**referring, "$defs": {"City": city}}
    assert "$ref" not in json.dumps(place)


def test_a_schema_and_tools_go_together() -> None:
    schema = {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]}
    with CASE.server(Call((("final_answer", {"sum": 3}),))) as server:
        response = wrapper_for(server).create(messages=ASK, tools=TOOLS, response_format=schema)
    assert "format" not in server.seen[0].body, "a model that is held to a schema calls no tools"
    assert json.loads(response.choices[0].message.content) == {"sum": 3}


def test_any_json_may_be_asked_for() -> None:
    with CASE.server(Say('{"sum": 3}')) as server:
        wrapper_for(server).create(messages=ASK, response_format={"type": "json_object"})
    assert server.seen[0].body["format"] == "json"


# --- tools in words ---------------------------------------------------------------------------------------------------


def test_tools_are_described_in_the_system_message() -> None:
    system, user = messages_sent()
    assert system["content"].startswith("Be brief.")
    assert '"name": "add"' in system["content"]
    assert OllamaClient.TOOL_CALL_MANUAL_STEP1 in user["content"]


def test_without_a_system_message_there_is_one() -> None:
    system, user = messages_sent([{"role": "user", "content": "Add."}])
    assert (system["role"], user["role"]) == ("system", "user")
    assert '"name": "add"' in system["content"]


def test_calls_and_answers_are_told_in_the_form_that_is_asked_for() -> None:
    _, _, called, answered = messages_sent(ANSWERED)
    assert json.loads(called["content"]) == [{"name": "add", "arguments": {"a": 1, "b": 2}}]
    assert answered["role"] == "user"
    assert "3" in answered["content"]
    assert answered["content"].endswith(OllamaClient.TOOL_CALL_MANUAL_STEP2)


def test_the_words_may_be_your_own() -> None:
    system, user = messages_sent(
        manual_tool_call_instruction=" Tools: [FUNCTIONS_LIST] (end)", manual_tool_call_step1=" Go."
    )
    assert system["content"].startswith("Be brief. Tools: {")
    assert system["content"].endswith("} (end)")
    assert user["content"] == "Add 1 and 2. Go."


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_call_in_words_is_a_call(stream: bool) -> None:
    said = 'Sure: [{"name": "add", "arguments": {"a": 1, "b": 2}}, {"name": "add", "arguments": {"a": 3, "b": 4}}]'
    with CASE.server(Say(said)) as server, CapturedIO():
        wrapper = wrapper_for(server, native_tool_calls=False)
        message = wrapper.create(messages=ASK, tools=TOOLS, stream=stream).choices[0].message
    assert [json.loads(call.function.arguments) for call in message.tool_calls] == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert len({call.id for call in message.tool_calls}) == 2
    assert not message.content
    assert "tools" not in {key for key, value in server.seen[0].body.items() if value}


def test_an_answer_in_words_is_an_answer() -> None:
    with CASE.server(Say("The sum is 3.")) as server:
        wrapper = wrapper_for(server, native_tool_calls=False)
        message = wrapper.create(messages=ANSWERED, tools=TOOLS).choices[0].message
    assert message.content == "The sum is 3."
    assert message.tool_calls is None


CALL = {"name": "f", "arguments": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ('[{"name": "f", "arguments": {"a": 1}}]', [CALL]),
        ('{"name": "f", "arguments": {"a": 1}}', [CALL]),
        ('x [{"name": "f", "arguments": {"a": 1}}] y', [CALL]),
        ('```json\n[{"name": "f", "arguments": {"a": 1}}]\n```', [CALL]),
        ("[{'name': 'f', 'arguments': {'a': 1}}]", [CALL]),
        ('{"tool_calls": [{"name": "f", "arguments": {"a": 1}}]}', [CALL]),
        ('[{"name": "f"}]', [{"name": "f"}]),
        ("[]", []),
        ('[{"name": "f", "parameters": {}}]', None),
        ('[{"function": {"name": "f", "arguments": {}}}]', None),
        ('{"result": {"name": "f"}}', None),
        ("[1, 2]", None),
        ("{{}: 1}", None),
        ("nothing [at all", None),
        ("", None),
    ],
)
def test_calls_are_found_in_a_text(text: str, calls: Any) -> None:
    assert response_to_tool_call(text) == calls


@pytest.mark.parametrize(
    ("item", "valid"),
    [
        ({"name": "f", "arguments": {}}, True),
        ({"name": "f"}, True),
        ({"name": "f", "arguments": {}, "id": "1"}, False),
        ({"arguments": {}}, False),
        ({"name": 1}, False),
        ("f", False),
    ],
)
def test_a_call_has_a_name_and_perhaps_arguments(item: Any, valid: bool) -> None:
    assert is_valid_tool_call_item(item) is valid


# --- errors -----------------------------------------------------------------------------------------------------------


def test_a_stream_is_begun_again_when_the_server_is_busy() -> None:
    with CASE.server(Fail(503, retry_after=0.01), Say("Now.")) as server, CapturedIO():
        response = wrapper_for(server, max_retries=1).create(messages=ASK, stream=True)
    assert response.choices[0].message.content == "Now."


def test_an_unknown_model_is_not_asked_twice() -> None:
    with CASE.server(Fail(404, message="model 'm' not found")) as server:
        with pytest.raises(Exception, match="not found"):
            wrapper_for(server).create(messages=ASK)
        assert len(server.seen) == 1


def test_a_server_that_does_not_run_leads_to_the_next_configuration() -> None:
    with CASE.server(Say()) as gone:
        nowhere = CASE.entry(gone)
    with CASE.server(Say("From the second.")) as server:
        wrapper = OpenAIWrapper(config_list=[nowhere, CASE.entry(server)], cache_seed=None)
        assert wrapper.create(messages=ASK).choices[0].message.content == "From the second."


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_system_message_at_the_end_is_what_the_user_asks(asynchronous: bool) -> None:
    messages = [*ASK, {"role": "assistant", "content": "3."}, {"role": "system", "content": "Sum up."}]
    with CASE.server(Say()) as server:
        wrapper = wrapper_for(server)
        if asynchronous:
            asyncio.run(wrapper.a_create(messages=messages))
        else:
            wrapper.create(messages=messages)
    assert [message["role"] for message in server.seen[0].body["messages"]] == ["system", "user", "assistant", "user"]


def test_a_client_asks_for_the_form_that_it_was_made_with() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    with CASE.server(Say('{"a": 1}'), Say("plain")) as server:
        client = OllamaClient(response_format=schema, client_host=server.url, model="m")
        client.create({"model": "m", "messages": ASK})
        client.create({"model": "m", "messages": ASK, "response_format": None})
    assert server.seen[0].body["format"] == schema
    assert "format" not in server.seen[1].body
