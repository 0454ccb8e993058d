"""Swarms in the spellings of AG2 0.4 to 0.8; what they print and send is in ``test/compat/swarm``."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import (
    AFTER_WORK,
    ON_CONDITION,
    UPDATE_SYSTEM_MESSAGE,
    AfterWork,
    AfterWorkOption,
    ContextExpression,
    OnCondition,
    SwarmAgent,
    SwarmResult,
    a_initiate_swarm_chat,
    a_run_swarm,
    initiate_swarm_chat,
    register_hand_off,
    run_swarm,
)
from autogen_classic.agentchat.contrib.swarm_agent import ContextStr, OnContextCondition
from autogen_classic.testing import ScriptedClient, tool_call


def swarm_agent(name: str, *replies: Any, **arguments: Any) -> SwarmAgent:
    client = ScriptedClient([*replies])
    made = SwarmAgent(name, llm_config=client.llm_config(), **arguments)
    made.script = client
    return made


def test_the_first_spellings_work():
    a = swarm_agent(
        "a", tool_call("transfer_a_to_b"), update_agent_state_before_reply=UPDATE_SYSTEM_MESSAGE("I am {n}.")
    )
    b = swarm_agent("b", "From b.")
    a.register_hand_off([ON_CONDITION(agent=b, condition="To b."), AFTER_WORK(AfterWorkOption.TERMINATE)])
    result, variables, last = initiate_swarm_chat(a, "Hello.", [a, b], context_variables={"n": 7})
    assert (result.summary, variables, last) == ("From b.", {"n": 7}, b)
    assert a.script.requests[0].messages[0]["content"] == "I am 7."


def test_the_tools_for_nested_chats_are_counted_by_themselves():
    a, b, c = swarm_agent("a", "From a."), swarm_agent("b"), swarm_agent("c")
    queue = [{"recipient": c, "message": "nested", "max_turns": 1}]
    nested = [OnCondition({"chat_queue": list(queue)}, f"nested {number}") for number in range(2)]
    register_hand_off(a, [OnCondition(b, "To b."), *nested, AfterWork(c)])
    initiate_swarm_chat(a, "Hello.", [a, b, c], max_rounds=2)
    assert [tool["function"]["name"] for tool in a.script.requests[0]["tools"]] == [
        "transfer_a_to_b",
        "transfer_a_to_nested_chat_a_1",
        "transfer_a_to_nested_chat_a_2",
    ]


def test_functions_can_be_added_later():
    a = swarm_agent("a", tool_call("look_up", word="tea"), "Done.")

    def find(word: str, context_variables: dict[str, Any]) -> str:
        """Look a word up."""
        return f"{word}: {context_variables['tea']}"

    a.add_single_function(find, "look_up", "Look it up.")
    result, _, _ = initiate_swarm_chat(a, "Hello.", [a], context_variables={"tea": "a drink"})
    assert result.chat_history[2]["content"] == "tea: a drink"
    (tool,) = a.script.requests[0]["tools"]
    assert tool["function"]["description"] == "Look it up."
    assert list(tool["function"]["parameters"]["properties"]) == ["word"]


def test_an_asynchronous_function_takes_the_variables_too():
    async def count(context_variables: dict) -> SwarmResult:
        """Count."""
        return SwarmResult(values="Counted.", context_variables={"n": context_variables["n"] + 1}, agent="b")

    a, b = swarm_agent("a", tool_call("count"), functions=count), swarm_agent("b", "From b.")
    result, variables, last = asyncio.run(a_initiate_swarm_chat(a, "Hello.", [a, b], context_variables={"n": 1}))
    assert (result.summary, variables, last) == ("From b.", {"n": 2}, b)


@pytest.mark.parametrize(
    ("chosen", "says"),
    [("b", "From b."), ("TERMINATE", "From a."), (AfterWorkOption.STAY, "Again."), (AfterWork("terminate"), "From a.")],
)
def test_a_function_says_in_many_ways_who_goes_next(chosen: Any, says: str):
    a, b = swarm_agent("a", "From a.", "Again."), swarm_agent("b", "From b.")
    chooser = iter([chosen, AfterWorkOption.TERMINATE])
    register_hand_off(a, AfterWork(lambda last_speaker, messages, groupchat: next(chooser)))
    assert initiate_swarm_chat(a, "Hello.", [a, b])[0].summary == says


def test_conditions_are_filled_with_variables_or_made_by_a_function():
    a, b = swarm_agent("a", "From a."), swarm_agent("b")
    register_hand_off(a, OnCondition(b, ContextStr(template="For {who}.")))
    register_hand_off(a, OnCondition(b, lambda agent, messages: f"After {len(messages)}."))
    initiate_swarm_chat(a, "Hello.", [a, b], context_variables={"who": "Ann"})
    assert [tool["function"]["description"] for tool in a.script.requests[0]["tools"]] == ["For Ann.", "After 1."]


def test_a_context_condition_hands_over_without_a_model():
    a, b = swarm_agent("a"), swarm_agent("b", "From b.")
    register_hand_off(a, OnContextCondition(target=b, condition=ContextExpression("${n} > 1")))
    assert initiate_swarm_chat(a, "Hello.", [a, b], context_variables={"n": 2})[0].summary == "From b."


def test_the_manager_chooses_with_a_question_of_the_program():
    a, b = swarm_agent("a", "From a."), swarm_agent("b", "From b.")
    manager = ScriptedClient(["b"])
    after_work = AfterWork(
        AfterWorkOption.SWARM_MANAGER, next_agent_selection_msg=lambda agent, messages: "Who is next?"
    )
    register_hand_off(a, after_work)
    arguments = {"llm_config": manager.llm_config()}
    assert initiate_swarm_chat(a, "Hello.", [a, b], swarm_manager_args=arguments)[0].summary == "From b."
    assert "Who is next?" in str(manager.requests[0].messages)


@pytest.mark.parametrize("hand_to", ["b", [1], None])
def test_what_is_not_a_hand_off_is_refused(hand_to: Any):
    with pytest.raises(ValueError, match="OnCondition"):
        register_hand_off(agent("a"), hand_to)


def test_a_result_that_hands_over_to_something_else_is_refused_at_once():
    with pytest.raises(ValueError, match="An after-work must be .* but it is 4"):
        SwarmResult(agent=4)


def test_variables_of_a_swarm_are_named_as_those_of_the_chat():
    ann = agent("ann")
    with pytest.raises(TypeError, match="context_variables of a chat must be"):
        initiate_swarm_chat(initial_agent=ann, agents=[ann], messages="x", context_variables=[1])


def test_an_after_work_of_another_type_is_refused_at_once():
    with pytest.raises(ValueError, match="an agent, an AfterWorkOption"):
        AfterWork(3)
    a = swarm_agent("a")
    with pytest.raises(ValueError, match="An after-work must be"):
        initiate_swarm_chat(a, "Hello.", [a], after_work=3)


def test_two_hand_offs_to_one_agent_have_two_names():
    a, b = swarm_agent("a", tool_call("transfer_a_to_b_2")), swarm_agent("b", "From b.")
    register_hand_off(a, [OnCondition(b, "First."), OnCondition(b, "Second.")])
    assert initiate_swarm_chat(a, "Hello.", [a, b])[0].summary == "From b."
    names = [tool["function"]["name"] for tool in a.script.requests[0]["tools"]]
    assert names == ["transfer_a_to_b", "transfer_a_to_b_2"]


def test_a_hand_off_that_is_not_available_is_not_followed():
    a, b = swarm_agent("a", tool_call("transfer_a_to_b"), "From a."), swarm_agent("b", "From b.")
    register_hand_off(a, OnCondition(b, "To b.", available="is_open"))
    result, _, _ = initiate_swarm_chat(a, "Hello.", [a, b], context_variables={"is_open": False})
    assert result.summary == "From a."
    assert result.chat_history[2]["content"] == "Error: This handoff is not available now."


def test_tools_of_the_same_name_stay_those_of_their_agents():
    def look() -> str:
        """Look."""
        return "of a"

    def looking() -> str:
        """Look."""
        return "of b"

    looking.__name__ = "look"
    a = swarm_agent("a", tool_call("look"), tool_call("transfer_a_to_b"), functions=[look])
    b = swarm_agent("b", tool_call("look"), "Done.", functions=[looking])
    register_hand_off(a, OnCondition(b, "To b."))
    history = initiate_swarm_chat(a, "Hello.", [a, b])[0].chat_history
    assert [message["content"] for message in history if message["content"].startswith("of ")] == ["of a", "of b"]


def test_a_swarm_runs_by_itself_and_has_events():
    a, b = swarm_agent("a", tool_call("transfer_a_to_b")), swarm_agent("b", "From b.")
    register_hand_off(a, OnCondition(b, "To b."))
    variables = {"n": 7}
    response = run_swarm(a, "Hello.", [a, b], context_variables=variables)
    types = [event.type for event in response.events]
    assert types[0] == "text"
    assert types[-1] == "run_completion"
    assert (response.summary, response.last_speaker) == ("From b.", "b")
    assert response.context_variables == variables


def test_a_swarm_runs_in_an_event_loop():
    async def main() -> None:
        a = swarm_agent("a", "From a.")
        response = await a_run_swarm(a, "Hello.", [a])
        assert [event.type async for event in response.events][-1] == "run_completion"
        assert await response.summary == "From a."

    asyncio.run(main())
