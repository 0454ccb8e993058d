"""A state that is saved in the middle of a handoff: the group goes on with whoever was to go next."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from agent_kit import both_ways
from group_kit import member, said, talk

from autogen_classic import ConversableAgent
from autogen_classic.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    StringContextCondition,
    TerminateTarget,
)
from autogen_classic.agentchat.group.multi_agent_chat import initiate_group_chat
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.errors import StateError
from autogen_classic.testing import tool_call


def by_a_tool(ann: ConversableAgent, bob: ConversableAgent) -> Any:
    def route() -> ReplyResult:
        """Route."""
        return ReplyResult(message="to bob", target=AgentTarget(bob), context_variables={"routed": True})

    ann.register_for_llm(description="Route.")(route)
    return tool_call("route")


def by_its_model(ann: ConversableAgent, bob: ConversableAgent) -> Any:
    ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
    return tool_call("transfer_to_bob_1")


def by_a_context_condition(ann: ConversableAgent, bob: ConversableAgent) -> Any:
    condition = StringContextCondition(variable_name="ready")
    ann.handoffs.add_context_condition(OnContextCondition(target=AgentTarget(bob), condition=condition))
    return "not asked"


def group(handing_over: Any) -> DefaultPattern:
    """A group in which ann hands over to bob; carl would go next after her otherwise."""
    replies: list[Any] = []
    ann, bob, carl = (
        member("ann", lambda request: replies.pop(0)),
        member("bob", "bob 1"),
        member("carl", "carl 1"),
    )
    replies.append(handing_over(ann, bob))
    ann.handoffs.set_after_work(AgentTarget(carl))
    bob.handoffs.set_after_work(TerminateTarget())
    return DefaultPattern(
        ann,
        [ann, bob, carl],
        context_variables=ContextVariables({"ready": True}),
        group_manager_args={"silent": True},
    )


@both_ways
@pytest.mark.parametrize(
    ("handing_over", "said"),
    [
        (by_a_tool, 2),
        (by_a_tool, 3),
        (by_its_model, 2),
        (by_its_model, 3),
        (by_a_context_condition, 2),
    ],
)
def test_a_group_goes_on_in_the_middle_of_a_handoff(way: str, handing_over: Any, said: int) -> None:
    first = group(handing_over)
    initiate_group_chat(first, "go", max_rounds=said)
    assert first.manager is not None
    state = json.loads(json.dumps(first.manager.save_state()))

    again = group(handing_over)
    _, _, _, variables, _, _, _, groupchat, manager, *_ = again.prepare_group_chat(max_rounds=10, messages="not said")

    async def resume() -> None:
        speaker, message = await manager.a_resume(state)
        await speaker.a_initiate_chat(manager, message=message, clear_history=False)

    if way == "sync":
        speaker, message = manager.resume(state)
        speaker.initiate_chat(manager, message=message, clear_history=False)
    else:
        asyncio.run(resume())
    spoken = [message.get("name") for message in groupchat.messages]
    assert spoken[1:] == [
        "ann",
        *(["_Group_Tool_Executor"] if handing_over is not by_a_context_condition else []),
        "bob",
    ]
    assert variables.get("routed", False) is (handing_over is by_a_tool)


def test_a_handover_that_is_not_an_object_is_damage() -> None:
    first = group(by_a_tool)
    initiate_group_chat(first, "go", max_rounds=3)
    manager = first.agents[0]._group_manager
    state = manager.save_state()
    state["agents"]["_Group_Tool_Executor"]["handover"] = "bob"
    with pytest.raises(ValueError, match="handover"):
        manager.load_state(state)


@both_ways
def test_a_state_opens_a_chat_which_goes_on_where_it_ended(way: str) -> None:
    first = group(by_a_tool)
    initiate_group_chat(first, "go", max_rounds=3)
    assert first.manager is not None
    state = json.loads(json.dumps(first.manager.save_state()))

    again = group(by_a_tool)
    again.context_variables.clear()
    result = talk(way, messages=state, pattern=again, max_rounds=10)
    assert [name for name, _ in said(result)] == [None, "ann", "_Group_Tool_Executor", "bob"]
    assert again.context_variables.to_dict() == {"ready": True, "routed": True}


def test_a_state_of_another_group_is_refused_and_a_dict_that_is_not_a_state_too() -> None:
    first = group(by_a_tool)
    initiate_group_chat(first, "go", max_rounds=2)
    assert first.manager is not None
    other = DefaultPattern(stranger := member("eve", "eve 1"), [stranger])
    with pytest.raises(StateError, match="ann"):
        initiate_group_chat(other, first.manager.save_state())
    with pytest.raises(TypeError, match="a text, a saved state, or a list of dicts"):
        initiate_group_chat(group(by_a_tool), {"role": "user", "content": "go"})
