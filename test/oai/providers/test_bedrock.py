"""What is Bedrock's own: credentials and regions, models that differ, and the old names."""

from __future__ import annotations

import gc
import json
import logging
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("boto3")

from aws_wire import ACCESS_KEY, REGION, frame
from case_bedrock import BedrockServer, check_shape
from kit import KEY, Call, Say, Seen, WireError
from test_matrix import ASK, PIXEL, TOOLS, City

from autogen_classic import OpenAIWrapper
from autogen_classic.errors import MissingKeyError
from autogen_classic.oai import bedrock
from autogen_classic.oai.bedrock import BedrockClient, MissingRegionError
from autogen_classic.testing import CapturedIO

NOVA, CLAUDE = "amazon.nova-lite-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0"
LLAMA, MISTRAL = "meta.llama3-8b-instruct-v1:0", "mistral.mistral-large-2407-v1:0"
CALLS = [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}]
HISTORY = [
    *ASK,
    {"role": "assistant", "content": "", "tool_calls": CALLS},
    {"role": "tool", "tool_call_id": "c1", "content": ""},
]


def client_for(server: Any, **settings: Any) -> BedrockClient:
    keys = {"aws_access_key": ACCESS_KEY, "aws_secret_key": KEY, "aws_region": REGION}
    return BedrockClient(**keys, base_url=server.url, max_retries=0, **settings)


def ask(model: str, *replies: Any, messages: Any = ASK, client: Any = None, **settings: Any) -> Seen:
    """Send one request and return what the server has understood."""
    with BedrockServer(*replies) as server:
        client_for(server, **(client or {})).create({"model": model, "messages": messages, **settings})
        return server.seen[-1]


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": 0.2, "topP": 0.9, "maxTokens": 50, "stopSequences": ["END"]},
        {"temperature": 0.2, "top_p": 0.9, "max_tokens": 50, "stop": "END"},
    ],
    ids=["names of Bedrock", "names of OpenAI"],
)
def test_settings_have_two_names(settings: Any) -> None:
    body = ask(NOVA, **settings).body
    assert body["inferenceConfig"] == {"temperature": 0.2, "topP": 0.9, "maxTokens": 50, "stopSequences": ["END"]}
    assert "additionalModelRequestFields" not in body


def test_settings_of_single_models_are_passed_on() -> None:
    body = ask(NOVA, top_k=4, seed=7, additional_model_request_fields={"reasoning": True}).body
    assert body["additionalModelRequestFields"] == {"top_k": 4, "seed": 7, "reasoning": True}
    assert "inferenceConfig" not in body


def test_a_setting_out_of_range_is_reported_and_not_sent() -> None:
    with pytest.warns(UserWarning, match="temperature has numerical bounds"):
        assert "inferenceConfig" not in ask(NOVA, temperature=1.5).body


def test_a_claude_gets_one_of_temperature_and_top_p(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        config = ask(CLAUDE, temperature=0.2, top_p=0.9).body["inferenceConfig"]
    assert config == {"temperature": 0.2, "maxTokens": 4096}
    assert "takes either temperature or top_p" in caplog.text


def test_system_messages_move_for_models_that_refuse_them() -> None:
    seen = ask(NOVA, client={"supports_system_prompts": False})
    assert seen.system == ""
    assert seen.said == [("user", "Be brief.\nSay hello.")]


def test_a_model_that_knows_schemas_gets_the_schema() -> None:
    seen = ask(CLAUDE, Say('{"name": "Ulm", "people": 1}'), response_format=City)
    assert seen.tools == []
    assert set(seen.schema["properties"]) == {"name", "people"}


@pytest.mark.parametrize(
    ("model", "choice"),
    [(NOVA, {"tool": {"name": "final_answer"}}), (MISTRAL, {"any": {}}), (LLAMA, None)],
    ids=["Nova", "Mistral", "Llama"],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_other_models_give_structured_output_by_a_tool(model: str, choice: Any, stream: bool) -> None:
    text = json.dumps({"name": "Ulm", "people": 1})
    with BedrockServer(Say(text)) as server, CapturedIO() as printed:
        params = {"model": model, "messages": ASK, "response_format": City, "stream": stream}
        response = client_for(server).create(params)
    assert response.choices[0].message.content == text
    assert response.choices[0].finish_reason == "stop"
    assert server.seen[0].body["toolConfig"].get("toolChoice") == choice
    assert ("final_answer" in server.seen[0].system) == (choice is None)
    assert (text in printed.text) == stream


def test_structured_output_by_a_tool_leaves_the_choice_of_other_tools() -> None:
    seen = ask(NOVA, Call((("add", {"a": 1, "b": 2}),)), tools=TOOLS, response_format=City)
    assert seen.tools == ["add", "multiply", "final_answer"]
    assert seen.body["toolConfig"]["toolChoice"] == {"any": {}}


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ("required", {"any": {}}),
        ("auto", None),
        ({"type": "function", "function": {"name": "add"}}, {"tool": {"name": "add"}}),
    ],
)
def test_the_choice_of_tools_is_translated(wanted: Any, sent: Any) -> None:
    assert ask(NOVA, tools=TOOLS, tool_choice=wanted).body["toolConfig"].get("toolChoice") == sent


