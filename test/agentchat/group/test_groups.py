"""Groups with handoffs: what AG2 cannot do or does wrong, and what its records do not show."""

from __future__ import annotations

import datetime
import itertools
import random
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from group_kit import member, said, talk

from autogen_classic import AutogenClassicError, StopReason, UpdateSystemMessage
from autogen_classic._core import events
from autogen_classic._warn import forget_warnings
from autogen_classic.agentchat import initiate_group_chat
from autogen_classic.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    AskUserTarget,
    ContextStr,
    ContextVariables,
    FunctionTarget,
    FunctionTargetResult,
    GroupChatConfig,
    GroupChatTarget,
    GroupManagerTarget,
    NestedChatTarget,
    OnCondition,
    OnContextCondition,
    RandomAgentTarget,
    ReplyResult,
    RevertToUserTarget,
    StayTarget,
    StringContextCondition,
    TerminateTarget,
)
from autogen_classic.agentchat.group.patterns import (
    AutoPattern,
    DefaultPattern,
    ManualPattern,
    RandomPattern,
    RoundRobinPattern,
)
from autogen_classic.io import IOStream
from autogen_classic.testing import ScriptedClient, tool_call, tool_calls

pytestmark = pytest.mark.usefixtures("quiet")


class Keyboard(IOStream):
    """A person who types what is written down, and sees nothing."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Show nothing."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """The next answer."""
        return self.answers.pop(0)


class NobodyThere(Keyboard):
    """A console without a person, as that of a program that runs by itself."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Find the end of the file."""
        raise EOFError


@pytest.fixture
def quiet():
    with IOStream.set_default(Keyboard()):
        yield


class Whatever:
    """What JSON has no form for."""

    def __str__(self) -> str:
        return "whatever"


def nested(helper, **queue):
    return NestedChatTarget(
        nested_chat_config={"chat_queue": [{"recipient": helper, "message": "help", "max_turns": 1, **queue}]}
    )


