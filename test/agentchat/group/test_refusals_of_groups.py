"""What AG2 refuses in groups is refused here too, as early as it can be and with the same class of error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from group_kit import member, said, talk
from pydantic import ValidationError

from autogen_classic import GroupChat, GroupChatManager, UpdateSystemMessage
from autogen_classic.agentchat import initiate_group_chat, run_group_chat
from autogen_classic.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionAvailableCondition,
    ExpressionContextCondition,
    GroupManagerTarget,
    NestedChatTarget,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    RevertToUserTarget,
    StringContextCondition,
    StringLLMCondition,
)
from autogen_classic.agentchat.group.guardrails import RegexGuardrail
from autogen_classic.agentchat.group.patterns import AutoPattern, DefaultPattern, ManualPattern
from autogen_classic.agentchat.group.safeguards import apply_safeguard_policy
from autogen_classic.agentchat.group.targets.group_chat_target import GroupChatConfig
from autogen_classic.agentchat.group.targets.transition_target import RandomAgentTarget, TerminateTarget
from autogen_classic.io import IOStream
from autogen_classic.testing import tool_call


def handing_over(target: Any, *replies: Any) -> Any:
    ann = member("ann", *(replies or ["ann 1"]))
    ann.handoffs.set_after_work(target)
    return ann


def by_a_tool(target: Any) -> Any:
    def go() -> ReplyResult:
        """Go."""
        return ReplyResult(message="gone", target=target)

    return member("ann", tool_call("go"), functions=go)


def policy(**changes: Any) -> dict[str, Any]:
    rule = {"message_source": "ann", "message_destination": "bob", "check_method": "regex", "pattern": "x"}
    return {"inter_agent_safeguards": {"agent_transitions": [{**rule, "action": "mask", **changes}]}}


def guard(policy: Any) -> None:
    apply_safeguard_policy(agents=[agent("ann"), agent("bob")], policy=policy)


def without(key: str) -> dict[str, Any]:
    whole = policy()
    del whole["inter_agent_safeguards"]["agent_transitions"][0][key]
    return whole


REFUSED: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "keys of variables that are not texts": (ValidationError, lambda: ContextVariables({1: 2})),
    "an update with one parameter": (ValueError, lambda: UpdateSystemMessage(lambda agent: "x")),
    "an update that does not say that it returns a text": (ValueError, lambda: UpdateSystemMessage(lambda a, b: "x")),
    "an update that is neither a text nor a function": (ValueError, lambda: UpdateSystemMessage(5)),
    "a result of a tool without a message": (ValidationError, lambda: ReplyResult(target=TerminateTarget())),
    "a result of a tool whose message is not a text": (ValidationError, lambda: ReplyResult(message=5)),
    "a target that is a text": (ValidationError, lambda: ReplyResult(message="m", target="bob")),
    "a tool that names a stranger": (ValueError, lambda: talk("sync", by_a_tool(AgentNameTarget("zoe")))),
    "a condition without a target": (ValidationError, lambda: OnCondition(condition=StringLLMCondition("x"))),
    "a condition that is a number": (ValidationError, lambda: OnCondition(target=TerminateTarget(), condition=5)),
    "availability that is a number": (
        ValidationError,
        lambda: OnCondition(target=TerminateTarget(), condition="x", available=5),
    ),
    "a context condition that is a text": (
        ValidationError,
        lambda: OnContextCondition(target=TerminateTarget(), condition="x"),
    ),
    "a handoff of another type": (TypeError, lambda: agent("ann").handoffs.add(5)),
    "an after-work that is an agent": (TypeError, lambda: agent("ann").handoffs.set_after_work(agent("bob"))),
    "arithmetic in an expression": (ValueError, lambda: ContextExpression("${x} + 1 > 2")),
    "a call in an expression": (ValueError, lambda: ContextExpression("max(${x})")),
    "an expression that cannot be read": (SyntaxError, lambda: ContextExpression("${x} >")),
    "a handoff to a stranger": (ValueError, lambda: talk("sync", handing_over(AgentTarget(agent("zoe"))))),
    "the user where there is none": (ValueError, lambda: talk("sync", handing_over(RevertToUserTarget()))),
    "a choice where nobody has a model": (
        ValueError,
        lambda: talk("sync", agent("ann"), group_after_work=GroupManagerTarget()),
    ),
    "a pattern of choices where nobody has a model": (
        ValueError,
        lambda: talk("sync", agent("ann"), pattern=AutoPattern),
    ),
    "two agents of one name": (ValueError, lambda: talk("sync", agent("ann"), agent("ann"))),
    "a user who is also an agent": (
        ValueError,
        lambda: talk("sync", agent("ann"), user_agent=agent("ann")),
    ),
    "a group among the arguments of its manager": (
        ValueError,
        lambda: talk("sync", agent("ann"), group_manager_args={"groupchat": 5}),
    ),
    "an unknown argument of the manager": (
        TypeError,
        lambda: talk("sync", agent("ann"), group_manager_args={"unknown": 5}),
    ),
    "a message of a stranger": (
        ValueError,
        lambda: talk("sync", agent("ann"), messages=[{"role": "user", "content": "x", "name": "zoe"}]),
    ),
    "no messages": (IndexError, lambda: talk("sync", agent("ann"), messages=[])),
    "messages that are None": (TypeError, lambda: talk("sync", agent("ann"), messages=None)),
    "a pattern that is not one": (ValueError, lambda: RegexGuardrail("g", "(", TerminateTarget())),
    "a rule about a stranger": (ValueError, lambda: guard(policy(message_source="zoe"))),
    "a rule without a pattern": (ValueError, lambda: guard(without("pattern"))),
    "a rule without an action": (ValueError, lambda: guard(without("action"))),
    "a rule that asks a model where there is none": (
        ValueError,
        lambda: guard(policy(check_method="llm", custom_prompt="x")),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused(case: str) -> None:
    error, attempt = REFUSED[case]
    with pytest.raises(error) as refused:
        attempt()
    assert str(refused.value)


def test_a_reflection_needs_a_model_of_the_manager() -> None:
    with pytest.raises(AssertionError):
        talk("sync", member("ann", "ann 1"), summary_method="reflection_with_llm")


async def read_asynchronously(processor: Any) -> None:
    run = await agent("ann").a_run(message="x", max_turns=1)
    try:
        await run.process(processor)
    finally:
        await run.process()


def read(processor: Any) -> None:
    run = agent("ann").run(message="x", max_turns=1)
    try:
        run.process(processor)
    finally:
        run.process()


INSTEAD: dict[str, tuple[type[Exception], str, Callable[[], object]]] = {
    "a name for an agent": (TypeError, "write AgentNameTarget('b')", lambda: AgentTarget("b")),
    "None for an agent": (TypeError, "AgentTarget takes an agent, but was given None", lambda: AgentTarget(None)),
    "names to draw from": (TypeError, "takes a list of agents, but was given 'a'", lambda: RandomAgentTarget(["a"])),
    "one agent to draw from": (
        TypeError,
        "takes a list of agents, but was given None",
        lambda: RandomAgentTarget([None]),
    ),
    "nobody to draw from": (ValueError, "needs agents to choose from", lambda: RandomAgentTarget([])),
    "nested chats without their queue": (
        KeyError,
        'nested_chat_config of a NestedChatTarget must have "chat_queue", the list of chats.',
        lambda: NestedChatTarget(nested_chat_config={"queue": []}),
    ),
    "a pattern without agents": (
        TypeError,
        "agents of DefaultPattern must be a list of agents, but it is None",
        lambda: DefaultPattern(initial_agent=agent("ann"), agents=None),
    ),
    "an agent for the agents": (
        TypeError,
        "must be a list of agents",
        lambda: DefaultPattern(initial_agent=agent("ann"), agents=agent("ann")),
    ),
    "variables in a list": (
        TypeError,
        "context_variables of a chat must be ContextVariables or a dict",
        lambda: DefaultPattern(initial_agent=agent("ann"), agents=[agent("ann")], context_variables=[1]),
    ),
    "an agent for a pattern": (
        TypeError,
        "pattern must be a pattern such as DefaultPattern(",
        lambda: initiate_group_chat(pattern=agent("ann"), messages="x"),
    ),
    "the class of a pattern": (
        TypeError,
        "but it is the class DefaultPattern",
        lambda: initiate_group_chat(pattern=DefaultPattern, messages="x"),
    ),
    "the class of a pattern to run": (
        TypeError,
        "but it is the class DefaultPattern",
        lambda: run_group_chat(pattern=DefaultPattern, messages="x"),
    ),
    "the class of a pattern within a target": (
        ValueError,
        "pattern must be a pattern such as DefaultPattern(...)",
        lambda: GroupChatConfig(pattern=DefaultPattern, messages="x"),
    ),
    "names of events to iterate over": (
        TypeError,
        "yield_on must be a list of classes of events",
        lambda: agent("ann").run_iter(message="x", yield_on=["text"]),
    ),
    "a class of events without a list": (
        TypeError,
        "yield_on must be a list of classes of events",
        lambda: agent("ann").run_iter(message="x", yield_on=int),
    ),
    "a number that reads events": (
        TypeError,
        "must have a method process(response)",
        lambda: read(5),
    ),
    "a number that reads events of an event loop": (
        TypeError,
        "must have a method process(response)",
        lambda: asyncio.run(read_asynchronously(5)),
    ),
    "a text for an expression": (
        ValueError,
        "Write ExpressionContextCondition(ContextExpression('${a} > 1'))",
        lambda: ExpressionContextCondition("${a} > 1"),
    ),
    "a text for an expression of availability": (
        ValueError,
        "Write ExpressionAvailableCondition(ContextExpression('${a} > 1'))",
        lambda: ExpressionAvailableCondition(expression="${a} > 1"),
    ),
    "a name for a condition": (
        ValueError,
        "write StringContextCondition(variable_name='a')",
        lambda: OnContextCondition(target=TerminateTarget(), condition="a"),
    ),
    "a text with an expression for a condition": (
        ValueError,
        "write ExpressionContextCondition(ContextExpression('${a} > 1'))",
        lambda: OnContextCondition(target=TerminateTarget(), condition="${a} > 1"),
    ),
    "a name for a target": (ValueError, "AgentNameTarget('bob')", lambda: ReplyResult(message="m", target="bob")),
    "a class for a target": (
        ValueError,
        "write TerminateTarget(...)",
        lambda: OnCondition(target=TerminateTarget, condition="x"),
    ),
    "a handoff by places": (
        TypeError,
        "by name: OnCondition(target=..., condition=..., available=...",
        lambda: OnCondition(TerminateTarget(), StringLLMCondition("x")),
    ),
    "an answer by its place": (TypeError, "ReplyResult(message=..., target=", lambda: ReplyResult("x")),
    "nested chats by their place": (
        TypeError,
        "NestedChatTarget(nested_chat_config=...)",
        lambda: NestedChatTarget({"chat_queue": []}),
    ),
    "a variable by its place": (
        TypeError,
        "StringContextCondition(variable_name=...)",
        lambda: StringContextCondition("a"),
    ),
    "a constant of another language": (
        ValueError,
        "Write True, or a context variable as ${true}",
        lambda: ContextExpression("${a} == true").evaluate({"a": True}),
    ),
}


@pytest.mark.parametrize("case", INSTEAD)
def test_a_refusal_says_what_to_write_instead(case: str) -> None:
    error, says, attempt = INSTEAD[case]
    with pytest.raises(error) as refused:
        attempt()
    assert says in str(refused.value)


def test_an_agent_as_after_work_is_refused_with_the_target_to_use():
    with pytest.raises(TypeError, match=r"use AgentTarget\(\.\.\.\) for an agent"):
        member("ann").handoffs.set_after_work(member("bob"))  # type: ignore[arg-type]


class Nobody(IOStream):
    """A console at which nobody is."""

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Show nothing."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        raise EOFError("EOF when reading a line")


@both_ways
def test_a_group_whose_person_cannot_choose_ends_with_all_that_was_said(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    with IOStream.set_default(Nobody()):
        result = talk(way, member("ann", "ann 1"), member("bob", "bob 1"), pattern=ManualPattern)
    assert said(result) == [(None, "go"), ("ann", "ann 1")]
    assert result.stop_reason == "person"
    assert "nobody answers (EOF when reading a line). Give the group another pattern" in caplog.text


@both_ways
def test_a_plain_group_whose_person_cannot_choose_says_what_to_set(way: str) -> None:
    members = [agent("ann"), agent("bob"), agent("carl")]
    manager = GroupChatManager(GroupChat(members, [], speaker_selection_method="manual"), llm_config=False)
    with IOStream.set_default(Nobody()), pytest.raises(EOFError, match="speaker_selection_method such as 'auto'"):
        chat(way, members[0], manager)