def test_no_tools_are_offered_when_none_may_be_chosen() -> None:
    assert "toolConfig" not in ask(NOVA, tools=TOOLS, tool_choice="none").body


def test_a_blank_answer_of_a_tool_is_sent_as_a_word() -> None:
    assert ask(NOVA, messages=HISTORY, tools=TOOLS).answers == [("c1", "(nothing)")]


def test_calls_are_told_when_no_tools_are_offered() -> None:
    seen = ask(NOVA, messages=HISTORY)
    assert (seen.calls, seen.answers) == ([], [])
    assert seen.said[1][1] == 'I call the tool add with {"a": 1, "b": 2}.'


def test_cached_tokens_count_as_tokens_of_the_prompt() -> None:
    class Caching(BedrockServer):
        def body(self, seen: Seen, reply: Any) -> dict[str, Any]:
            body = super().body(seen, reply)
            body["usage"] |= {"cacheReadInputTokens": 100, "cacheWriteInputTokens": 30}
            return body

    with Caching(Say("Hi.", 12, 5)) as server:
        usage = client_for(server).create({"model": NOVA, "messages": ASK}).usage
    assert (usage.prompt_tokens, usage.total_tokens) == (142, 147)
    assert usage.prompt_tokens_details.cached_tokens == 100


def test_an_error_in_the_middle_of_a_stream_is_one_of_the_sdk() -> None:
    class Throttled(BedrockServer):
        def parts(self, seen: Seen, reply: Any) -> Iterator[bytes]:
            yield from list(super().parts(seen, reply))[:6]
            yield frame("throttlingException", {"message": "Too many tokens"}, message_type="exception")

    with Throttled(Say("One two three.")) as server, CapturedIO():
        client = client_for(server)
        with pytest.raises(client.fallback_errors, match="Too many tokens"):
            client.create({"model": NOVA, "messages": ASK, "stream": True})


def test_a_region_is_needed() -> None:
    with pytest.raises(MissingRegionError, match="aws_region"):
        BedrockClient(model=NOVA, aws_access_key="AKIA", aws_secret_key="secret")


def test_the_region_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client = BedrockClient(model=NOVA, aws_access_key="AKIA", aws_secret_key="secret")
    assert client.address == "https://bedrock-runtime.eu-west-1.amazonaws.com"


def test_missing_credentials_are_reported_when_the_client_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(MissingKeyError, match="aws_secret_key"):
        OpenAIWrapper(config_list=[{"api_type": "bedrock", "model": NOVA, "aws_region": REGION}])._clients  # noqa: B018