class TestTargetsEverywhere:
    @both_ways
    def test_a_nested_chat_after_the_work_of_an_agent_has_the_last_word(self, way):
        ann = member("ann", "ann 1")
        ann.handoffs.set_after_work(nested(member("helper", "helped")))
        result = talk(way, ann)
        assert said(result)[1:] == [("ann", "ann 1"), ("wrapped_nested_ann_1", "helped")]
        assert result.summary == "helped"

    @both_ways
    def test_a_nested_chat_by_a_context_condition_hands_back(self, way):
        ann = member("ann", "ann 1")
        ann.handoffs.add_context_condition(
            OnContextCondition(
                target=nested(member("helper", "helped")), condition=StringContextCondition(variable_name="needed")
            )
        )
        bob = member("bob", "bob 1")
        ann.handoffs.set_after_work(AgentTarget(bob))
        result = talk(way, ann, bob, context_variables=ContextVariables({"needed": True}), max_rounds=4)
        assert said(result)[1:4] == [
            ("ann", "[Handing off to wrapped_nested_ann_1]"),
            ("wrapped_nested_ann_1", "helped"),
            ("ann", "[Handing off to wrapped_nested_ann_1]"),
        ]

    @both_ways
    def test_a_group_chat_as_the_target_of_a_model(self, way):
        inner = member("inner", "inner 1")
        target = GroupChatTarget(
            group_chat_config=GroupChatConfig(
                pattern=DefaultPattern(inner, [inner], group_manager_args={"silent": True}), messages="inside"
            )
        )
        ann = member("ann", tool_call("transfer_to_wrapped_group_ann_1_1"), "ann 1")
        ann.handoffs.add_llm_condition(OnCondition(target=target, condition="Ask the others."))
        result = talk(way, ann)
        assert said(result)[3:] == [("wrapped_group_ann_1", "inner 1"), ("ann", "ann 1")]

    @both_ways
    def test_a_function_as_the_target_of_a_model_and_of_a_context_condition(self, way):
        bob = member("bob", "bob 1", "bob 2")

        def route(output, context_variables):
            context_variables["routed"] = True
            return FunctionTargetResult(target=bob)

        ann = member("ann", tool_call("transfer_to_route_1"))
        ann.handoffs.add_llm_condition(OnCondition(target=FunctionTarget(route), condition="Route."))
        variables = ContextVariables({"x": True})
        assert said(talk(way, ann, bob, context_variables=variables))[-1] == ("bob", "bob 1")
        assert variables["routed"]
        ann.handoffs.clear()
        ann.handoffs.add_context_condition(
            OnContextCondition(target=FunctionTarget(route), condition=StringContextCondition(variable_name="x"))
        )
        assert said(talk(way, ann, bob, context_variables=variables))[1:] == [
            ("ann", "[Handing off to route]"),
            ("bob", "bob 2"),
        ]

    @both_ways
    def test_an_asynchronous_function_finds_the_target_too(self, way):
        bob = member("bob", "bob 1")

        async def route(output, context_variables):
            return FunctionTargetResult(target=AgentTarget(bob), context_variables={"seen": output})

        ann = member("ann", "ann 1")
        ann.handoffs.set_after_work(FunctionTarget(route))
        variables = ContextVariables()
        assert said(talk(way, ann, bob, context_variables=variables))[-1] == ("bob", "bob 1")
        assert variables["seen"] == "ann 1"

    @both_ways
    def test_the_manager_as_the_target_of_a_model_and_of_a_context_condition(self, way):
        choosing = ScriptedClient(["bob", "bob"]).llm_config()
        ann, bob = member("ann", tool_call("transfer_to_the_group_manager_1")), member("bob", "bob 1", "bob 2")
        ann.handoffs.add_llm_condition(OnCondition(target=GroupManagerTarget(), condition="Let them choose."))
        result = talk(way, ann, bob, group_manager_args={"llm_config": choosing})
        assert said(result)[-1] == ("bob", "bob 1")
        ann.handoffs.clear()
        ann.handoffs.add_context_condition(OnContextCondition(target=GroupManagerTarget()))
        result = talk(way, ann, bob, group_manager_args={"llm_config": choosing})
        assert said(result)[1:] == [("ann", "[Handing off to the group manager]"), ("bob", "bob 2")]

    @both_ways
    def test_chance_as_the_target_of_a_model_and_of_a_context_condition(self, way):
        ann, bob = member("ann", tool_call("transfer_to_random_agent_1")), member("bob", "bob 1", "bob 2")
        ann.handoffs.add_llm_condition(OnCondition(target=RandomAgentTarget([ann, bob]), condition="Any."))
        assert said(talk(way, ann, bob))[2:] == [("_Group_Tool_Executor", "Transfer to bob"), ("bob", "bob 1")]
        ann.handoffs.clear()
        ann.handoffs.add_context_condition(OnContextCondition(target=RandomAgentTarget([ann, bob])))
        assert said(talk(way, ann, bob))[1:] == [("ann", "[Handing off to bob]"), ("bob", "bob 2")]

    @both_ways
    def test_the_person_chooses_where_a_tool_says_so(self, way):
        def ask() -> ReplyResult:
            """Ask."""
            return ReplyResult(message="asking", target=AskUserTarget())

        ann, bob = member("ann", tool_call("ask"), functions=ask), member("bob", "bob 1")
        with IOStream.set_default(Keyboard("3")):
            assert said(talk(way, ann, bob))[-1] == ("bob", "bob 1")

    @both_ways
    def test_stay_in_a_tool_lets_its_caller_speak_again(self, way):
        def go_on() -> ReplyResult:
            """Go on."""
            return ReplyResult(message="on", target=StayTarget())

        ann, bob = member("ann", tool_call("go_on"), "ann 1", functions=go_on), member("bob", "bob 1")
        assert said(talk(way, ann, bob))[-1] == ("ann", "ann 1")


