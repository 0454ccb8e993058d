"""Groups that run for long, and those that are recorded and replayed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways
from group_kit import member, said, talk

from autogen_classic import ChatResult, ConversableAgent, GroupChat, GroupChatManager
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


def calls_of(run: Callable[[], object]) -> int:
    """How many functions are called."""
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(None)
    return counted


def calls_for(rounds: int) -> int:
    """How many functions a group of eight with handoffs calls in a chat of so many messages."""
    members = [member(f"agent_{number}", max_consecutive_auto_reply=10**9) for number in range(8)]
    for place, one in enumerate(members):
        one.handoffs.set_after_work(AgentTarget(members[(place + 1) % len(members)]))
    return calls_of(lambda: talk("sync", *members, max_rounds=rounds))


def test_a_late_turn_costs_what_an_early_one_does() -> None:
    calls_for(20)
    early, late = calls_for(120) - calls_for(20), calls_for(1_000) - calls_for(900)
    assert abs(late - early) <= early / 50


def test_a_turn_costs_at_most_four_tenths_more_than_in_a_plain_group() -> None:
    def plain(rounds: int) -> int:
        members = [agent(f"agent_{number}") for number in range(8)]
        group = GroupChat(members, [], max_round=rounds, speaker_selection_method="round_robin")
        manager = GroupChatManager(group, llm_config=False, silent=True)
        return calls_of(lambda: members[0].initiate_chat(manager, message="go", silent=True))

    calls_for(20), plain(20)
    with_handoffs, without = calls_for(220) - calls_for(20), plain(220) - plain(20)
    assert with_handoffs <= 1.4 * without


@both_ways
def test_many_choices_of_models_and_tools_leave_nothing_behind(way: str) -> None:
    """Eight agents hand over by their models and by tools; what each turn leaves is its messages and no more."""
    client = ScriptedClient(call_in_turn)

    def go(to: str) -> ReplyResult:
        """Go on."""
        return ReplyResult(message=to, target=AgentTarget(agent_name=to), context_variables={"last": to})

    names = [f"agent_{number}" for number in range(8)]
    members = [
        ConversableAgent(name, llm_config=client.llm_config(), human_input_mode="NEVER", functions=[go])
        for name in names
    ]
    for place, one in enumerate(members):
        one.handoffs.add_llm_condition(OnCondition(target=members[(place + 1) % 8], condition="Next."))
    result = talk(way, *members, max_rounds=201)
    assert len(result.chat_history) == 201
    spoken = [name for name, _ in said(result)[1:] if name != "_Group_Tool_Executor"]
    assert spoken == [names[number % 8] for number in range(100)]
    executor = members[0]._classic_group_executor
    assert len(executor.members) == 8
    assert len(executor.function_map) == 9


def call_in_turn(request: Any) -> Any:
    """What the model of an agent calls: its handoff, or the tool that names the next agent."""
    handoff = next(tool["function"]["name"] for tool in request["tools"] if "transfer" in tool["function"]["name"])
    to = re.sub(r"transfer_to_(.*)_1", r"\1", handoff)
    return tool_call(handoff) if len(request.messages) % 4 else tool_call("go", to=to)


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
