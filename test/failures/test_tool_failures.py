"""A tool that fails is an answer that the model can read; nothing that was said is lost, and the chat goes on."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest

from autogen_classic import register_function
from autogen_classic.testing import function_call, tool_call, tool_calls


def divide(a: Annotated[int, "the dividend"], b: Annotated[int, "the divisor"]) -> float:
    return a / b


async def a_divide(a: Annotated[int, "the dividend"], b: Annotated[int, "the divisor"]) -> float:
    await asyncio.sleep(0)
    return a / b


@pytest.fixture
def answer(serve: Any, agent: Any, chat: Any, said: Any, sent: Any) -> Any:
    """Let a model make a bad call, and return what it is told; then check that the chat goes on with all of it."""

    def run(call: Any, tool: Any = divide) -> str:
        server = serve(call, "I see.", "Better now.")
        person, helper = agent("person"), agent("helper", server.config())
        register_function(tool, caller=helper, executor=person, name="divide", description="divides")
        chat(person, helper, "Divide 1 by 0.", max_turns=2)
        kept = said(helper, person)
        assert [role for role, _ in kept] == ["user", "assistant", "tool", "assistant"]
        assert kept[-1] == ("assistant", "I see.")
        assert len(said(person, helper)) == 4
        told = kept[2][1]
        assert sent(server)[-1] == ("tool", told)

        chat(person, helper, "Try again.", clear_history=False)
        assert sent(server)[1:] == [*kept, ("user", "Try again.")]
        calls = [message["tool_calls"] for message in server.requests[-1]["messages"] if message.get("tool_calls")]
        answers = [message for message in server.requests[-1]["messages"] if message["role"] == "tool"]
        assert [one["id"] for one in calls[0]] == [one["tool_call_id"] for one in answers]
        assert said(helper, person) == [*kept, ("user", "Try again."), ("assistant", "Better now.")]
        return str(told)

    return run


@pytest.mark.parametrize("tool", [divide, a_divide])
def test_the_error_of_a_tool_is_told_to_the_model(answer: Any, tool: Any) -> None:
    assert answer(tool_call("divide", a=1, b=0), tool) == "Error: division by zero"


def test_an_unknown_tool_is_told_to_the_model(answer: Any) -> None:
    assert answer(tool_call("multiply", a=1, b=0)) == "Error: Function multiply not found."


def test_broken_json_is_told_to_the_model(answer: Any) -> None:
    told = answer(tool_call("divide", '{"a": 1, "b": '))
    assert told.startswith("Error: Expecting value: line 1 column")
    assert told.endswith("\n The argument must be in JSON format.")


def test_a_missing_argument_is_told_to_the_model(answer: Any) -> None:
    assert "missing 1 required positional argument: 'b'" in answer(tool_call("divide", a=1))


def test_an_unknown_argument_is_told_to_the_model(answer: Any) -> None:
    assert "unexpected keyword argument 'c'" in answer(tool_call("divide", a=1, b=2, c=3))


def test_an_argument_of_another_type_is_told_to_the_model(answer: Any) -> None:
    assert answer(tool_call("divide", a="one", b=2)).startswith("Error: ")


@pytest.mark.parametrize("arguments", ["[1, 0]", "1", '"text"', "null"])
def test_json_that_is_no_object_is_told_to_the_model(answer: Any, arguments: str) -> None:
    assert answer(tool_call("divide", arguments)).startswith("Error: ")


def test_a_good_call_beside_a_bad_one_is_answered(serve: Any, agent: Any, chat: Any) -> None:
    server = serve(tool_calls(tool_call("divide", a=1, b=0), tool_call("divide", a=1, b=2)), "I see.")
    person, helper = agent("person"), agent("helper", server.config())
    register_function(divide, caller=helper, executor=person, description="divides")
    chat(person, helper, "Divide.", max_turns=2)
    answers = [message["content"] for message in server.requests[-1]["messages"] if message["role"] == "tool"]
    assert answers == ["Error: division by zero", "0.5"]


def test_a_function_that_fails_is_told_to_the_model(serve: Any, agent: Any, chat: Any) -> None:
    server = serve(function_call("divide", a=1, b=0), function_call("multiply"), "I see.")
    person, helper = agent("person", function_map={"divide": divide}), agent("helper", server.config())
    chat(person, helper, "Divide.", max_turns=3)
    answers = [message["content"] for message in server.requests[-1]["messages"] if message["role"] == "function"]
    assert answers == ["Error: division by zero", "Error: Function multiply not found."]


def test_a_call_that_stayed_open_is_sent_with_the_answer_that_it_was_not_carried_out(
    serve: Any, agent: Any, chat: Any
) -> None:
    """0.2.40 sends it without one, which the API refuses. The stored history stays what was said."""
    server = serve(tool_call("divide", a=1, b=2), "Fine.")
    person, helper = agent("person"), agent("helper", server.config())
    chat(person, helper, "Divide.")
    chat(person, helper, "Never mind.", clear_history=False)
    roles = [message["role"] for message in server.requests[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "user"]
    assert "not carried out" in server.requests[-1]["messages"][3]["content"]
    assert [message["role"] for message in helper.chat_messages[person]][:3] == ["user", "assistant", "user"]


def test_a_person_who_goes_on_in_place_of_the_tool_answers_the_call(serve: Any, agent: Any, chat: Any) -> None:
    server = serve(tool_call("divide", a=1, b=2), "Fine.")
    person = agent("person", human_input_mode="ALWAYS")
    person.get_human_input = lambda prompt: "Never mind."
    chat(person, agent("helper", server.config()), "Divide.", max_turns=2)
    last = server.requests[-1]["messages"][-2:]
    assert [message["role"] for message in last] == ["tool", "user"]
    assert last[0]["tool_call_id"] == server.requests[-1]["messages"][-3]["tool_calls"][0]["id"]