class TestPatterns:
    @both_ways
    def test_an_own_after_work_survives_round_robin(self, way):
        ann, bob, carl = member("ann", "ann 1"), member("bob", "bob 1"), member("carl", "carl 1")
        ann.handoffs.set_after_work(AgentTarget(carl))
        carl.handoffs.set_after_work(TerminateTarget())
        result = talk(way, ann, bob, carl, pattern=RoundRobinPattern)
        assert [name for name, _ in said(result)[1:]] == ["ann", "carl"]
        assert ann.handoffs.after_works[0].target == AgentTarget(carl)

    @both_ways
    def test_random_never_lets_an_agent_follow_itself(self, way):
        random.seed(1)
        members = [member(name, *[f"{name} {n}" for n in range(30)]) for name in ("ann", "bob", "carl")]
        names = [name for name, _ in said(talk(way, *members, pattern=RandomPattern, max_rounds=30))[1:]]
        assert all(one != following for one, following in itertools.pairwise(names))
        assert set(names) == {"ann", "bob", "carl"}

    @both_ways
    def test_the_person_of_a_manual_pattern_may_leave_the_choice_to_the_order(self, way):
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        with IOStream.set_default(Keyboard("")):
            assert said(talk(way, ann, bob, pattern=ManualPattern, max_rounds=3))[-1] == ("bob", "bob 1")

    @both_ways
    @pytest.mark.parametrize("answer", ["", "q"])
    def test_the_person_of_a_manual_pattern_may_leave_the_choice_to_the_model(self, way, answer):
        ann, bob, eve = member("ann", "ann 1"), member("bob", "bob 1"), member("eve", "eve 1")
        choosing = ScriptedClient(["eve"])
        manager = {"llm_config": choosing.llm_config()}
        with IOStream.set_default(Keyboard(answer)):
            result = talk(way, ann, bob, eve, pattern=ManualPattern, group_manager_args=manager, max_rounds=3)
        assert said(result)[-1] == ("eve", "eve 1")
        assert "_Group_Tool_Executor" not in str(choosing.requests)

    def test_a_person_who_chooses_the_agent_that_runs_tools_is_told_why_not_and_asked_again(self, monkeypatch):
        shown = []
        monkeypatch.setattr(Keyboard, "print", lambda self, *objects, **settings: shown.extend(objects))
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        with IOStream.set_default(Keyboard("1", "3")):
            assert said(talk("sync", ann, bob, pattern=ManualPattern, max_rounds=3))[-1] == ("bob", "bob 1")
        assert "_Group_Tool_Executor only runs tools, and has nothing to say." in "\n".join(map(str, shown))

    def test_a_choice_by_the_model_of_an_agent_is_told_once(self, caplog):
        forget_warnings()
        for _ in range(2):
            ann, bob = member("ann", "ann 1", "bob"), member("bob", "bob 1")
            talk("sync", ann, bob, pattern=AutoPattern, max_rounds=3)
        (warning,) = [record.getMessage() for record in caplog.records if "chooses who goes next" in record.message]
        assert "The model of ann" in warning
        assert "group_manager_args" in warning

    @both_ways
    def test_the_chat_ends_at_the_turn_of_a_person_who_is_not_there(self, way, caplog):
        ann, bob = member("ann", "ann 1", "_User"), member("bob", "unused")
        with IOStream.set_default(NobodyThere()):
            result = talk(way, ann, bob, pattern=AutoPattern, max_rounds=9)
        assert (said(result)[-1], result.stop_reason) == (("ann", "ann 1"), StopReason.PERSON)
        assert "nobody is at the console" in caplog.text

    def test_the_model_of_the_first_agent_chooses_where_the_manager_has_none(self):
        ann, bob = member("ann", "ann 1", "bob", "ann 2"), member("bob", "bob 1")
        assert said(talk("sync", ann, bob, pattern=AutoPattern, max_rounds=3))[-1] == ("bob", "bob 1")

    def test_the_cost_is_that_of_all_members_and_the_manager(self):
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        choosing = ScriptedClient(["bob"])
        manager = {"llm_config": choosing.llm_config()}
        result = talk("sync", ann, bob, pattern=AutoPattern, group_manager_args=manager, max_rounds=3)
        tokens = [one.get_actual_usage()["scripted"]["total_tokens"] for one in (ann, bob)]
        counted = result.cost["usage_excluding_cached_inference"]["scripted"]["total_tokens"]
        assert len(choosing.requests) == 1
        assert counted > sum(tokens) > 0

    def test_the_variables_of_a_dict_change_with_the_chat(self):
        def learn() -> ReplyResult:
            """Learn."""
            return ReplyResult(message="learnt", context_variables={"known": True})

        ann = member("ann", tool_call("learn"), "ann 1", functions=learn)
        known: dict[str, Any] = {"x": 1}
        pattern = DefaultPattern(ann, [ann], context_variables=known, group_manager_args={"silent": True})
        _, returned, speaker = initiate_group_chat(pattern, "go")
        assert returned is known
        assert known == {"x": 1, "known": True}
        assert speaker is ann

    def test_why_a_chat_ended(self):
        ann = member("ann", "ann 1", "ann 2")
        assert talk("sync", ann).stop_reason == StopReason.TERMINATE_TARGET
        assert talk("sync", ann, max_rounds=2).stop_reason == StopReason.MAX_ROUND

    def test_an_ended_chat_warns_of_nothing(self, caplog):
        talk("sync", member("ann", "ann 1"))
        assert not caplog.records


