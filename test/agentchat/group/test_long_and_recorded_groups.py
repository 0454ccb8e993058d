"""Groups that run for long, and those that are recorded and replayed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from agent_kit import both_ways
from group_kit import member, said, talk

from autogen_classic import ChatResult, ConversableAgent
from autogen_classic.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    StringContextCondition,
    TerminateTarget,
)
from autogen_classic.replay import record, replay
from autogen_classic.testing import ScriptedClient, tool_call


@both_ways
def test_a_thousand_turns_in_a_group_of_eight_with_handoffs_have_a_constant_depth(way: str) -> None:
    depths: list[int] = []

    def depth() -> int:
        frame, count = sys._getframe(), 0
        while frame is not None:
            frame, count = frame.f_back, count + 1  # type: ignore[assignment]
        return count

    def speak(agent: ConversableAgent, **_: object) -> tuple[bool, str]:
        depths.append(depth())
        return True, agent.name

    members = [member(f"agent_{number}") for number in range(8)]
    for place, one in enumerate(members):
        one.register_reply([ConversableAgent, None], lambda recipient, messages, sender, config: speak(recipient))
        following = members[(place + 1) % len(members)]
        if place % 2:
            one.handoffs.add_context_condition(
                OnContextCondition(target=TerminateTarget(), condition=StringContextCondition(variable_name="over"))
            )
        one.handoffs.set_after_work(AgentTarget(following))
    result = talk(way, *members, max_rounds=1_001)
    assert len(result.chat_history) == 1_001
    assert len(set(depths)) == 1
    assert [name for name, _ in said(result)[1:10]] == [f"agent_{number % 8}" for number in range(9)]


def calls_for(rounds: int) -> int:
    """How many functions a group of eight with handoffs calls in a chat of so many messages."""
    members = [member(f"agent_{number}") for number in range(8)]
    for place, one in enumerate(members):
        one.handoffs.set_after_work(AgentTarget(members[(place + 1) % len(members)]))
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        talk("sync", *members, max_rounds=rounds)
    finally:
        sys.setprofile(None)
    return counted


def test_a_late_turn_costs_what_an_early_one_does() -> None:
    calls_for(20)
    early, late = calls_for(120) - calls_for(20), calls_for(620) - calls_for(520)
    assert abs(late - early) <= early / 50


def sorted_out(way: str, client: ScriptedClient | None, variables: ContextVariables, ran: list[str]) -> ChatResult:
    """A group whose tool says who goes next; without a client, nobody can answer for the models."""

    def route(kind: str, context_variables: ContextVariables) -> ReplyResult:
        """Route."""
        ran.append(kind)
        return ReplyResult(message=f"to {kind}", target=AgentTarget(agent_name=kind), context_variables={"kind": kind})

    config = (client or ScriptedClient([])).llm_config()
    ann = ConversableAgent("ann", llm_config=config, human_input_mode="NEVER", functions=[route])
    bob, carl = (ConversableAgent(name, llm_config=config, human_input_mode="NEVER") for name in ("bob", "carl"))
    bob.handoffs.add_llm_condition(OnCondition(target=carl, condition="For carl."))
    return talk(way, ann, bob, carl, context_variables=variables)


@both_ways
@pytest.mark.parametrize("tools", [True, False])
def test_a_replay_follows_the_handoffs_of_its_recording(way: str, tools: bool, tmp_path: Path) -> None:
    cassette = tmp_path / "group.json"
    client = ScriptedClient([tool_call("route", kind="bob"), tool_call("transfer_to_carl_1"), "carl 1"])
    ran: list[str] = []
    with record(cassette, tools=tools):
        first = sorted_out(way, client, ContextVariables(), ran)
    variables = ContextVariables()
    with replay(cassette):
        again = sorted_out(way, None, variables, ran)
    assert said(again) == said(first)
    assert said(again)[-1] == ("carl", "carl 1")
    assert variables["kind"] == "bob"
    assert ran == (["bob"] if tools else ["bob", "bob"])
