"""Structured output, over HTTP: what is sent, what is checked, and what happens to an answer in the wrong form."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from autogen_classic import AssistantAgent, Cache, OpenAIWrapper, UserProxyAgent
from autogen_classic.events import Event, WarningIssued, listening
from autogen_classic.oai._request.structured import StructuredOutputError, wanted_form
from autogen_classic.testing import MockOpenAIServer, error, tool_call

Serve = Callable[..., MockOpenAIServer]
ASK = [{"role": "user", "content": "A city, please."}]
GOOD = json.dumps({"name": "Ulm", "people": 128928})
BAD = json.dumps({"name": "Ulm", "people": "many"})


class City(BaseModel):
    name: str
    people: int


class Sign(City):
    def format(self) -> str:
        return f"Welcome to {self.name}"


def wrapper_of(*servers: MockOpenAIServer) -> OpenAIWrapper:
    return OpenAIWrapper(config_list=[server.config(model="gpt-4o") for server in servers], cache_seed=None)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_wrong_answer_is_asked_for_once_more(serve: Serve, asynchronous: bool) -> None:
    server = serve(BAD, GOOD)
    wrapper = wrapper_of(server)
    if asynchronous:
        response = asyncio.run(wrapper.a_create(messages=ASK, response_format=City))
    else:
        response = wrapper.create(messages=ASK, response_format=City)
    assert wrapper.extract_text_or_completion_object(response) == [GOOD]
    first, second = server.requests
    assert second["messages"][:1] == first["messages"] == ASK
    assert second["messages"][1] == {"role": "assistant", "content": BAD}
    assert "people: Input should be a valid integer" in second["messages"][2]["content"]


@pytest.mark.parametrize(
    "written",
    [
        f"```json\n{GOOD}\n```",
        f"Here is a {{city}}:\n\n```\n{GOOD}\n```\nAnything else?",
        f"Of course: {GOOD} That is all.",
    ],
)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_answer_in_a_fence_or_among_words_is_paid_for_once(serve: Serve, written: str, asynchronous: bool) -> None:
    server = serve(written)
    wrapper = wrapper_of(server)
    if asynchronous:
        response = asyncio.run(wrapper.a_create(messages=ASK, response_format=City))
    else:
        response = wrapper.create(messages=ASK, response_format=City)
    assert wrapper.extract_text_or_completion_object(response) == [GOOD]
    assert len(server.requests) == 1


def test_a_list_in_a_fence_fits_the_schema_of_a_list(serve: Serve) -> None:
    server = serve(f"Two cities: [{GOOD}, {GOOD}]")
    wrapper = wrapper_of(server)
    response = wrapper.create(messages=ASK, response_format={"type": "array", "minItems": 2})
    assert wrapper.extract_text_or_completion_object(response) == [f"[{GOOD}, {GOOD}]"]
    assert len(server.requests) == 1


def test_two_answers_in_one_are_asked_about_and_none_is_lost(serve: Serve) -> None:
    other = json.dumps({"name": "Bonn", "people": 335975})
    both = f"```json\n{GOOD}\n```\nor\n```json\n{other}\n```"
    server = serve(both, other, both, both)
    wrapper = wrapper_of(server)
    chosen, given = (wrapper.create(messages=ASK, response_format=City) for _ in range(2))
    assert wrapper.extract_text_or_completion_object(chosen) == [other]
    assert "It holds several answers, and one is wanted." in server.requests[1]["messages"][2]["content"]
    assert wrapper.extract_text_or_completion_object(given) == [both]


def test_an_answer_that_is_given_twice_is_one(serve: Serve) -> None:
    again = json.dumps(json.loads(GOOD), indent=2)
    server = serve(f"```json\n{GOOD}\n```\nIndented:\n```json\n{again}\n```")
    wrapper = wrapper_of(server)
    response = wrapper.create(messages=ASK, response_format=City)
    assert wrapper.extract_text_or_completion_object(response) == [GOOD]
    assert len(server.requests) == 1


def test_a_fenced_answer_comes_from_the_cache_as_the_agents_have_read_it(serve: Serve, tmp_path: Path) -> None:
    server = serve(f"```json\n{GOOD}\n```")
    wrapper = wrapper_of(server)
    with Cache.disk(cache_path_root=str(tmp_path)) as cache:
        for _ in range(2):
            response = wrapper.create(messages=ASK, response_format=City, cache=cache)
            assert wrapper.extract_text_or_completion_object(response) == [GOOD]
    assert len(server.requests) == 1


def test_the_usage_of_both_rounds_counts(serve: Serve) -> None:
    once, twice = wrapper_of(serve(GOOD)), wrapper_of(serve(BAD, GOOD))
    single = once.create(messages=ASK, response_format=City).usage.total_tokens
    assert twice.create(messages=ASK, response_format=City).usage.total_tokens > 2 * single
    assert twice.actual_usage_summary["gpt-4o"]["total_tokens"] > 2 * single


def test_an_answer_that_stays_wrong_is_passed_on_with_a_warning(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(BAD, BAD)
    heard: list[Event] = []
    wrapper = wrapper_of(server)
    with listening(heard.append, kinds=(WarningIssued,)):
        response = wrapper.create(messages=ASK, response_format=City)
    assert wrapper.extract_text_or_completion_object(response) == [BAD]
    assert len(server.requests) == 2
    assert wrapper.actual_usage_summary["gpt-4o"]["total_tokens"] == response.usage.total_tokens
    assert ["another form" in event.text for event in heard if isinstance(event, WarningIssued)] == [True]
    assert "does not fit City" in caplog.text


def test_an_answer_that_does_not_fit_is_not_written_by_the_class(serve: Serve) -> None:
    bad = wrapper_of(serve(BAD, BAD))
    response = bad.create(messages=ASK, response_format=Sign)
    assert bad.extract_text_or_completion_object(response) == [BAD]


def test_an_answer_that_does_not_fit_is_not_kept_in_a_cache(serve: Serve, tmp_path: Path) -> None:
    with Cache.disk(cache_path_root=str(tmp_path)) as cache:
        wrapper = wrapper_of(serve(BAD, BAD, GOOD))
        wrapper.create(messages=ASK, response_format=City, cache=cache)
        response = wrapper.create(messages=ASK, response_format=City, cache=cache)
    assert wrapper.extract_text_or_completion_object(response) == [GOOD]


def test_a_program_that_insists_on_the_form_gets_an_error_that_keeps_what_was_paid_for(serve: Serve) -> None:
    wrapper = wrapper_of(serve(BAD, BAD))
    with pytest.raises(StructuredOutputError, match=r"(?s)does not fit City: people.*max_tokens") as failure:
        wrapper.create(messages=ASK, response_format=City, require_response_format=True)
    assert failure.value.paid_for.choices[0].message.content == BAD
    assert wrapper.actual_usage_summary["gpt-4o"]["total_tokens"] == failure.value.paid_for.usage.total_tokens


def test_answers_of_no_use_count_for_the_budget_at_the_price_of_their_configuration(serve: Serve) -> None:
    first, second = serve(BAD, BAD), serve(GOOD)
    config_list = [first.config(model="gpt-4o", price=[1000, 1000]), second.config(model="gpt-4o", price=[0, 0])]
    agent = AssistantAgent("a", llm_config={"config_list": config_list, "cache_seed": None, "response_format": City})
    result = UserProxyAgent("u", code_execution_config=False).initiate_chat(agent, message="A city?", max_turns=1)
    paid = agent.client.actual_usage_summary
    assert result.spent.requests == 2
    assert result.spent.tokens == paid["gpt-4o"]["total_tokens"]
    assert result.spent.cost == paid["total_cost"] > 50


def test_the_next_configuration_gets_its_turn(serve: Serve) -> None:
    wrapper = wrapper_of(serve("no JSON", "still none"), serve(GOOD))
    assert wrapper.create(messages=ASK, response_format=City).config_id == 1


def test_a_failing_repair_round_leaves_the_first_answer_counted(serve: Serve) -> None:
    wrapper = wrapper_of(serve(BAD, error(400, "no")))
    with pytest.raises(Exception, match="no"):
        wrapper.create(messages=ASK, response_format=City)
    assert wrapper.actual_usage_summary["gpt-4o"]["completion_tokens"] > 0


def test_a_json_schema_is_sent_and_checked(serve: Serve) -> None:
    schema = {"title": "A city!", "type": "object", "properties": {"people": {"type": "integer", "minimum": 1}}}
    server = serve(json.dumps({"people": 0}), json.dumps({"people": 7}))
    response = wrapper_of(server).create(messages=ASK, response_format=schema)
    assert response.choices[0].message.content == '{"people": 7}'
    described = {"name": "A_city_", "schema": schema, "strict": False}
    assert server.requests[0]["response_format"] == {"type": "json_schema", "json_schema": described}
    assert "$.people: 0 is less than the minimum of 1" in server.requests[1]["messages"][-1]["content"]


def test_what_the_api_takes_goes_out_as_it_is(serve: Serve) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "city", "schema": City.model_json_schema()}}
    server = serve(GOOD, "{}", "plain")
    wrapper = wrapper_of(server)
    for given in (form, {"type": "json_object"}, {"type": "text"}):
        wrapper.create(messages=ASK, response_format=given)
    sent = [request["response_format"] for request in server.requests]
    assert sent[0]["json_schema"]["schema"] == City.model_json_schema()
    assert sent[1:] == [{"type": "json_object"}, {"type": "text"}]


def test_calls_of_tools_are_no_final_answer_and_are_not_checked(serve: Serve) -> None:
    server = serve(tool_call("look_up", city="Ulm"))
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
    response = wrapper_of(server).create(messages=ASK, tools=tools, response_format=City)
    assert response.choices[0].message.tool_calls[0].function.name == "look_up"


def test_a_class_with_a_format_method_writes_what_agents_read(serve: Serve) -> None:
    llm_config = serve(GOOD).llm_config(response_format=Sign)
    person = UserProxyAgent("person", human_input_mode="NEVER", code_execution_config=False)
    chat = person.initiate_chat(AssistantAgent("sign", llm_config=llm_config), message="Ulm", max_turns=1)
    assert chat.chat_history[-1]["content"] == "Welcome to Ulm"


def test_the_cache_holds_the_good_answer_only(serve: Serve) -> None:
    server = serve(BAD, GOOD)
    wrapper = OpenAIWrapper(config_list=[server.config()], cache_seed=7)
    for _ in range(2):
        assert wrapper.create(messages=ASK, response_format=City).choices[0].message.content == GOOD
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ("json", TypeError, "must be a pydantic class or a dict, but it is 'json'"),
        (City(name="Ulm", people=1), TypeError, "must be a pydantic class or a dict"),
        ({"type": "yaml"}, ValueError, "is not understood. Give a pydantic class"),
    ],
)
def test_what_is_no_form_is_refused(given: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        wanted_form({"response_format": given})