class TestHandoffs:
    @both_ways
    def test_a_handoff_is_an_event(self, way):
        ann, bob = member("ann", tool_call("transfer_to_bob_1")), member("bob", "bob 1")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
        bob.handoffs.set_after_work(TerminateTarget())
        heard: list[events.HandedOver] = []
        with events.listening(heard.append, kinds=[events.HandedOver]):
            talk(way, ann, bob)
        assert [(one.agent, one.kind, one.target, one.chosen) for one in heard] == [
            (ann, "llm", "bob", AgentTarget(bob)),
            (bob, "after_work", "Terminate", TerminateTarget()),
        ]

    def test_a_transfer_leaves_no_tool_behind(self):
        ann, bob = member("ann", tool_call("transfer_to_bob_1"), "ann alone"), member("bob", "bob 1")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
        talk("sync", ann, bob)
        assert [tool["function"]["name"] for tool in ann.scripted.requests[0]["tools"]] == ["transfer_to_bob_1"]
        chat("sync", agent("user"), ann, max_turns=1)
        assert "tools" not in ann.scripted.requests[1]

    def test_a_context_condition_means_nothing_outside_of_its_group(self):
        ann, bob = member("ann", "ann alone"), member("bob", "bob 1")
        ann.handoffs.add_context_condition(OnContextCondition(target=AgentTarget(bob)))
        talk("sync", ann, bob)
        assert chat("sync", agent("user"), ann, max_turns=1).summary == "ann alone"

    def test_a_missing_variable_of_an_expression_leaves_the_chat(self):
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob.", available="${nope}"))
        with pytest.raises(KeyError, match="nope"):
            talk("sync", ann, bob)

    def test_the_manager_reads_the_last_answer_of_a_real_tool_beside_a_transfer(self):
        def add(a: int) -> int:
            """Add."""
            return a + 1

        calls = tool_calls(tool_call("transfer_to_bob_1"), tool_call("add", a=1), content="Both.")
        ann, bob = member("ann", calls, functions=add), member("bob", "bob 1")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
        talk("sync", ann, bob)
        contents = [message.get("content") for message in bob.scripted.requests[0].messages]
        assert contents == [bob.system_message, "go", "Both.", "2"]


class TestTools:
    @both_ways
    @pytest.mark.parametrize(
        ("returned", "text"),
        [
            (None, "None"),
            (5, "5"),
            (True, "true"),
            ({1}, "[1]"),
            (datetime.date(2026, 1, 2), '"2026-01-02"'),
            ([ContextVariables({"a": 1})], '[{"data": {"a": 1}}]'),
            (Whatever(), "whatever"),
        ],
    )
    def test_what_a_tool_returns_is_json_where_it_can_be(self, way, returned, text):
        def give() -> Any:
            """Give."""
            return returned

        ann = member("ann", tool_call("give"), "ann 1", functions=give)
        assert said(talk(way, ann))[2] == ("_Group_Tool_Executor", text)

    @both_ways
    def test_a_tool_gets_the_variables_of_the_agent_that_runs_it_in_a_chat_of_two(self, way):
        def look(context_variables: ContextVariables) -> str:
            """Look."""
            return str(context_variables["x"])

        ann = member("ann", tool_call("look"), "done", functions=look)
        user = agent("user", context_variables={"x": 5})
        user.register_for_execution()(ann.tools[0])
        result = chat(way, user, ann, max_turns=2)
        assert [message["content"] for message in result.chat_history][2] == "5"
        assert ann.scripted.requests[0]["tools"][0]["function"]["parameters"]["properties"] == {}

    @both_ways
    def test_a_tool_of_reused_agents_sees_the_variables_of_its_own_group(self, way):
        def look(context_variables: ContextVariables) -> str:
            """Look."""
            return str(context_variables["x"])

        ann = member("ann", tool_call("look"), "done", tool_call("look"), "done", functions=look)
        for value in (1, 2):
            result = talk(way, ann, context_variables=ContextVariables({"x": value}))
            assert said(result)[2] == ("_Group_Tool_Executor", str(value))


