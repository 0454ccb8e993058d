"""What Groq, Together and Cerebras have in common, and what each has for itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from kit import KEY, Call, Case, Hang, Say, Seen, event

pytest.importorskip("groq")
pytest.importorskip("together")
pytest.importorskip("cerebras.cloud.sdk")

import case_cerebras
import case_groq
import case_together

from autogen_classic import OpenAIWrapper
from autogen_classic.errors import UnusableAnswerError
from autogen_classic.oai._chat_completions import ChatCompletionsClient
from autogen_classic.oai._provider_client import BrokenStreamError, MissingKeyError, MissingModelError
from autogen_classic.oai.cerebras import (
    CEREBRAS_PRICING_1K,
    CerebrasClient,
    calculate_cerebras_cost,
    oai_messages_to_cerebras_messages,
)
from autogen_classic.oai.groq import GROQ_PRICING_1K, GroqClient, calculate_groq_cost, oai_messages_to_groq_messages
from autogen_classic.oai.together import TogetherClient, calculate_together_cost, oai_messages_to_together_messages
from autogen_classic.testing import CapturedIO
from autogen_classic.testing.http_server import HttpRequest, HttpResponse

ASK = [{"role": "user", "content": "Say hello."}]
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
USED_TOOL = [
    {"role": "user", "name": "ada", "content": "Add."},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "1"},
]

CLIENTS: dict[str, tuple[type[ChatCompletionsClient], str, Case]] = {
    "groq": (GroqClient, "GROQ_API_KEY", case_groq.CASE),
    "together": (TogetherClient, "TOGETHER_API_KEY", case_together.CASE),
    "cerebras": (CerebrasClient, "CEREBRAS_API_KEY", case_cerebras.CASE),
}
every_client = pytest.mark.parametrize(("client", "variable", "case"), CLIENTS.values(), ids=list(CLIENTS))


def asked(case: Case, messages: list[dict[str, Any]] = ASK, **settings: Any) -> Seen:
    """Ask once, and return what the server saw."""
    with case.server(Say('{"n": 1}' if "response_format" in settings else "Hello.")) as server:
        OpenAIWrapper(config_list=[{**case.entry(server), **settings}], cache_seed=None).create(messages=messages)
    return server.seen[0]


@every_client
def test_a_missing_key_is_told_with_the_name_of_its_variable(client: Any, variable: str, case: Case) -> None:
    with pytest.raises(MissingKeyError, match=variable):
        client(model="m")
    with pytest.raises(AssertionError):
        client(api_key="")


@every_client
def test_the_key_may_stand_in_the_environment(
    client: Any, variable: str, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, KEY)
    assert client(model="m").api_key == KEY


@every_client
def test_a_missing_model_is_told(client: Any, variable: str, case: Case) -> None:
    with pytest.raises(MissingModelError, match="'model' in your config list entry"):
        client(api_key=KEY).parse_params({})


@every_client
def test_a_value_out_of_range_is_told_and_left_out(client: Any, variable: str, case: Case) -> None:
    with pytest.warns(UserWarning, match="presence_penalty has numerical bounds, >= -2 and <= 2"):
        sent = client(api_key=KEY).parse_params({"model": "m", "presence_penalty": 9})
    assert "presence_penalty" not in sent


@every_client
def test_settings_go_over_the_wire(client: Any, variable: str, case: Case) -> None:
    seen = asked(case, temperature=0.5, top_p=0.9, max_tokens=7, seed=3, stop="END", presence_penalty=1)
    expected = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 7, "seed": 3, "presence_penalty": 1}
    assert expected.items() <= seen.body.items()
    assert seen.body["stop"] in ("END", ["END"])


def test_what_is_sent_by_default_is_that_of_autogen_0_2() -> None:
    beside_chat = {
        case.name: {key: value for key, value in asked(case).body.items() if key not in ("messages", "model", "stream")}
        for _, _, case in CLIENTS.values()
    }
    assert beside_chat == {"Groq": {"temperature": 1}, "Together": {"max_tokens": 512}, "Cerebras": {"temperature": 1}}


@every_client
def test_a_base_url_may_have_the_path_of_the_sdk(client: Any, variable: str, case: Case) -> None:
    with case.server(Say("Hi.")) as server:
        entry = {**case.entry(server), "base_url": f"{server.url}{client.sdk_path}/"}
        OpenAIWrapper(config_list=[entry], cache_seed=None).create(messages=ASK)
    assert len(server.seen) == 1


@every_client
def test_hidden_tools_take_their_choice_with_them(client: Any, variable: str, case: Case) -> None:
    seen = asked(case, USED_TOOL, tools=[TOOL], tool_choice="auto", hide_tools="if_any_run")
    assert seen.tools == []
    assert "tool_choice" not in seen.body
    assert asked(case, ASK, tools=[TOOL], tool_choice="auto").body["tool_choice"] == "auto"


@every_client
def test_a_stream_that_breaks_off_in_a_call_does_not_call(client: Any, variable: str, case: Case) -> None:
    class HalfCall(case.server):  # type: ignore[misc, name-defined]
        def parts(self, seen: Seen, reply: Any) -> Iterable[bytes]:
            parts = list(super().parts(seen, Call((("add", {"a": 1}),))))
            return parts[:-2] if "usage" not in parts[-2].decode() else parts[:-3]

    with HalfCall(Say()) as server:
        wrapper = OpenAIWrapper(config_list=[{**case.entry(server), "max_retries": 0}], cache_seed=None)
        with pytest.raises(BrokenStreamError), CapturedIO():
            wrapper.create(messages=ASK, tools=[TOOL], stream=True)


def test_arguments_that_come_in_pieces_are_put_together() -> None:
    class Piecemeal(case_groq.GroqServer):
        def chunks(self, seen: Seen, reply: Any) -> Iterable[dict[str, Any]]:
            first, call, second_call, *rest = super().chunks(seen, reply)
            for chunk in (call, second_call):
                (whole,) = chunk["choices"][0]["delta"]["tool_calls"]
                arguments = whole["function"]["arguments"]
                yield first
                for number, piece in enumerate((arguments[:3], arguments[3:])):
                    part = {**whole, "function": {"name": whole["function"]["name"], "arguments": piece}}
                    later = {"index": whole["index"], "function": {"arguments": piece}}
                    delta = {"tool_calls": [part if number == 0 else later]}
                    yield {**chunk, "choices": [{**chunk["choices"][0], "delta": delta}]}
            yield from rest

    calls = (("add", {"a": 1}), ("add", {"a": 2}))
    with Piecemeal(Call(calls)) as server, CapturedIO():
        wrapper = OpenAIWrapper(config_list=[case_groq.CASE.entry(server)], cache_seed=None)
        response = wrapper.create(messages=ASK, tools=[TOOL], stream=True)
    made = response.choices[0].message.tool_calls
    assert [(call.function.name, json.loads(call.function.arguments)) for call in made] == list(calls)


@every_client
def test_an_error_in_mid_stream_leads_to_the_next_configuration(client: Any, variable: str, case: Case) -> None:
    class Overloaded(case.server):  # type: ignore[misc, name-defined]
        def parts(self, seen: Seen, reply: Any) -> Iterable[bytes]:
            yield next(iter(super().parts(seen, reply)))
            yield event({"error": {"message": "overloaded", "type": "server_error"}, "status_code": 503})

    with Overloaded(Say()) as first, case.server(Say("Second.")) as second, CapturedIO():
        wrapper = OpenAIWrapper(config_list=[case.entry(first), case.entry(second)], cache_seed=None)
        response = wrapper.create(messages=ASK, stream=True)
    assert response.choices[0].message.content == "Second."


@every_client
def test_a_web_page_is_no_answer(client: Any, variable: str, case: Case) -> None:
    class Page(case.server):  # type: ignore[misc, name-defined]
        def aside(self, http: HttpRequest) -> HttpResponse:
            return HttpResponse(200, b"<html>Welcome</html>", "text/html")

    with Page() as server, pytest.raises(UnusableAnswerError, match="Check base_url"):
        OpenAIWrapper(config_list=[case.entry(server)], cache_seed=None).create(messages=ASK)


@every_client
def test_a_call_may_have_a_timeout_of_its_own(client: Any, variable: str, case: Case) -> None:
    with case.server(Hang()) as server:
        wrapper = OpenAIWrapper(config_list=[{**case.entry(server), "max_retries": 0}], cache_seed=None)
        with pytest.raises(TimeoutError):
            wrapper.create(messages=ASK, timeout=0.2)


@every_client
def test_agents_share_the_connections_to_an_endpoint(client: Any, variable: str, case: Case) -> None:
    first, second = (client(api_key=KEY, base_url="http://localhost:1") for _ in range(2))
    assert first._client._client is second._client._client


def test_a_length_finish_is_told() -> None:
    class Short(case_together.TogetherServer):
        def completion(self, seen: Seen, reply: Any) -> dict[str, Any]:
            completion = super().completion(seen, reply)
            completion["choices"][0]["finish_reason"] = "length"
            return completion

    with Short(Say("Hel")) as server:
        wrapper = OpenAIWrapper(config_list=[case_together.CASE.entry(server)], cache_seed=None)
        assert wrapper.create(messages=ASK).choices[0].finish_reason == "length"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("reply", [Say("Hel"), Call((("add", {"a": 1}),))])
def test_an_answer_that_could_not_be_finished_is_an_error(reply: Say | Call, stream: bool) -> None:
    class Failing(case_together.TogetherServer):
        def body(self, seen: Seen, reply: Any) -> dict[str, Any]:
            body = super().body(seen, reply)
            body["choices"][0]["finish_reason"] = "error"
            return body

        def parts(self, seen: Seen, reply: Any) -> Iterator[bytes]:
            for part in super().parts(seen, reply):
                yield re.sub(rb'("finish_reason": ?)"\w+"', rb'\1"error"', part)

    with Failing(reply, reply) as server, case_groq.CASE.server(Say("Good.")) as other:
        entries = [case_together.CASE.entry(server), case_groq.CASE.entry(other)]
        wrapper = OpenAIWrapper(config_list=entries[:1], cache_seed=None)
        with pytest.raises(UnusableAnswerError, match=case_together.MODEL) as raised:
            wrapper.create(messages=ASK, tools=[TOOL], stream=stream)
        assert raised.value.paid_for is not None
        answer = OpenAIWrapper(config_list=entries, cache_seed=None).create(messages=ASK, tools=[TOOL], stream=stream)
    assert answer.choices[0].message.content == "Good."


def test_together_is_given_names_that_fit() -> None:
    history = [{"role": "user", "name": name, "content": "Hi."} for name in ("a b", "a_b", "a/b")]
    assert [message["name"] for message in oai_messages_to_together_messages(history)] == ["a_b_2", "a_b", "a_b_3"]


def test_only_together_is_given_names_and_numbers_of_calls() -> None:
    for write in (oai_messages_to_groq_messages, oai_messages_to_cerebras_messages):
        written = write(USED_TOOL)
        assert [set(message) for message in written] == [
            {"role", "content"},
            {"role", "content", "tool_calls"},
            {"role", "tool_call_id", "content"},
        ]
        assert "index" not in written[1]["tool_calls"][0]
    together = oai_messages_to_together_messages(USED_TOOL)
    assert together[0]["name"] == "ada"
    assert together[1]["tool_calls"][0]["index"] == 0


FORM = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def test_groq_holds_those_models_to_a_schema_that_know_schemas() -> None:
    seen = asked(case_groq.CASE, model="openai/gpt-oss-20b", response_format=FORM, price=[0, 0])
    assert seen.body["response_format"]["json_schema"]["schema"] == FORM


class RepeatsItsCall(case_cerebras.CerebrasServer):
    """Calls a tool again beside the final answer."""

    def completion(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        completion = super().completion(seen, reply)
        again = super().completion(seen, Call((("add", {}),)))["choices"][0]
        completion["choices"][0]["message"]["tool_calls"] = again["message"]["tool_calls"]
        return {**completion, "choices": [{**completion["choices"][0], "finish_reason": "tool_calls"}]}


@pytest.mark.parametrize(("text", "calls"), [('{"n": 1}', None), ("I add once more.", 1)])
def test_the_final_answer_of_cerebras_ends_the_calls(text: str, calls: int | None) -> None:
    with RepeatsItsCall(Say(text)) as server:
        settings = {**case_cerebras.CASE.entry(server), "response_format": FORM, "tools": [TOOL]}
        message = OpenAIWrapper(config_list=[settings], cache_seed=None).create(messages=ASK).choices[0].message
    assert message.content == text
    assert (len(message.tool_calls) if message.tool_calls else None) == calls


def test_cerebras_sends_nothing_before_it_is_asked() -> None:
    with case_cerebras.CASE.server() as server:
        CerebrasClient(api_key=KEY, base_url=server.url)
    assert not server.seen
    assert not server.faults


def test_costs_come_from_the_table() -> None:
    assert calculate_groq_cost(1000, 1000, "llama-3.1-8b-instant") == pytest.approx(0.00013)
    assert calculate_cerebras_cost(1000, 1000, "llama3.1-8b") == pytest.approx(0.0002)
    assert calculate_together_cost(1000, 0, "meta-llama/Llama-3-70b-chat-hf") == pytest.approx(0.0009)
    assert GROQ_PRICING_1K["llama-3.1-8b-instant"] == (0.00005, 0.00008)
    assert CEREBRAS_PRICING_1K["llama3.1-8b"] == (0.0001, 0.0001)


def test_an_unknown_price_is_told_and_counts_as_nothing() -> None:
    for calculate in (calculate_groq_cost, calculate_cerebras_cost, calculate_together_cost):
        with pytest.warns(UserWarning, match="not available for model nosuch"):
            assert calculate(1000, 1000, "nosuch") == 0.0


def test_a_price_in_the_configuration_goes_before_the_table() -> None:
    with case_groq.CASE.server(Say("Hi.", 1000, 1000)) as server:
        wrapper = OpenAIWrapper(config_list=[{**case_groq.CASE.entry(server), "price": [1, 2]}], cache_seed=None)
        assert wrapper.create(messages=ASK).cost == 3
