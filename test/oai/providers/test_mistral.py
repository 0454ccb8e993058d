"""What only Mistral has: an order of messages that it insists on, short ids of calls, and its own names of settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

pytest.importorskip("mistralai.client")

from case_mistral import CASE, MODEL, MistralServer
from kit import KEY, Call, Fail, Say, Seen
from test_matrix import ASK, TOOLS, answered

from autogen_classic.errors import UnusableAnswerError
from autogen_classic.oai._provider_client import MissingKeyError, MissingModelError
from autogen_classic.oai.mistral import MistralAIClient, calculate_mistral_cost, tool_def_to_mistral

CALL = {"id": "call_of_another_model", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
CALLED = [
    *ASK,
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": CALL["id"], "content": "3"},
]


def asked(server: Any, **params: Any) -> Any:
    """Ask with the client itself."""
    client = MistralAIClient(**CASE.entry(server), max_retries=0)
    return client.create({"model": MODEL, "messages": ASK, **params})


def roles(seen: Seen) -> list[str]:
    return [message["role"] for message in seen.body["messages"]]


def test_the_key_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", KEY)
    assert MistralAIClient(model=MODEL).api_key == KEY


def test_a_missing_key_is_told_with_the_name_of_the_variable() -> None:
    with pytest.raises(MissingKeyError, match="MISTRAL_API_KEY"):
        MistralAIClient(model=MODEL)


def test_a_request_without_a_model_is_refused() -> None:
    with pytest.raises(MissingModelError, match="'model'"):
        MistralAIClient(api_key=KEY).parse_params({"messages": ASK})


def test_parameters_have_the_defaults_of_0_2() -> None:
    params = MistralAIClient(api_key=KEY).parse_params({"model": MODEL, "messages": ASK})
    assert {name: params[name] for name in params if name != "messages"} == {
        "model": MODEL,
        "temperature": 0.7,
        "top_p": None,
        "max_tokens": None,
        "safe_prompt": False,
        "random_seed": None,
    }


def test_settings_arrive_by_the_names_of_mistral() -> None:
    with MistralServer() as server:
        asked(server, temperature=0.2, top_p=0.5, max_tokens=9, safe_prompt=True, seed=5, stop=["END"])
    body = server.seen[0].body
    settings = {name: body[name] for name in body if name not in ("model", "messages", "stream")}
    assert settings == {
        "temperature": 0.2,
        "top_p": 0.5,
        "max_tokens": 9,
        "safe_prompt": True,
        "random_seed": 5,
        "stop": ["END"],
    }


def test_a_setting_out_of_its_range_is_told_and_replaced() -> None:
    with MistralServer() as server, pytest.warns(UserWarning, match="temperature"):
        asked(server, temperature=9)
    assert server.seen[0].body["temperature"] == 0.7


def test_a_base_url_may_end_in_v1() -> None:
    with MistralServer(Say("Hello.")) as server:
        client = MistralAIClient(**{**CASE.entry(server), "base_url": f"{server.url}/v1"})
        assert client.create({"model": MODEL, "messages": ASK}).choices[0].message.content == "Hello."


def test_ids_of_other_models_become_short_ones() -> None:
    with MistralServer() as server:
        asked(server, messages=CALLED, tools=TOOLS)
    ((call_id, name, _),), ((answered_id, text),) = server.seen[0].calls, server.seen[0].answers
    assert (name, text) == ("add", "3")
    assert call_id == answered_id != CALL["id"]


def test_ids_of_mistral_stay() -> None:
    with MistralServer(Call((("add", {"a": 1, "b": 2}),)), Say("3")) as server:
        message = asked(server, tools=TOOLS).choices[0].message
        asked(server, messages=answered(message, "3"), tools=TOOLS)
    assert server.seen[1].calls[0][0] == message.tool_calls[0].id == "Call00000"


def test_the_assistant_speaks_between_a_tool_and_a_user() -> None:
    with MistralServer() as server:
        asked(server, messages=[*CALLED, {"role": "user", "content": "And now?"}], tools=TOOLS)
    assert roles(server.seen[0]) == ["system", "user", "assistant", "tool", "assistant", "user"]


def test_a_conversation_ends_with_the_user_and_begins_with_the_system() -> None:
    late_system = {"role": "system", "content": "Be kind."}
    with MistralServer() as server:
        asked(server, messages=[*ASK, late_system, {"role": "assistant", "content": "Hello."}])
        asked(server, messages=[*ASK, {"role": "assistant", "content": "Hello."}, late_system])
    in_the_middle, at_the_end = server.seen
    assert roles(in_the_middle) == roles(at_the_end) == ["system", "user", "assistant", "user"]
    assert in_the_middle.system == "Be brief.\nBe kind."
    assert at_the_end.said[-1] == ("user", "Be kind.")


def test_tools_that_have_run_can_be_hidden() -> None:
    with MistralServer() as server:
        asked(server, messages=CALLED, tools=TOOLS[:1], hide_tools="if_all_run")
    assert server.seen[0].tools == []


def test_thoughts_are_left_out_of_the_text() -> None:
    class Thinking(MistralServer):
        def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
            body = super().body(seen, reply)
            thoughts = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
            body["choices"][0]["message"]["content"] = [thoughts, {"type": "text", "text": "Yes."}]
            body["choices"][0]["finish_reason"] = "model_length"
            return body

    with Thinking() as server:
        choice = asked(server).choices[0]
    assert (choice.message.content, choice.finish_reason) == ("Yes.", "length")


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_mistral_could_not_finish_is_an_error(stream: bool) -> None:
    class Failing(MistralServer):
        def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
            body = super().body(seen, reply)
            body["choices"][0]["finish_reason"] = "error"
            return body

        def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
            return (part.replace(b'"stop"', b'"error"') for part in super().parts(seen, reply))

    with Failing(Say("The answer is")) as server, pytest.raises(UnusableAnswerError, match=MODEL) as raised:
        asked(server, stream=stream)
    assert raised.value.paid_for is not None


def test_the_wait_that_mistral_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    with MistralServer(Fail(429, retry_after=7.5), Say("Now.")) as server:
        client = MistralAIClient(**CASE.entry(server))
        assert client.create({"model": MODEL, "messages": ASK}).choices[0].message.content == "Now."
    assert waits == [7.5]


def test_a_tool_becomes_a_function_of_the_package() -> None:
    (tool,) = tool_def_to_mistral(TOOLS[:1])
    assert (tool["type"], tool["function"].name) == ("function", "add")
    assert tool["function"].parameters == TOOLS[0]["function"]["parameters"]


def test_costs_come_from_the_table_of_prices() -> None:
    assert calculate_mistral_cost(1000, 1000, "mistral-small-latest") == pytest.approx(0.0004)
    with pytest.warns(UserWarning, match="no-such-model"):
        assert calculate_mistral_cost(1000, 1000, "no-such-model") == 0