class TestResuming:
    @both_ways
    def test_messages_without_a_name_are_those_of_the_user(self, way):
        ann, bob = member("ann", "ann 2"), member("bob", "bob 1")
        earlier = [
            {"role": "user", "content": "hi"},
            {"role": "user", "content": "ann 1", "name": "ann"},
            {"role": "user", "content": "go on"},
        ]
        result = talk(way, ann, bob, messages=earlier)
        assert [text for _, text in said(result)] == ["hi", "ann 1", "go on", "ann 2"]
        assert [message["role"] for message in ann.scripted.requests[0].messages[1:]] == ["user", "assistant", "user"]

    @both_ways
    def test_a_handoff_that_nobody_has_followed_goes_on(self, way):
        ann, bob = member("ann", tool_call("transfer_to_bob_1")), member("bob", "bob 1", "bob 2")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
        whole = talk(way, ann, bob)
        kept = [{**message, "name": message.get("name", "_User")} for message in whole.chat_history[:-1]]
        kept[0]["name"] = "bob"
        resumed = talk(way, ann, bob, messages=kept)
        assert said(resumed)[-1] == ("bob", "bob 2")

    @both_ways
    def test_a_handoff_by_a_context_condition_goes_on(self, way):
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        ann.handoffs.add_context_condition(
            OnContextCondition(
                target=RandomAgentTarget([ann, bob]), condition=StringContextCondition(variable_name="x")
            )
        )
        kept = [
            {"role": "user", "content": "go"},
            {"role": "user", "content": "[Handing off to bob]", "name": "ann"},
        ]
        assert said(talk(way, ann, bob, messages=kept))[-1] == ("bob", "bob 1")

    @both_ways
    def test_a_transfer_that_nobody_has_answered_is_answered_and_followed(self, way):
        ann, bob = member("ann", tool_call("transfer_to_bob_1")), member("bob", "bob 1", "bob 2")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
        whole = talk(way, ann, bob)
        kept = [{**message, "name": message.get("name", "bob")} for message in whole.chat_history[:2]]
        assert said(talk(way, ann, bob, messages=kept))[-2:] == [
            ("_Group_Tool_Executor", "Transfer to bob"),
            ("bob", "bob 2"),
        ]

    @both_ways
    def test_a_call_that_nobody_has_answered_is_answered(self, way):
        def add(a: int) -> int:
            """Add."""
            return a + 1

        ann = member("ann", tool_call("add", a=1), "ann 1", "ann 2", functions=add)
        whole = talk(way, ann)
        resumed = talk(
            way, ann, messages=[{**message, "name": message.get("name", "ann")} for message in whole.chat_history[:2]]
        )
        assert said(resumed)[-2:] == [("_Group_Tool_Executor", "2"), ("ann", "ann 2")]


