"""`run_group_chat` and its relatives: groups whose events somebody reads."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import ConversableAgent
from autogen_classic.agentchat import a_run_group_chat, a_run_group_chat_iter, run_group_chat, run_group_chat_iter
from autogen_classic.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnCondition,
    ReplyResult,
    RevertToUserTarget,
    StringLLMCondition,
)
from autogen_classic.agentchat.group.patterns import DefaultPattern, ManualPattern
from autogen_classic.events.base_event import get_event_classes
from autogen_classic.testing import MockOpenAIServer, error, tool_call

TWO_TURNS = [
    *("text", "group_chat_run_chat", "text", "after_works_transition", "group_chat_run_chat", "text"),
    *("termination", "run_completion"),
]


def pattern(**settings: Any) -> DefaultPattern:
    first, second = agent("first"), agent("second")
    first.handoffs.set_after_work(AgentTarget(second))
    return DefaultPattern(
        initial_agent=first, agents=[first, second], context_variables=ContextVariables(data={"x": 1}), **settings
    )


def types_of(events: Any) -> list[str]:
    return [event.type for event in events]


def test_the_events_of_a_group_come_in_order():
    response = run_group_chat(pattern(), "Hi", max_rounds=5)
    events = list(response.events)
    assert types_of(events) == TWO_TURNS
    assert events[-2].content.termination_reason == "No next speaker selected"
    assert (response.summary, response.last_speaker) == ("I am second", "second")
    assert response.context_variables.to_dict() == {"x": 1}
    assert [one.name for one in response.agents] == ["first", "second"]


def test_a_group_that_nobody_looks_at_runs_to_its_end():
    assert run_group_chat(pattern(), "Hi", max_rounds=5).summary == "I am second"


def test_a_handoff_is_an_event_that_names_agent_and_target():
    handoff = next(event for event in run_group_chat(pattern(), "Hi").events if "transition" in event.type)
    assert handoff.content.source_agent.name == "first"
    assert isinstance(handoff.content.transition_target, AgentTarget)
    assert '"source_agent":"first","transition_target":"second"' in handoff.model_dump_json()
    printed: list[Any] = []
    handoff.print(lambda *objects, **_: printed.extend(objects))
    assert printed == ["***** AfterWork handoff (first): second *****"]


def test_the_user_of_a_group_answers_by_an_event():
    user = ConversableAgent("user", human_input_mode="ALWAYS", llm_config=False)
    response = run_group_chat(pattern(user_agent=user, group_after_work=RevertToUserTarget()), "Hi")
    for event in response.events:
        if event.type == "input_request":
            event.content.respond("exit")
    assert response.last_speaker == "second"


def test_tools_that_hand_over_tell_so():
    def hand_over(context_variables: ContextVariables) -> ReplyResult:
        """Hand over."""
        context_variables["seen"] = True
        return ReplyResult(message="go", target=AgentTarget(second), context_variables=context_variables)

    second = agent("second")
    with MockOpenAIServer([tool_call("hand_over")]) as server:
        first = agent("first", llm_config={**server.llm_config(), "cache_seed": None}, functions=[hand_over])
        response = run_group_chat(DefaultPattern(initial_agent=first, agents=[first, second]), "Hi")
        types = types_of(response.events)
    assert types[3:7] == ["group_chat_run_chat", "execute_function", "executed_function", "reply_result_transition"]
    assert response.context_variables.to_dict() == {"seen": True}


def test_a_model_that_hands_over_tells_so():
    second = agent("second")
    with MockOpenAIServer([tool_call("transfer_to_second_1")]) as server:
        first = agent("first", llm_config={**server.llm_config(), "cache_seed": None})
        first.handoffs.add_llm_condition(
            OnCondition(target=AgentTarget(second), condition=StringLLMCondition(prompt="when it is late"))
        )
        response = run_group_chat(DefaultPattern(initial_agent=first, agents=[first, second]), "Hi")
        types = types_of(response.events)
    assert "on_condition_l_l_m_transition" in types
    assert response.last_speaker == "second"


def test_an_error_in_a_group_is_raised_where_its_events_are_read():
    with MockOpenAIServer([error(400)]) as server:
        first = agent("first", llm_config={**server.llm_config(), "cache_seed": None})
        response = run_group_chat(DefaultPattern(initial_agent=first, agents=[first]), "Hi")
        with pytest.raises(Exception, match="400"):
            list(response.events)


def test_a_group_stands_still_at_each_event():
    run = run_group_chat_iter(pattern(), "Hi", max_rounds=5)
    assert types_of(run) == TWO_TURNS[:-1]
    assert (run.summary, run.last_speaker) == ("I am second", "second")
    assert run.context_variables.to_dict() == {"x": 1}


def manual_pattern() -> ManualPattern:
    first, second = agent("first"), agent("second")
    return ManualPattern(initial_agent=first, agents=[first, second])


MANUAL = [
    *("text", "group_chat_run_chat", "text", "select_speaker", "input_request", "select_speaker_invalid_input"),
    *("input_request", "group_chat_run_chat", "text", "termination"),
]


@pytest.mark.parametrize("start", [run_group_chat, run_group_chat_iter])
def test_the_person_of_a_manual_group_chooses_by_an_event(start: Any) -> None:
    run = start(manual_pattern(), "Hi", max_rounds=3)
    answers = iter(["9", "3"])
    types = []
    for event in run.events if start is run_group_chat else run:
        types.append(event.type)
        if event.type == "input_request":
            event.content.respond(next(answers))
    assert [one for one in types if one != "run_completion"] == MANUAL
    assert run.last_speaker == "second"


@pytest.mark.parametrize("start", [a_run_group_chat, a_run_group_chat_iter])
def test_the_person_of_a_manual_group_chooses_by_an_event_in_an_event_loop(start: Any) -> None:
    async def main() -> None:
        run = start(manual_pattern(), "Hi", max_rounds=3)
        events = (await run).events if start is a_run_group_chat else run
        answers = iter(["9", "3"])
        types = []
        async for event in events:
            types.append(event.type)
            if event.type == "input_request":
                await event.content.respond(next(answers))
        assert [one for one in types if one != "run_completion"] == MANUAL

    asyncio.run(main())


def test_leaving_the_loop_ends_a_group_and_keeps_what_was_said():
    run = run_group_chat_iter(pattern(), "Hi", yield_on=[get_event_classes()["after_works_transition"]])
    for _ in run:
        break
    assert [message["content"] for message in run.messages] == ["Hi", "I am first"]


def test_groups_in_an_event_loop():
    async def main() -> None:
        response = await a_run_group_chat(pattern(), "Hi")
        assert [event.type async for event in response.events] == TWO_TURNS
        assert (await response.context_variables).to_dict() == {"x": 1}
        run = a_run_group_chat_iter(pattern(), "Hi")
        assert [event.type async for event in run] == TWO_TURNS[:-1]
        assert run.summary == "I am second"

    asyncio.run(main())
