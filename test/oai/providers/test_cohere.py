"""What only Cohere has: names before texts, plans beside calls, billed tokens, and its own names of settings."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("cohere")

import cohere
from case_cohere import CASE, MODEL, CohereServer
from kit import KEY, Call, Fail, Say, Seen
from test_matrix import ASK, TOOLS, answered

from autogen_classic.oai._provider_client import MissingKeyError, MissingModelError
from autogen_classic.oai.cohere import (
    COHERE_PRICING_1K,
    CohereClient,
    CohereError,
    CohereRateLimitError,
    calculate_cohere_cost,
    clean_return_response_format,
    extract_to_cohere_tool_results,
    is_recent_tool_call,
    oai_messages_to_cohere_messages,
)
from autogen_classic.testing import CapturedIO

ADD = {"id": "add_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}


def asked(server: Any, **params: Any) -> Any:
    """Ask with the client itself."""
    client = CohereClient(**CASE.entry(server), max_retries=0)
    return client.create({"model": MODEL, "messages": ASK, **params})


def test_the_key_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_KEY", KEY)
    assert CohereClient(model=MODEL).api_key == KEY


def test_a_missing_key_is_told_with_the_name_of_the_variable() -> None:
    with pytest.raises(MissingKeyError, match="COHERE_API_KEY"):
        CohereClient(model=MODEL)


def test_a_request_without_a_model_is_refused() -> None:
    with pytest.raises(MissingModelError, match="'model'"):
        CohereClient(api_key=KEY).parse_params({"messages": ASK})


def test_parameters_have_the_defaults_of_0_2() -> None:
    assert CohereClient(api_key=KEY).parse_params({"model": MODEL}) == {
        "model": MODEL,
        "temperature": 0.3,
        "max_tokens": None,
        "k": 0,
        "p": 0.75,
        "seed": None,
        "frequency_penalty": 0,
        "presence_penalty": 0,
    }


def test_settings_arrive_by_the_names_of_cohere() -> None:
    with CohereServer() as server:
        asked(server, temperature=0.5, k=3, p=0.9, max_tokens=7, seed=1, stop="END", safety_mode="STRICT")
    body = server.seen[0].body
    settings = {name: body[name] for name in body if name not in ("model", "messages", "stream")}
    assert settings == {
        "temperature": 0.5,
        "k": 3,
        "p": 0.9,
        "max_tokens": 7,
        "seed": 1,
        "frequency_penalty": 0,
        "presence_penalty": 0,
        "stop_sequences": ["END"],
        "safety_mode": "STRICT",
    }


@pytest.mark.parametrize(("name", "value", "default"), [("k", 501, 0), ("p", 1, 0.75), ("presence_penalty", 2, 0)])
def test_a_setting_out_of_its_range_is_told_and_replaced(name: str, value: float, default: float) -> None:
    with pytest.warns(UserWarning, match=name):
        params = CohereClient(api_key=KEY).parse_params({"model": MODEL, name: value})
    assert params[name] == default


def test_the_client_says_its_name() -> None:
    with CohereServer() as server:
        CohereClient(**CASE.entry(server), client_name="my-program").create({"model": MODEL, "messages": ASK})
    assert server.seen[0].headers["x-client-name"] == "my-program"


def test_users_say_who_they_are() -> None:
    messages = [{"role": "user", "content": "Hello.", "name": "Ada"}, {"role": "user", "content": "Hi."}]
    with CohereServer() as server:
        asked(server, messages=messages)
    assert server.seen[0].said == [("user", "Ada:\nHello."), ("user", "Hi.")]


def test_a_conversation_ends_with_the_user() -> None:
    with CohereServer() as server:
        asked(server, messages=[*ASK, {"role": "assistant", "content": "Hello."}])
    assert server.seen[0].said[-1] == ("user", "Please continue.")


@pytest.mark.parametrize("stream", [False, True])
def test_a_plan_is_said_and_goes_back_with_the_calls(stream: bool) -> None:
    with CohereServer(Call((("add", {"a": 1, "b": 2}),)), Say("3")) as server, CapturedIO():
        message = asked(server, tools=TOOLS, stream=stream).choices[0].message
        stored = answered(message, "3")
        asked(server, messages=stored, tools=TOOLS)
    assert message.content == "I will calculate."
    (with_calls,) = [message for message in server.seen[1].body["messages"] if message.get("tool_calls")]
    assert with_calls["tool_plan"] == "I will calculate."
    assert "content" not in with_calls


def test_tools_that_have_run_can_be_hidden() -> None:
    messages = [
        *ASK,
        {"role": "assistant", "tool_calls": [ADD]},
        {"role": "tool", "tool_call_id": "add_1", "content": "3"},
    ]
    with CohereServer() as server:
        asked(server, messages=messages, tools=TOOLS, hide_tools="if_any_run")
    assert server.seen[0].tools == []


def test_a_tool_can_be_demanded() -> None:
    with CohereServer() as server:
        asked(server, tools=TOOLS, tool_choice="required")
    assert server.seen[0].body["tool_choice"] == "REQUIRED"


def test_with_tools_the_form_is_told_in_words() -> None:
    form = {"type": "object", "properties": {"name": {"type": "string"}}}
    with CohereServer() as server:
        asked(server, tools=TOOLS, response_format=form)
    assert server.seen[0].schema is None
    assert '"name"' in server.seen[0].system


def test_a_limit_of_requests_has_the_name_of_0_2() -> None:
    with CohereServer(Fail(429)) as server, pytest.raises(CohereRateLimitError) as failure:
        asked(server)
    assert isinstance(failure.value, CohereError)
    assert isinstance(failure.value, cohere.TooManyRequestsError)
    assert failure.value.status_code == 429


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_cohere_cannot_finish_is_an_error(stream: bool) -> None:
    class Failing(CohereServer):
        def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
            return {**super().body(seen, reply), "finish_reason": "ERROR"}

        def parts(self, seen: Seen, reply: Say | Call) -> Any:
            return [part.replace(b'"COMPLETE"', b'"ERROR"') for part in super().parts(seen, reply)]

    with Failing() as server, CapturedIO(), pytest.raises(CohereError, match=r"could not finish its answer \(ERROR\)"):
        asked(server, stream=stream)


def test_the_wait_that_cohere_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("cohere.core.http_client.time.sleep", waits.append)
    with CohereServer(Fail(429, retry_after=7.5), Say("Now.")) as server:
        client = CohereClient(**CASE.entry(server))
        assert client.create({"model": MODEL, "messages": ASK}).choices[0].message.content == "Now."
    assert waits == [7.5]


def test_messages_are_written_with_what_belongs_to_them() -> None:
    request: dict[str, Any] = {}
    messages = oai_messages_to_cohere_messages(ASK, {"tools": TOOLS[:1]}, request)
    assert messages == ASK
    assert request == {"tools": TOOLS[:1]}


def test_an_answer_of_a_tool_is_joined_with_its_call() -> None:
    (result,) = extract_to_cohere_tool_results("add_1", "3", [ADD])
    assert (result.call.name, result.call.parameters, result.outputs) == ("add", {"a": 1, "b": 2}, [{"value": "3"}])
    assert extract_to_cohere_tool_results("add_2", "3", [ADD]) == []


def test_a_call_is_recent_while_only_tools_have_spoken() -> None:
    messages = [{"role": "assistant", "tool_calls": [ADD]}, {"role": "tool", "tool_call_id": "add_1", "content": "3"}]
    assert is_recent_tool_call(messages, 0)
    assert not is_recent_tool_call([*messages, {"role": "user", "content": "Thanks."}], 0)


def test_costs_come_from_the_table_of_prices() -> None:
    assert calculate_cohere_cost(1000, 1000, "command-r") == pytest.approx(sum(COHERE_PRICING_1K["command-r"]))
    with pytest.warns(UserWarning, match="no-such-model"):
        assert calculate_cohere_cost(1000, 1000, "no-such-model") == 0


@pytest.mark.parametrize("said", ['{"a":1}', '{\n "a": 1}\n', '```json\n{"a": 1}\n```', '```\n{"a":1}```'])
def test_a_structured_answer_is_written_in_one_line(said: str) -> None:
    assert clean_return_response_format(said) == '{"a": 1}'


def test_a_structured_answer_has_to_be_json() -> None:
    with pytest.raises(json.JSONDecodeError):
        clean_return_response_format("no")