class TestRefusals:
    def test_an_initial_agent_that_is_not_a_member(self):
        ann, bob = member("ann"), member("bob")
        with pytest.raises(ValueError, match="initial_agent must be one of the agents"):
            DefaultPattern(ann, [bob]).prepare_group_chat(5, "go")

    def test_members_that_are_not_agents(self):
        ann = member("ann")
        with pytest.raises(TypeError, match="must be agents"):
            DefaultPattern(ann, [ann, 5]).prepare_group_chat(5, "go")  # type: ignore[list-item]

    def test_an_after_work_that_is_not_a_target(self):
        ann = member("ann")
        with pytest.raises(TypeError, match="group_after_work"):
            DefaultPattern(ann, [ann], group_after_work=5).prepare_group_chat(5, "go")  # type: ignore[arg-type]

    @pytest.mark.parametrize("messages", [None, 5, {"content": "x"}, [5]])
    def test_messages_of_another_form(self, messages):
        with pytest.raises(TypeError, match="must be a text, a saved state, or a list of dicts"):
            talk("sync", member("ann"), messages=messages)

    def test_a_random_choice_of_nobody(self):
        ann, bob = member("ann", "ann 1"), member("bob")
        ann.handoffs.set_after_work(RandomAgentTarget([ann]))
        with pytest.raises(IndexError, match="no other agent"):
            talk("sync", ann, bob)

    def test_a_function_that_returns_something_else(self):
        ann = member("ann", "ann 1")
        ann.handoffs.set_after_work(FunctionTarget(lambda output, context_variables: "bob"))
        with pytest.raises(ValueError, match="must return a FunctionTargetResult"):
            talk("sync", ann)

    @pytest.mark.parametrize(
        ("function", "extra", "fault"),
        [
            (lambda: None, {}, "at least two positional parameters"),
            (lambda output: None, {}, "at least two positional parameters"),
            (lambda output, ctx, x: None, {}, "Missing required extra_args"),
            (lambda output, ctx: None, {"x": 1}, "Invalid extra_args"),
            (5, {}, "callable function"),
        ],
    )
    def test_a_function_that_cannot_be_called(self, function, extra, fault):
        with pytest.raises(ValueError, match=fault):
            FunctionTarget(function, extra_args=extra)

    def test_a_user_target_without_a_user(self):
        ann = member("ann", "ann 1")
        ann.handoffs.set_after_work(RevertToUserTarget())
        with pytest.raises(ValueError, match="User agent must be provided"):
            talk("sync", ann)

    def test_resuming_with_the_message_of_a_stranger(self):
        messages = [{"role": "user", "content": "x", "name": "zoe"}, {"role": "user", "content": "y", "name": "ann"}]
        with pytest.raises(AutogenClassicError, match="zoe"):
            talk("sync", member("ann", "ann 1"), messages=messages)

    @pytest.mark.parametrize("name", ["_User", "_Group_Tool_Executor"])
    def test_a_name_that_the_group_needs(self, name):
        ann, other = member("ann", "ann 1"), member(name, "other 1")
        with pytest.raises(ValueError, match=f"{name}.*Rename your agent"):
            talk("sync", ann, other)
        user = agent("_User")
        assert talk("sync", ann, user_agent=user, max_rounds=1).summary == "go"

    @pytest.mark.parametrize(
        ("template", "fault"),
        [
            ("{nope}", KeyError),
            ('{"a": 1}', KeyError),
            ("{}", IndexError),
            ("{x", ValueError),
            ("{x.y}", AttributeError),
        ],
    )
    def test_a_template_that_cannot_be_filled(self, template, fault):
        variables = ContextVariables({"x": 1, "setting": 2, "template": 3})
        ann = member("ann", "ann 1", update_agent_state_before_reply=[UpdateSystemMessage(template)])
        bob = member("bob", "bob 1")
        bob.handoffs.add_llm_condition(OnCondition(target=bob, condition=ContextStr(template=template)))
        choosing = GroupManagerTarget(selection_message=ContextStr(template=template))
        for place, faulty in (("system message of ann", ann), ("ContextStr", bob)):
            with pytest.raises(fault, match=f"{place} cannot be filled.*write every other brace twice"):
                talk("sync", faulty, context_variables=variables)
        with pytest.raises(fault, match="SelectionMessageContextStr cannot be filled"):
            talk("sync", member("carl", "carl 1"), context_variables=variables, group_after_work=choosing)

    def test_a_handoff_to_a_name_that_is_not_in_the_group(self):
        ann = member("ann", "ann 1")
        ann.handoffs.set_after_work(AgentNameTarget("zoe"))
        with pytest.raises(ValueError, match="zoe"):
            talk("sync", ann)


# --- calls of handoffs that the caller was not offered ---------------------------------------------------------------


