"""A group that lends its agents to another one: they are its members again when that one is done."""

from __future__ import annotations

from typing import Any

import pytest
from agent_kit import agent, both_ways
from group_kit import member, said, talk

from autogen_classic import ConversableAgent
from autogen_classic.agentchat import a_initiate_group_chat, initiate_group_chat
from autogen_classic.agentchat.group import (
    AgentTarget,
    ContextVariables,
    GroupChatConfig,
    GroupChatTarget,
    NestedChatTarget,
    OnCondition,
    OnContextCondition,
    StringContextCondition,
)
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.testing import tool_call


def inner_pattern(*members: ConversableAgent) -> DefaultPattern:
    return DefaultPattern(
        members[0],
        list(members),
        context_variables=ContextVariables({"inner": True}),
        group_manager_args={"silent": True},
    )


@both_ways
@pytest.mark.parametrize("messages", ["why", [{"role": "user", "content": "why"}, {"role": "user", "content": "so?"}]])
def test_a_tool_may_ask_agents_of_its_own_group(way: str, messages: Any) -> None:
    bob, carl = member("bob", "bob inside", tool_call("transfer_to_carl_1")), member("carl", "carl 1")
    bob.handoffs.add_llm_condition(OnCondition(target=AgentTarget(carl), condition="For carl."))

    def ask_bob() -> str:
        """Ask bob."""
        return str(initiate_group_chat(inner_pattern(bob, carl), messages, 4)[0].summary)

    async def a_ask_bob() -> str:
        """Ask bob."""
        return str((await a_initiate_group_chat(inner_pattern(bob, carl), messages, 4))[0].summary)

    ann = member("ann", tool_call("ask_bob"), "ann 1")
    ann.register_for_llm(name="ask_bob", description="Ask bob.")(ask_bob if way == "sync" else a_ask_bob)
    ann.handoffs.set_after_work(AgentTarget(bob))
    variables = ContextVariables({"outer": True})
    result = talk(way, ann, bob, carl, context_variables=variables)
    assert said(result)[2:] == [
        ("_Group_Tool_Executor", "bob inside"),
        ("ann", "ann 1"),
        ("bob", ""),
        ("_Group_Tool_Executor", "Transfer to carl"),
        ("carl", "carl 1"),
    ]
    assert bob.context_variables is variables
    contents = [message.get("content") for message in bob.scripted.requests[-1].messages]
    assert contents == [bob.system_message, "go", "", "bob inside", "ann 1"]


@both_ways
def test_a_group_chat_as_a_target_may_have_agents_of_the_outer_group(way: str) -> None:
    bob, carl = member("bob", "bob inside", "bob 1"), member("carl", "carl 1")
    target = GroupChatTarget(
        group_chat_config=GroupChatConfig(pattern=inner_pattern(bob, carl), messages="inside", max_rounds=2)
    )
    ann = member("ann", tool_call("transfer_to_wrapped_group_ann_1_1"), "ann 1")
    ann.handoffs.add_llm_condition(OnCondition(target=target, condition="Ask."))
    ann.handoffs.set_after_work(AgentTarget(bob))
    bob.handoffs.set_after_work(AgentTarget(carl))
    result = talk(way, ann, bob, carl)
    assert said(result)[3:] == [
        ("wrapped_group_ann_1", "bob inside"),
        ("ann", "ann 1"),
        ("bob", "bob 1"),
        ("carl", "carl 1"),
    ]


@both_ways
def test_context_conditions_and_nested_chats_of_a_lent_agent_count_again(way: str) -> None:
    helper = member("helper", "helped")
    queue = [{"recipient": helper, "message": "help", "max_turns": 1}]
    bob = member("bob", "bob inside", "bob 1")
    bob.handoffs.add_context_condition(
        OnContextCondition(
            target=NestedChatTarget(nested_chat_config={"chat_queue": queue}),
            condition=StringContextCondition(variable_name="outer"),
        )
    )

    def ask_bob(context_variables: ContextVariables) -> str:
        """Ask bob."""
        return str(initiate_group_chat(inner_pattern(bob), "why", 4)[0].summary)

    ann = member("ann", tool_call("ask_bob"), "ann 1", functions=ask_bob)
    ann.handoffs.set_after_work(AgentTarget(bob))
    result = talk(way, ann, bob, context_variables=ContextVariables({"outer": True}), max_rounds=6)
    assert said(result)[4:] == [("bob", "[Handing off to wrapped_nested_bob_1]"), ("wrapped_nested_bob_1", "helped")]


def test_an_agent_stays_in_its_last_group_when_no_other_one_waits_for_it() -> None:
    ann = agent("ann")
    first, second = ContextVariables({"x": 1}), ContextVariables({"x": 2})
    talk("sync", ann, context_variables=first)
    talk("sync", ann, context_variables=second)
    assert ann.context_variables is second
