"""Every kind of target in every place that takes one, also where AG2 refuses it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from agent_kit import agent, both_ways
from group_kit import member, said, talk

from autogen_classic import ConversableAgent
from autogen_classic.agentchat.group import (
    AgentTarget,
    AskUserTarget,
    ContextVariables,
    FunctionTarget,
    FunctionTargetResult,
    GroupChatConfig,
    GroupChatTarget,
    GroupManagerTarget,
    NestedChatTarget,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    RevertToUserTarget,
    StringContextCondition,
)
from autogen_classic.agentchat.group.guardrails import RegexGuardrail
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.agentchat.group.targets.transition_target import TransitionTarget
from autogen_classic.io import IOStream
from autogen_classic.testing import ScriptedClient, tool_call

Agents = dict[str, ConversableAgent]


class Keyboard(IOStream):
    """A person who always chooses the same, and sees nothing."""

    def print(self, *objects: object, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Show nothing."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """The number of bob: the executor comes first, then ann."""
        return "3"


@pytest.fixture(autouse=True)
def quiet():
    with IOStream.set_default(Keyboard()):
        yield


def nested(agents: Agents) -> TransitionTarget:
    helper = agent("helper", llm_config=ScriptedClient(default="reached").llm_config())
    return NestedChatTarget(
        nested_chat_config={"chat_queue": [{"recipient": helper, "message": "help", "max_turns": 1}]}
    )


def inner_group(agents: Agents) -> TransitionTarget:
    inner = agent("inner", llm_config=ScriptedClient(default="reached").llm_config())
    pattern = DefaultPattern(inner, [inner], group_manager_args={"silent": True})
    return GroupChatTarget(group_chat_config=GroupChatConfig(pattern=pattern, messages="inside"))


def function(agents: Agents) -> TransitionTarget:
    return FunctionTarget(lambda output, context_variables: FunctionTargetResult(target=agents["bob"]))


def function_to_nested(agents: Agents) -> TransitionTarget:
    return FunctionTarget(lambda output, context_variables: FunctionTargetResult(target=nested(agents)))


def person(agents: Agents) -> TransitionTarget:
    return AskUserTarget()


def manager(agents: Agents) -> TransitionTarget:
    return GroupManagerTarget()


KINDS = (nested, inner_group, function, function_to_nested, person, manager)


def as_after_work(ann: ConversableAgent, target: TransitionTarget) -> object:
    ann.handoffs.set_after_work(target)
    return "ann 1"


def as_after_work_of_the_group(ann: ConversableAgent, target: TransitionTarget) -> object:
    return "ann 1"  # the pattern has the target


def as_context_condition(ann: ConversableAgent, target: TransitionTarget) -> object:
    condition = StringContextCondition(variable_name="needed")
    ann.handoffs.add_context_condition(OnContextCondition(target=target, condition=condition))
    return None  # its model is not asked


def as_choice_of_the_model(ann: ConversableAgent, target: TransitionTarget) -> object:
    ann.handoffs.add_llm_condition(OnCondition(target=target, condition="There."))
    return lambda request: tool_call(request["tools"][0]["function"]["name"])


def as_input_guardrail(ann: ConversableAgent, target: TransitionTarget) -> object:
    ann.register_input_guardrail(RegexGuardrail("go", "^go$", target))
    return None


def as_output_guardrail(ann: ConversableAgent, target: TransitionTarget) -> object:
    ann.register_output_guardrail(RegexGuardrail("bad", "^bad$", target))
    return "bad"


def as_result_of_a_tool(ann: ConversableAgent, target: TransitionTarget) -> object:
    def route() -> ReplyResult:
        """Route."""
        return ReplyResult(message="routed", target=target)

    ann.register_for_llm(description="Route.")(route)
    return tool_call("route")


PLACES = (
    as_after_work,
    as_after_work_of_the_group,
    as_choice_of_the_model,
    as_context_condition,
    as_input_guardrail,
    as_output_guardrail,
    as_result_of_a_tool,
)


@both_ways
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_target_is_reached(
    kind: Callable[[Agents], TransitionTarget],
    place: Callable[[ConversableAgent, TransitionTarget], object],
    way: str,
) -> None:
    answers: list[object] = []

    def answer(request: object) -> object:
        following = answers.pop(0) if answers else "ann 2"
        return following(request) if callable(following) else following

    ann = agent("ann", llm_config=ScriptedClient(answer).llm_config())
    bob = agent("bob", llm_config=ScriptedClient(default="reached").llm_config())
    target = kind({"bob": bob})
    answers += [reply for reply in [place(ann, target)] if reply is not None]
    choosing = ScriptedClient(default="bob").llm_config()
    settings = {"group_after_work": target} if place is as_after_work_of_the_group else {}
    result = talk(
        way,
        ann,
        bob,
        max_rounds=6,
        context_variables=ContextVariables({"needed": True}),
        group_manager_args={"llm_config": choosing},
        **settings,
    )
    assert "reached" in [text for _, text in said(result)]
    names = {message["name"] for message in result.chat_history if message["content"] == "reached"}
    assert names == {"bob"} or all(name.startswith("wrapped_") and "_ann_" in name for name in names)


@both_ways
def test_a_nested_chat_that_a_tool_names_hears_what_was_said_and_hands_back(way: str) -> None:
    helper = agent("helper", llm_config=ScriptedClient(default="helped").llm_config())
    heard: list[list[str]] = []

    def question(recipient: object, messages: list[dict[str, str]], sender: object, config: object) -> str:
        heard.append([message["content"] for message in messages])
        return "help"

    def route() -> ReplyResult:
        """Route."""
        queue = [{"recipient": helper, "message": question, "max_turns": 1}]
        return ReplyResult(message="routed", target=NestedChatTarget(nested_chat_config={"chat_queue": queue}))

    ann = member("ann", tool_call("route"), tool_call("route"), "ann 3", functions=route)
    result = talk(way, ann)
    wrapper = "wrapped_nested_ann_1"
    assert [name for name, _ in said(result)[2:]] == [
        "_Group_Tool_Executor",
        wrapper,
        "ann",
        "_Group_Tool_Executor",
        wrapper,
        "ann",
    ]
    assert heard == [["go", "", "routed"], ["go", "", "routed", "helped", "", "routed"]]


@both_ways
def test_a_nested_chat_after_the_work_of_a_group_ends_it(way: str) -> None:
    target = nested({})
    ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
    ann.handoffs.set_after_work(AgentTarget(bob))
    result = talk(way, ann, bob, group_after_work=target)
    assert said(result)[1:] == [("ann", "ann 1"), ("bob", "bob 1"), ("wrapped_nested_ann_1", "reached")]


class TestUser:
    @both_ways
    def test_hands_over_by_a_context_condition(self, way: str) -> None:
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        user = agent("user", default_auto_reply="user 1")
        ann.handoffs.set_after_work(RevertToUserTarget())
        condition = StringContextCondition(variable_name="ready")
        user.handoffs.add_context_condition(OnContextCondition(target=AgentTarget(bob), condition=condition))
        result = talk(way, ann, bob, user_agent=user, context_variables=ContextVariables({"ready": True}))
        assert said(result)[1:] == [("ann", "ann 1"), ("user", "[Handing off to bob]"), ("bob", "bob 1")]

    @both_ways
    def test_hands_over_where_its_model_says_so(self, way: str) -> None:
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        user = member("user", tool_call("transfer_to_bob_1"))
        ann.handoffs.set_after_work(RevertToUserTarget())
        user.handoffs.add_llm_condition(OnCondition(target=AgentTarget(bob), condition="For bob."))
        result = talk(way, ann, bob, user_agent=user)
        assert said(result)[3:] == [("_Group_Tool_Executor", "Transfer to bob"), ("bob", "bob 1")]

    @both_ways
    def test_hands_over_to_a_nested_chat(self, way: str) -> None:
        ann = member("ann", "ann 1", "ann 2")
        user = agent("user", default_auto_reply="user 1")
        ann.handoffs.set_after_work(RevertToUserTarget())
        user.handoffs.set_after_work(nested({}))
        result = talk(way, ann, user_agent=user, max_rounds=4)
        assert said(result)[1:] == [("ann", "ann 1"), ("user", "user 1"), ("wrapped_nested_user_1", "reached")]