@both_ways
def test_a_model_that_calls_the_handoff_of_another_agent_hands_over(way: str) -> None:
    desk, clerk = member("desk", tool_call("transfer_to_boss_1")), member("clerk", "unused")
    boss = member("boss", "I am here.")
    clerk.handoffs.add_llm_condition(OnCondition(target=AgentTarget(boss), condition="to the boss"))
    result = talk(way, desk, clerk, boss, max_rounds=5)
    assert said(result)[2:] == [("_Group_Tool_Executor", "Transfer to boss"), ("boss", "I am here.")]


def test_an_agent_runs_its_own_tool_that_is_called_like_the_handoff_of_another_one():
    def transfer_to_boss_1() -> str:
        """Write to the boss."""
        return "written"

    desk = member("desk", tool_call("transfer_to_boss_1"), "done", functions=[transfer_to_boss_1])
    clerk, boss = member("clerk", "unused"), member("boss", "unused")
    clerk.handoffs.add_llm_condition(OnCondition(target=AgentTarget(boss), condition="to the boss"))
    assert said(talk("sync", desk, clerk, boss))[2:] == [("_Group_Tool_Executor", "written"), ("desk", "done")]


@both_ways
def test_a_model_reads_why_its_handoff_was_refused(way: str) -> None:
    desk = member("desk", tool_call("transfer_to_boss_1"), "Then I do it.", context_variables={})
    boss = member("boss", "unused")
    desk.handoffs.add_llm_condition(OnCondition(target=AgentTarget(boss), condition="to the boss", available="is_in"))
    talk(way, desk, boss, context_variables=ContextVariables({"is_in": False}))
    call, answer = desk.scripted.requests[1]["messages"][-2:]
    assert call["tool_calls"][0]["function"]["name"] == "transfer_to_boss_1"
    assert answer["content"] == "Error: This handoff is not available now."


# --- chats that go on without a user_agent ----------------------------------------------------------------------------


def ann_and_bob(turns: int) -> Any:
    """A pattern without a user_agent in which two agents speak once in each turn."""
    ann = member("ann", *[f"ann {turn}" for turn in range(turns)])
    bob = member("bob", *[f"bob {turn}" for turn in range(turns)])
    ann.handoffs.set_after_work(AgentTarget(bob))
    return DefaultPattern(initial_agent=ann, agents=[ann, bob], group_manager_args={"silent": True})


@both_ways
def test_a_group_without_a_user_agent_is_taken_up_again_and_again(way: str) -> None:
    pattern = ann_and_bob(3)
    messages: Any = "user 0"
    for turn in range(3):
        history = talk(way, messages=messages, pattern=pattern).chat_history
        messages = [*history, {"role": "user", "content": f"user {turn + 1}"}]
    heard = [(one.get("name"), one["content"]) for one in pattern.agents[1].scripted.requests[-1]["messages"]]
    assert heard[1:] == [
        *[("_User", "user 0"), ("ann", "ann 0"), ("bob", "bob 0")],
        *[("_User", "user 1"), ("ann", "ann 1"), ("bob", "bob 1")],
        *[("_User", "user 2"), ("ann", "ann 2")],
    ]
    assert "chat_manager" not in str(history)


def test_the_messages_of_the_group_itself_are_taken_up_without_a_user_agent():
    pattern = ann_and_bob(2)
    talk("sync", messages="user 0", pattern=pattern)
    messages = pattern.agents[0]._group_manager.groupchat.messages
    result = talk("sync", messages=[*messages, {"role": "user", "content": "user 1"}], pattern=pattern)
    assert [content for _, content in said(result)] == ["user 0", "ann 0", "bob 0", "user 1", "ann 1", "bob 1"]
    assert talk("sync", messages=messages[:1], pattern=ann_and_bob(1)).summary == "bob 0"


def test_nameless_answers_in_a_history_without_names_are_not_the_words_of_the_user():
    pattern = ann_and_bob(1)
    history = [("user", "hi"), ("assistant", "hello"), ("user", "How are you?")]
    talk("sync", messages=[{"role": role, "content": content} for role, content in history], pattern=pattern)
    names = [one.get("name") for one in pattern.agents[0].scripted.requests[0]["messages"]]
    assert names == [None, "_User", "chat_manager", "_User"]
