"""What is Anthropic's own: generations of Claude, versions of the API, three ways to reach it, and the old names."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("anthropic")

import anthropic
from case_anthropic import AnthropicServer
from case_anthropic_bedrock import AnthropicBedrockServer
from case_anthropic_vertex import VertexServer
from kit import KEY, Call, Say, Seen, WireError, event
from test_matrix import ASK, PIXEL, TOOLS, City

from autogen_classic import OpenAIWrapper
from autogen_classic.errors import MissingKeyError, NoAnswerError
from autogen_classic.oai._claude import version_of
from autogen_classic.oai.anthropic import (
    STRUCTURED_OUTPUT_MODELS,
    AnthropicClient,
    has_messages_parse_api,
    oai_messages_to_anthropic_messages,
    process_image_content,
    process_message_content,
    supports_native_structured_outputs,
    transform_schema_for_anthropic,
)
from autogen_classic.testing import CapturedIO

OLD, NEW = "claude-3-5-sonnet-20240620", "claude-opus-5-5"

ENTRY = {"api_type": "anthropic", "model": OLD, "api_key": KEY}


def ask(model: str, *replies: Any, messages: Any = ASK, server: Any = AnthropicServer, **settings: Any) -> Seen:
    """Send one request and return what the server has understood."""
    with server(*replies) as running:
        client = AnthropicClient(api_key=KEY, base_url=running.url, model=model)
        client.create({"model": model, "messages": messages, **settings})
        return running.seen[-1]


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("claude-2.1", (2, 1)),
        ("claude-instant-1.2", (1, 2)),
        ("claude-3-haiku-20240307", (3, 0)),
        ("claude-3-5-sonnet-20240620", (3, 5)),
        ("claude-sonnet-4-20250514", (4, 0)),
        ("claude-opus-4-1@20250805", (4, 1)),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", (4, 5)),
        ("claude-opus-5", (5, 0)),
        ("claude-mythos-preview", (4, 7)),
        ("amazon.nova-lite-v1:0", None),
    ],
)
def test_the_version_is_read_out_of_the_name(model: str, version: Any) -> None:
    assert version_of(model) == version


def test_sampling_goes_with_the_version_of_the_api_that_knows_it() -> None:
    seen = ask(OLD, temperature=0.2, top_p=0.9, top_k=4)
    assert (seen.body["temperature"], seen.body["top_p"], seen.body["top_k"]) == (0.2, 0.9, 4)


def test_without_sampling_the_version_is_the_one_of_the_sdk() -> None:
    assert ask(OLD, temperature=1.0).headers["anthropic-version"] != AnthropicServer.version_with_sampling


def test_newer_models_get_temperature_but_not_top_p_beside_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            body = ask("claude-haiku-4-5", temperature=0.2, top_p=0.9).body
    assert body["temperature"] == 0.2
    assert "top_p" not in body
    assert caplog.text.count("takes either temperature or top_p") == 1


def test_models_that_refuse_sampling_get_none_and_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            seen = ask(NEW, temperature=0.2, top_k=3)
    assert not {"temperature", "top_k"} & seen.body.keys()
    assert caplog.text.count("temperature, top_k is not sent") == 1


@pytest.mark.parametrize(("model", "tokens"), [(OLD, 4096), (NEW, 16_384)])
def test_max_tokens_has_a_default(model: str, tokens: int) -> None:
    assert ask(model).body["max_tokens"] == tokens


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_max_tokens_may_have_its_new_name(name: str) -> None:
    assert ask(OLD, **{name: 77}).body["max_tokens"] == 77


@pytest.mark.parametrize(
    "settings", [{"stop_sequences": ["END"]}, {"stop": ["END"]}, {"stop": "END"}], ids=["own name", "list", "text"]
)
def test_stop_sequences_may_be_called_stop(settings: Any) -> None:
    assert ask(OLD, **settings).body["stop_sequences"] == ["END"]


@pytest.mark.parametrize(
    ("setting", "report"),
    [
        ({"temperature": 3}, r"temperature has numerical bounds, >= 0.0 and <= 1.0"),
        ({"top_p": -1}, r"top_p has numerical bounds"),
        ({"top_k": 0}, r"top_k has numerical bounds, >= 1"),
        ({"max_tokens": 0}, r"max_tokens has numerical bounds, >= 1"),
        ({"stop_sequences": "END"}, r"stop_sequences must be of type list"),
    ],
)
def test_a_setting_out_of_range_is_reported_and_not_sent(setting: Any, report: str) -> None:
    with pytest.warns(UserWarning, match=report):
        body = ask(OLD, **setting).body
    assert body["max_tokens"] == 4096
    assert not {"temperature", "top_p", "top_k", "stop_sequences"} & body.keys()


def test_an_older_model_gives_structured_output_by_a_tool() -> None:
    good = json.dumps({"name": "Ulm", "people": 128928})
    with AnthropicServer(Say(good)) as server:
        entry = {"api_type": "anthropic", "model": OLD, "api_key": KEY, "base_url": server.url}
        wrapper = OpenAIWrapper(config_list=[entry], cache_seed=None)
        response = wrapper.create(messages=ASK, response_format=City)
    assert json.loads(response.choices[0].message.content) == json.loads(good)
    assert response.choices[0].finish_reason == "stop"
    assert server.seen[0].body["tool_choice"] == {"type": "tool", "name": "final_answer"}


def test_structured_output_by_a_tool_leaves_the_choice_of_other_tools() -> None:
    with AnthropicServer(Call((("add", {"a": 1, "b": 2}),))) as server:
        client = AnthropicClient(api_key=KEY, base_url=server.url, model=OLD)
        response = client.create({"model": OLD, "messages": ASK, "tools": TOOLS, "response_format": City})
    assert server.seen[0].tools == ["add", "multiply", "final_answer"]
    assert server.seen[0].body["tool_choice"] == {"type": "any"}
    assert [call.function.name for call in response.choices[0].message.tool_calls] == ["add"]


def test_structured_output_by_a_tool_can_be_streamed() -> None:
    text = json.dumps({"name": "Ulm", "people": 1})
    with AnthropicServer(Say(text)) as server, CapturedIO() as printed:
        client = AnthropicClient(api_key=KEY, base_url=server.url, model=OLD)
        response = client.create({"model": OLD, "messages": ASK, "response_format": City, "stream": True})
    assert response.choices[0].message.content == text
    assert text in printed.text


def test_a_schema_with_free_keys_goes_by_a_tool_also_to_models_that_know_schemas() -> None:
    free = {"type": "object", "additionalProperties": {"type": "integer"}}
    seen = ask(NEW, Say('{"a": 1}'), response_format=free)
    assert "output_config" not in seen.body
    assert seen.schema == free


@pytest.mark.parametrize(("model", "settings"), [(NEW, {}), (OLD, {"thinking": {"type": "adaptive"}})])
def test_a_model_that_thinks_is_asked_for_the_tool_in_words(model: str, settings: Any) -> None:
    free = {"type": "object", "additionalProperties": {"type": "integer"}}
    seen = ask(model, Say('{"a": 1}'), response_format=free, **settings)
    assert "tool_choice" not in seen.body
    assert "final_answer" in seen.system


def test_limits_in_a_schema_become_hints() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}
    seen = ask(NEW, Say('{"n": 4}'), response_format=schema)
    assert seen.schema == {
        "type": "object",
        "properties": {"n": {"type": "integer", "description": "(minimum: 3)"}},
        "required": ["n"],
        "additionalProperties": False,
    }


def test_any_json_object_is_asked_for_in_words() -> None:
    assert "JSON object" in ask(OLD, Say("{}"), response_format={"type": "json_object"}).system


def test_cached_tokens_count_as_tokens_of_the_prompt() -> None:
    class Caching(AnthropicServer):
        def body(self, seen: Seen, reply: Any) -> dict[str, Any]:
            body = super().body(seen, reply)
            body["usage"] |= {"cache_read_input_tokens": 100, "cache_creation_input_tokens": 30}
            return body

    with Caching(Say("Hi.", 12, 5)) as server:
        client = AnthropicClient(api_key=KEY, base_url=server.url, model=OLD)
        usage = client.create({"model": OLD, "messages": ASK}).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (142, 5, 147)
    assert usage.prompt_tokens_details.cached_tokens == 100


def test_a_refusal_without_words_is_an_error_and_its_cost_is_counted() -> None:
    class Refusing(AnthropicServer):
        def body(self, seen: Seen, reply: Any) -> dict[str, Any]:
            return {**super().body(seen, reply), "content": [], "stop_reason": "refusal"}

    with Refusing(Say()) as first, AnthropicServer(Say("From the second.")) as second:
        wrapper = OpenAIWrapper(config_list=[{**ENTRY, "base_url": first.url}], cache_seed=None)
        with pytest.raises(NoAnswerError, match="refused to answer"):
            wrapper.create(messages=ASK)
        assert wrapper.actual_usage_summary is not None
        both = [{**ENTRY, "base_url": server.url} for server in (first, second)]
        answer = OpenAIWrapper(config_list=both, cache_seed=None).create(messages=ASK)
    assert answer.choices[0].message.content == "From the second."


HISTORY = [
    *ASK,
    {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": '{"a": 1, "b": 2}'}},
    {"role": "function", "name": "add", "content": "3"},
    {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": '{"a": 3, "b": 4}'}},
    {"role": "function", "name": "add", "content": ""},
]


def test_old_function_calls_get_ids_of_their_own() -> None:
    seen = ask(OLD, messages=HISTORY, tools=TOOLS)
    (first, _, _), (second, _, _) = seen.calls
    assert first != second
    assert seen.answers == [(first, "3"), (second, "")]


def test_ids_of_other_models_become_plain() -> None:
    call = {"id": "functions.add:0", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    history = [
        *ASK,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "functions.add:0", "content": "3"},
    ]
    seen = ask(OLD, messages=history, tools=TOOLS)
    assert seen.answers == [("functions_add_0", "3")]


def test_calls_are_told_when_no_tools_are_offered() -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}]
    history = [
        *ASK,
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "c1", "content": "3"},
    ]
    seen = ask(OLD, messages=history, tools=TOOLS, hide_tools="if_any_run")
    assert (seen.tools, seen.calls, seen.answers) == ([], [], [])
    assert seen.said[-1] == ("user", "The tool add answered: 3")


def test_blank_texts_are_left_out_and_sides_take_turns() -> None:
    messages = [
        {"role": "assistant", "content": "I begin."},
        {"role": "assistant", "content": " \n"},
        {"role": "user", "content": "One."},
        {"role": "user", "content": "Two."},
        {"role": "assistant", "content": "I end."},
    ]
    said = ask(OLD, messages=messages).said
    assert [role for role, _ in said] == ["user", "assistant", "user", "assistant", "user"]
    assert said[2] == ("user", "One.\nTwo.")


def test_a_system_message_at_the_end_is_what_the_user_asks() -> None:
    messages = [*ASK, {"role": "assistant", "content": "Hello."}, {"role": "system", "content": "Sum up."}]
    seen = ask(OLD, messages=messages)
    assert (seen.system, seen.said[-1]) == ("Be brief.", ("user", "Sum up."))


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": "none"}, {"type": "none"}),
        ({"tool_choice": "auto"}, None),
        ({"tool_choice": {"type": "function", "function": {"name": "add"}}}, {"type": "tool", "name": "add"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
    ],
)
def test_the_choice_of_tools_is_translated(settings: Any, sent: Any) -> None:
    assert ask(OLD, tools=TOOLS, **settings).body.get("tool_choice") == sent


def test_a_picture_may_stay_an_address_at_anthropic() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.invalid/cat.png"}}
    seen = ask(OLD, messages=[{"role": "user", "content": [{"type": "text", "text": "See"}, image]}])
    source = seen.body["messages"][0]["content"][1]["source"]
    assert source == {"type": "url", "url": "https://example.invalid/cat.png"}


def test_the_type_of_a_picture_is_one_that_the_api_knows() -> None:
    url = "data:image/x-png;base64," + base64.b64encode(PIXEL).decode()
    seen = ask(OLD, messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}])
    assert seen.body["messages"][0]["content"][0]["source"]["media_type"] == "image/png"


@pytest.mark.parametrize(
    ("server", "entry", "field"),
    [
        (VertexServer, {"gcp_region": "us-east5", "gcp_project_id": "a-project", "gcp_auth_token": KEY}, "/v1"),
        (
            AnthropicBedrockServer,
            {"aws_region": "us-east-1", "aws_access_key": "AKIAEXAMPLEEXAMPLE", "aws_secret_key": KEY},
            "",
        ),
    ],
    ids=["Vertex AI", "Bedrock"],
)
def test_sampling_over_other_clouds_names_their_version_of_the_api(server: Any, entry: Any, field: str) -> None:
    model = "claude-sonnet-4-5@20250929" if field else "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    with server() as running:
        client = AnthropicClient(**entry, base_url=running.url + field)
        client.create({"model": model, "messages": ASK, "temperature": 0.2})
    assert running.seen[0].body["temperature"] == 0.2


def test_an_error_in_the_middle_of_a_stream_is_one_of_the_sdk() -> None:
    class Overloaded(AnthropicServer):
        def parts(self, seen: Seen, reply: Any) -> Iterator[bytes]:
            yield from list(super().parts(seen, reply))[:6]
            yield event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")

    with Overloaded(Say("One two three.")) as server, CapturedIO():
        client = AnthropicClient(api_key=KEY, base_url=server.url, model=OLD)
        with pytest.raises(client.fallback_errors, match="Overloaded"):
            client.create({"model": OLD, "messages": ASK, "stream": True})


def test_a_missing_key_is_reported_when_the_client_is_made() -> None:
    with pytest.raises(MissingKeyError, match="ANTHROPIC_API_KEY"):
        AnthropicClient(model=OLD)
    with pytest.raises(ValueError, match="API key or AWS credentials"):
        OpenAIWrapper(config_list=[{"api_type": "anthropic", "model": OLD}])._clients  # noqa: B018


def test_keys_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client = AnthropicClient(model=OLD)
    assert isinstance(client._client, anthropic.AnthropicBedrock)
    assert (client.aws_access_key, client.aws_secret_key, client.aws_region) == ("AKIA", "secret", "eu-west-1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    assert AnthropicClient(model=OLD).api_key == KEY


def test_a_request_without_a_model_is_refused() -> None:
    with pytest.raises(AssertionError, match="specify the 'model'"):
        AnthropicClient(api_key=KEY).load_config({})


def test_load_config_returns_what_0_2_returned() -> None:
    given = {"model": OLD, "temperature": 0.3, "max_tokens": 50, "top_k": 4, "top_p": 0.5, "stop_sequences": ["x"]}
    client = AnthropicClient(api_key=KEY)
    assert client.load_config(given) == {**given, "stream": False}
    plain = {"temperature": 1.0, "max_tokens": 4096, "top_k": None, "top_p": None, "stop_sequences": None}
    assert client.load_config({"model": OLD}) == {"model": OLD, **plain, "stream": False}


def test_the_functions_of_0_2_still_translate() -> None:
    function = TOOLS[0]["function"]
    assert AnthropicClient.convert_tools_to_functions(TOOLS)[0] == function
    written = AnthropicClient.openai_func_to_anthropic(function)
    assert written == {
        "name": "add",
        "description": "Add two numbers.",
        "input_schema": function["parameters"],
    }
    params: dict[str, Any] = {"messages": ASK}
    assert oai_messages_to_anthropic_messages(params) == [{"role": "user", "content": "Say hello."}]
    assert params["system"] == "Be brief."


GOOD = {"model": OLD, "max_tokens": 5, "messages": [{"role": "user", "content": "Hi."}]}


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.5},
        {"frequency_penalty": 1},
        {"max_tokens": "5"},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
        {"messages": [{"role": "user", "content": " "}]},
        {"messages": [{"role": "assistant", "content": "Hi."}]},
        {"tools": [{"name": "add"}]},
    ],
)
def test_the_test_server_refuses_what_the_api_refuses(change: dict[str, Any]) -> None:
    AnthropicServer().read_body(GOOD, "")
    with pytest.raises((WireError, ValueError)):
        AnthropicServer().read_body({**GOOD, **change}, "")


def test_a_profile_of_aws_goes_before_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = AnthropicClient(model=OLD, aws_profile_name="work", aws_region="eu-west-1")._client
    assert (client.aws_profile, client.aws_access_key, client.aws_region) == ("work", None, "eu-west-1")


def test_clients_of_one_endpoint_share_their_connections() -> None:
    first, second = (AnthropicClient(api_key=key, base_url="http://127.0.0.1:9") for key in ("one", "two"))
    assert first._client._client is second._client._client


def test_max_retries_timeout_and_headers_reach_the_sdk() -> None:
    settings = {"max_retries": 7, "timeout": 3.5, "default_headers": {"x-team": "ours"}}
    client = AnthropicClient(api_key=KEY, **settings)._client
    assert (client.max_retries, client.timeout, client.default_headers["x-team"]) == (7, 3.5, "ours")


def test_the_helpers_of_ag2_write_messages_as_the_client_does() -> None:
    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    picture = {"type": "image_url", "image_url": {"url": url}}
    block = process_image_content(picture)
    assert block["source"].items() > {"type": "base64", "media_type": "image/png"}.items()
    at_address = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    assert process_image_content(at_address) == {
        "type": "image",
        "source": {"type": "url", "url": "https://example.org/a.png"},
    }
    text = {"type": "text", "text": "a"}
    assert process_image_content(text) is text
    assert process_message_content({"role": "user", "content": "a"}) == "a"
    assert process_message_content({"role": "user", "content": None}) == ""
    said = {"role": "user", "content": ["a", picture, {"type": "other"}]}
    assert process_message_content(said) == [text, block]
    sent = ask(OLD, Say(), messages=[{"role": "user", "content": [text, picture]}]).body["messages"]
    assert sent == [{"role": "user", "content": [text, block]}]


def test_models_that_enforce_schemas_are_known_by_name() -> None:
    assert supports_native_structured_outputs("claude-sonnet-4-5")
    assert not supports_native_structured_outputs(OLD)
    assert "claude-sonnet-4-5" in STRUCTURED_OUTPUT_MODELS
    assert not any(name.startswith("claude-3") for name in STRUCTURED_OUTPUT_MODELS)
    assert has_messages_parse_api() is hasattr(anthropic.Anthropic(api_key=KEY).messages, "parse")


def test_a_schema_is_written_as_claude_can_enforce_it() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"]}
    assert transform_schema_for_anthropic(schema) == {
        "type": "object",
        "properties": {"a": {"type": "integer", "description": "(minimum: 1)"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    free = {"type": "object", "additionalProperties": True}
    assert transform_schema_for_anthropic(free) == free


def test_a_client_for_vertex_tells_where_it_asks() -> None:
    settings = {"gcp_region": "us-east5", "gcp_project_id": "p", "gcp_auth_token": "t"}
    client = AnthropicClient(model=NEW, **settings)
    assert {name: getattr(client, name) for name in settings} == settings
