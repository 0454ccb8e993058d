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
    NestedChatTarget,
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


def helped(*, finished: bool) -> DefaultPattern:
    """A group in which a tool of ann names a nested chat, which is not known before."""
    expert = member("expert", "expert 1", "expert 2")

    def consult() -> ReplyResult:
        """Consult."""
        chats = [{"recipient": expert, "message": "help", "max_turns": 1}]
        return ReplyResult(message="asked", target=NestedChatTarget(nested_chat_config={"chat_queue": chats}))

    ann = member("ann", *([] if finished else [tool_call("consult")]), "ann 1", tool_call("consult"), "ann 2")
    ann.register_for_llm(description="Consult.")(consult)
    ann.handoffs.set_after_work(TerminateTarget())
    return DefaultPattern(ann, [ann], group_manager_args={"silent": True})


@both_ways
@pytest.mark.parametrize("said_before", [3, 4])
def test_a_group_goes_on_from_a_state_after_a_nested_chat_that_a_tool_has_named(
    way: str, said_before: int, caplog: pytest.LogCaptureFixture
) -> None:
    first = helped(finished=False)
    initiate_group_chat(first, "go", max_rounds=said_before)
    assert first.manager is not None
    state = json.loads(json.dumps(first.manager.save_state()))
    again = helped(finished=True)
    names = [name for name, _ in said(talk(way, messages=state, pattern=again, max_rounds=10))]
    hidden = "wrapped_nested_ann_1"
    assert names == [None, "ann", "_Group_Tool_Executor", *([hidden] if said_before == 4 else []), "ann"]
    assert ("a nested chat to go next" in caplog.text) is (said_before == 3)


def test_a_nested_chat_that_is_named_again_has_a_hidden_agent_of_its_own() -> None:
    first = helped(finished=False)
    initiate_group_chat(first, "go", max_rounds=4)
    assert first.manager is not None
    again = helped(finished=True)
    again.agents[0].handoffs.clear()
    again.agents[0].handoffs.set_after_work(AgentTarget(again.agents[0]))
    result = talk("sync", messages=first.manager.save_state(), pattern=again, max_rounds=5)
    assert [name for name, _ in said(result)][3:] == [
        *("wrapped_nested_ann_1", "ann", "ann", "_Group_Tool_Executor", "wrapped_nested_ann_2"),
    ]


def test_damage_among_those_who_joined_later_is_found() -> None:
    first = helped(finished=False)
    initiate_group_chat(first, "go", max_rounds=4)
    assert first.manager is not None
    state = first.manager.save_state()
    state["agents"]["_Group_Tool_Executor"]["handover"]["latecomers"] = ["ann"]
    with pytest.raises(StateError, match="latecomers"):
        helped(finished=True).prepare_group_chat(max_rounds=4, messages="x")[8].load_state(state)