def test_a_profile_gives_the_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    file = tmp_path / "credentials"
    file.write_text(f"[work]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {KEY}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    with BedrockServer() as server:
        client = BedrockClient(aws_region=REGION, aws_profile_name="work", base_url=server.url)
        client.create({"model": NOVA, "messages": ASK})
    assert len(server.seen) == 1


@pytest.mark.parametrize("place", ["environment", "configuration"])
def test_clients_with_old_session_tokens_are_not_kept(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for number in range(8):
        token = {"aws_session_token": f"token-{number}"} if place == "configuration" else {}
        monkeypatch.setenv("AWS_SESSION_TOKEN", f"token-{number}" if place == "environment" else "one")
        keys = {"aws_access_key": ACCESS_KEY, "aws_secret_key": KEY, "aws_region": f"for-{place}"}
        made.append(weakref.ref(BedrockClient(model=NOVA, **keys, **token).bedrock_runtime))
    gc.collect()
    assert sum(client() is not None for client in made) < 5
    assert made[-1]() is not None


def test_the_next_client_signs_with_what_the_environment_holds_then(monkeypatch: pytest.MonkeyPatch) -> None:
    with BedrockServer() as server:
        for access_key, secret_key in (("AKIAOFSOMEBODYELSE", "another-secret"), (ACCESS_KEY, KEY)):
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret_key)
            client = BedrockClient(aws_region=REGION, base_url=server.url, max_retries=0)
        client.create({"model": NOVA, "messages": ASK})
    assert len(server.seen) == 1


def test_the_secret_key_is_blanked_out_of_errors() -> None:
    entry = {"api_type": "bedrock", "model": NOVA, "aws_access_key": ACCESS_KEY, "aws_secret_key": KEY}
    wrapper = OpenAIWrapper(
        config_list=[{**entry, "aws_region": REGION, "base_url": "http://127.0.0.1:9", "max_retries": 0}],
        cache_seed=None,
    )
    with pytest.raises(Exception, match="Asked was model") as failure:
        wrapper.create(messages=ASK)
    assert KEY not in str(failure.value)


def test_parse_params_parts_the_settings_as_0_2_did() -> None:
    client = BedrockClient(aws_region=REGION, aws_access_key="AKIA", aws_secret_key="secret")
    given = {"temperature": 0.1, "topP": 0.2, "maxTokens": 5, "top_p": 0.3, "top_k": 4, "k": 1, "seed": 3}
    base, further = client.parse_params({"model": NOVA, **given})
    assert base == {"temperature": 0.1, "topP": 0.2, "maxTokens": 5}
    assert further == {"top_p": 0.3, "top_k": 4, "k": 1, "seed": 3}
    with pytest.raises(AssertionError, match="specify the 'model'"):
        client.parse_params({})


def test_the_functions_of_0_2_still_translate() -> None:
    picture = "data:image/png;base64,iVBORw0KGgo="
    content = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": picture}}]
    image = {"image": {"format": "png", "source": {"bytes": PIXEL[:8]}}}
    assert bedrock.parse_content_parts({"role": "user", "content": content}) == [{"text": "See"}, image]
    assert bedrock.parse_image(picture) == (PIXEL[:8], "image/png")
    assert bedrock.extract_system_messages(ASK) == [{"text": "Be brief."}]
    spec = bedrock.format_tools(TOOLS)["tools"][0]["toolSpec"]
    assert (spec["name"], spec["inputSchema"]) == ("add", {"json": TOOLS[0]["function"]["parameters"]})
    (call,) = bedrock.format_tool_calls([{"toolUse": {"toolUseId": "t1", "name": "add", "input": {"a": 1}}}])
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == ("t1", "add", {"a": 1})
    assert bedrock.oai_messages_to_bedrock_messages(ASK, False, True) == [
        {"role": "user", "content": [{"text": "Say hello."}]}
    ]


@pytest.mark.parametrize(
    ("stop_reason", "finish_reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("tool_use", "tool_calls"),
        ("content_filtered", "content_filter"),
        ("guardrail_intervened", "content_filter"),
        (None, None),
    ],
)
def test_stop_reasons_are_translated(stop_reason: Any, finish_reason: Any) -> None:
    assert bedrock.convert_stop_reason_to_finish_reason(stop_reason) == finish_reason


def test_costs_come_from_the_shared_table(caplog: pytest.LogCaptureFixture) -> None:
    assert bedrock.calculate_cost(1000, 1000, LLAMA) == pytest.approx(0.0009)
    assert bedrock.PRICES_PER_K_TOKENS[LLAMA] == (0.0003, 0.0006)
    with caplog.at_level(logging.WARNING):
        assert bedrock.calculate_cost(1000, 1000, "a.new-model") == 0
    assert "a.new-model" in caplog.text


GOOD = {"modelId": NOVA, "messages": [{"role": "user", "content": [{"text": "Hi."}]}]}


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.5},
        {"inferenceConfig": {"temperature": 3.0}},
        {"inferenceConfig": {"maxTokens": "5"}},
        {"messages": [{"role": "tool", "content": [{"text": "Hi."}]}]},
        {"messages": [{"role": "user", "content": [{"text": "Hi.", "image": {}}]}]},
        {"toolConfig": {"tools": [{"toolSpec": {"name": "a tool", "inputSchema": {"json": {}}}}]}},
        {"system": [{"text": ""}]},
    ],
)
def test_the_test_server_refuses_what_the_service_model_refuses(change: dict[str, Any]) -> None:
    check_shape(GOOD, "ConverseRequest")
    with pytest.raises(WireError):
        check_shape({**GOOD, **change}, "ConverseRequest")
