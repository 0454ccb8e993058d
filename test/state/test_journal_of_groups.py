"""Groups go on as they were: who goes next by a tool or by chance, and what its agents know together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from journal_kit import Stopped, lines_of

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.swarm_agent import SwarmAgent, SwarmResult, initiate_swarm_chat
from autogen_classic.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    ContextVariables,
    NestedChatTarget,
    OnCondition,
    ReplyResult,
    RevertToUserTarget,
    StayTarget,
    TerminateTarget,
)
from autogen_classic.agentchat.group._tool_results import kept_result, restored_result
from autogen_classic.agentchat.group.group_tool_executor import GroupToolExecutor
from autogen_classic.agentchat.group.multi_agent_chat import a_initiate_group_chat, initiate_group_chat
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.agentchat.group.targets.group_manager_target import GroupManagerTarget
from autogen_classic.agentchat.group.targets.transition_target import AskUserTarget, RandomAgentTarget
from autogen_classic.replay import record, replay
from autogen_classic.state import InterruptedStepError, journal
from autogen_classic.testing import ScriptedClient, tool_call

TARGETS = [
    *(AgentTarget(agent_name="bob"), AgentNameTarget("bob"), RandomAgentTarget(agent_names=["bob"])),
    *(AskUserTarget(), GroupManagerTarget(), RevertToUserTarget(), StayTarget(), TerminateTarget(), None),
]


class Desk:
    """A group in which ann hands over by a tool, and bob or carl answers."""

    def __init__(self, returned: Any, stop_at: str = "") -> None:
        self.calls = 0

        def go() -> Any:
            """Go."""
            self.calls += 1
            return returned

        def stop(request: Any) -> Any:
            raise Stopped

        def member(name: str, *replies: Any, **settings: Any) -> ConversableAgent:
            client = ScriptedClient(default=stop) if name == stop_at else ScriptedClient(list(replies))
            return ConversableAgent(name, llm_config=client.llm_config(), human_input_mode="NEVER", **settings)

        self.ann = member("ann", tool_call("go"), "I have looked.", functions=[go])
        self.bob, self.carl = member("bob", "I am bob."), member("carl", "I am carl.")
        self.ann.handoffs.set_after_work(AgentTarget(self.carl))
        for one in (self.bob, self.carl):
            one.handoffs.set_after_work(TerminateTarget())

    def talk(self, way: str) -> Any:
        pattern = DefaultPattern(initial_agent=self.ann, agents=[self.ann, self.bob, self.carl])
        if way == "sync":
            result, variables, _ = initiate_group_chat(pattern, "Hello?", max_rounds=6)
        else:
            result, variables, _ = asyncio.run(a_initiate_group_chat(pattern, "Hello?", max_rounds=6))
        return [(message.get("name"), message["content"]) for message in result.chat_history], variables.to_dict()


HANDOVER = ReplyResult(message="Bob knows.", target=AgentNameTarget("bob"), context_variables={"x": [1, {"y": None}]})


@both_ways
@pytest.mark.parametrize("returned", [HANDOVER, {"a": [1]}, "text"], ids=["handover", "dict", "text"])
def test_a_group_goes_on_where_a_tool_has_sent_it(way: str, returned: Any) -> None:
    whole = Desk(returned).talk(way)
    with pytest.raises(Stopped), journal("run.jsonl"):
        Desk(returned, stop_at="bob" if returned is HANDOVER else "carl").talk(way)
    desk = Desk("not run")
    with journal("run.jsonl"):
        assert desk.talk(way) == whole
    assert desk.calls == 0
    assert (whole[1] == {"x": [1, {"y": None}]}) is (returned is HANDOVER)


@both_ways
@pytest.mark.parametrize("stop_at", ["ann", "bob", "carl"])
def test_a_group_goes_on_in_the_middle_of_its_handoffs(way: str, stop_at: str) -> None:
    """Ann hands over by her model, the others after their work."""

    def talk(stopped: str = "") -> Any:
        asked: list[str] = []

        def member(name: str, reply: Any) -> ConversableAgent:
            def answer(request: Any) -> Any:
                if name == stopped:
                    raise Stopped
                asked.append(name)
                return reply

            return agent(name, llm_config=ScriptedClient(default=answer).llm_config())

        ann, bob = member("ann", tool_call("transfer_to_bob_1")), member("bob", "bob 1")
        carl, dora = member("carl", "carl 1"), member("dora", "dora 1")
        ann.handoffs.add_llm_condition(OnCondition(target=bob, condition="For bob."))
        bob.handoffs.set_after_work(AgentTarget(carl))
        carl.handoffs.set_after_work(AgentTarget(dora))
        pattern = DefaultPattern(ann, [ann, bob, carl, dora], group_manager_args={"silent": True})
        if way == "sync":
            result = initiate_group_chat(pattern, "go", max_rounds=10)[0]
        else:
            result = asyncio.run(a_initiate_group_chat(pattern, "go", max_rounds=10))[0]
        return [(message.get("name"), message["content"]) for message in result.chat_history], asked

    whole, everybody = talk()
    with pytest.raises(Stopped), journal("run.jsonl"):
        talk(stop_at)
    with journal("run.jsonl"):
        said, asked = talk()
    assert said == whole
    assert everybody == ["ann", "bob", "carl", "dora"]
    assert asked == everybody[everybody.index(stop_at) :]


def test_a_swarm_goes_on_where_a_tool_has_sent_it() -> None:
    def talk(*replies: Any) -> tuple[Any, Any, str]:
        def count() -> SwarmResult:
            """Count."""
            calls.append("count")
            return SwarmResult(values="Counted.", context_variables={"n": 2}, agent="b")

        a, b = (
            SwarmAgent(name, llm_config=ScriptedClient([reply] if reply else []).llm_config())
            for name, reply in zip("ab", replies, strict=True)
        )
        a.add_functions([count])
        result, variables, last = initiate_swarm_chat(a, "Hello.", [a, b], context_variables={"n": 1})
        return result.chat_history, variables, last.name

    calls: list[str] = []
    with journal("run.jsonl"):
        whole = talk(tool_call("count"), "From b.")
    with journal("run.jsonl"):
        assert talk(None, None) == whole
    assert whole[1:] == ({"n": 2}, "b")
    assert calls == ["count"]


def test_a_recording_of_tools_knows_who_goes_next() -> None:
    with record("run.json", tools=True):
        whole = Desk(HANDOVER).talk("sync")
    with replay("run.json"):
        assert Desk("not run").talk("sync") == whole


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: type(target).__name__)
def test_a_target_comes_back_as_it_was(target: Any) -> None:
    result = ReplyResult(message="m", target=target, context_variables={"a": 1})
    kept: Any = kept_result(result)
    restored = restored_result(kept["result"], kept["handover"])
    assert restored == result
    assert type(restored.target) is type(target)


@pytest.mark.parametrize(
    "result",
    [
        ReplyResult(message="m", target=NestedChatTarget(nested_chat_config={"chat_queue": []})),
        ReplyResult(message="m", target=GroupManagerTarget(selection_message="Who?")),
        ReplyResult(message="m", context_variables={"a": object()}),
    ],
    ids=["nested chats", "a question of its own", "an object"],
)
def test_a_handover_that_json_cannot_hold_is_left_to_the_policy(
    result: ReplyResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kept_result(result) == {"result": "m", "handover": None}

    def stop(_: object, returned: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(GroupToolExecutor, "_classic_read_tool_result", stop)
        with pytest.raises(Stopped), journal("run.jsonl"):
            Desk(result).talk("sync")
    desk = Desk(result)
    with pytest.raises(InterruptedStepError, match=r"The tool go\(\)"), journal("run.jsonl"):
        desk.talk("sync")
    assert desk.calls == 0


# --- chance


@both_ways
def test_chance_chooses_the_same_speakers_again(way: str) -> None:
    def talk(max_round: int) -> list[Any]:
        members = [agent(name) for name in ("ann", "bob", "carl", "dora")]
        group = GroupChat(members, messages=[], max_round=max_round, speaker_selection_method="random")
        chat(way, members[0], GroupChatManager(group, llm_config=False))
        return [message["name"] for message in group.messages]

    with journal("run.jsonl"):
        begun = talk(10)
    with journal("run.jsonl"):
        whole = talk(20)
    assert whole[:10] == begun
    with replay("run.jsonl"):
        assert talk(20) == whole
    assert sum(line["kind"] == "choice" for line in lines_of()) == 19


# --- chats of two


def counted(way: str, ran: list[str]) -> Any:
    """A chat of two in which a tool changes the variables of the agent that runs it."""

    def count(context_variables: ContextVariables) -> ReplyResult:
        """Count."""
        ran.append("count")
        more = {"n": context_variables.get("n", 0) + 1}
        return ReplyResult(message=f"counted {more['n']}", target=TerminateTarget(), context_variables=more)

    client = ScriptedClient([tool_call("count"), tool_call("count"), "Two."])
    user, bot = agent("user"), agent("bot", llm_config=client.llm_config())
    bot.register_for_llm(description="Count.")(count)
    user.register_for_execution()(count)
    result = chat(way, user, bot, max_turns=3)
    return user.context_variables.to_dict(), [message["content"] for message in result.chat_history]


@both_ways
@pytest.mark.parametrize("again", [journal, replay])
def test_variables_that_a_tool_of_a_chat_of_two_has_changed_come_back(way: str, again: Any) -> None:
    ran: list[str] = []
    keep = journal("run.jsonl") if again is journal else record("run.jsonl", tools=True)
    with keep:
        whole = counted(way, ran)
    with again("run.jsonl"):
        assert counted(way, ran) == whole
    assert whole[0] == {"n": 2}
    assert "counted 2" in whole[1]
    assert ran == ["count", "count"]


def test_a_result_without_variables_reaches_the_model_as_its_text() -> None:
    def plain() -> ReplyResult:
        """Answer."""
        return ReplyResult(message="plain")

    client = ScriptedClient([tool_call("plain"), "Fine."])
    bot = agent("bot", llm_config=client.llm_config(), functions=[plain])
    run = bot.run(message="hi", max_turns=2)
    run.process()
    assert [message["content"] for message in run.messages if message["role"] == "tool"] == ["plain"]
