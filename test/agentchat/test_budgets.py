"""A chat ends in order when it has spent its budget, and tells which one and how much."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic._core import budget as budgets
from autogen_classic._core.running_chats import StopReason
from autogen_classic.cache import Cache
from autogen_classic.events import Notice, listening
from autogen_classic.testing import ScriptedClient


def talker(name: str, cost: float = 0.01, **settings: Any) -> ConversableAgent:
    """An agent whose model always has something new to say."""
    client = ScriptedClient(lambda request: f"{name} has heard {len(request.messages)} messages", cost=cost)
    return agent(name, llm_config=client.llm_config(), **settings)


@both_ways
def test_a_chat_ends_when_it_has_cost_more_than_it_may(way: str) -> None:
    result = chat(way, agent("ann"), talker("bob"), max_cost=0.035)
    assert result.stop_reason is StopReason.BUDGET
    assert result.stop_detail == "This chat ends: it has cost 0.04 US dollars, and may cost max_cost=0.035."
    assert result.spent is not None
    assert result.spent.cost == pytest.approx(0.04)
    assert result.spent.requests == 4


@both_ways
def test_the_answer_that_passed_the_limit_is_kept_by_both(way: str) -> None:
    ann, bob = agent("ann"), talker("bob")
    result = chat(way, ann, bob, max_cost=0)
    assert [message["content"] for message in result.chat_history] == ["hi", "bob has heard 2 messages"]
    assert len(bob.chat_messages[ann]) == 2
    assert result.stop_message == result.chat_history[-1]["content"]
    assert result.summary == "bob has heard 2 messages"


@both_ways
def test_a_limit_that_is_not_passed_changes_nothing(way: str) -> None:
    result = chat(way, agent("ann"), talker("bob"), max_cost=0.02, max_turns=2)
    assert result.stop_reason is StopReason.MAX_TURNS
    assert result.stop_detail is None
    assert len(result.chat_history) == 4


@both_ways
def test_a_budget_ends_a_chat_with_max_turns_too(way: str) -> None:
    result = chat(way, talker("ann"), talker("bob"), max_cost=0.015, max_turns=9)
    assert result.stop_reason is StopReason.BUDGET
    assert [message["name"] for message in result.chat_history] == ["ann", "bob", "ann"]


@both_ways
def test_the_tokens_that_are_sent_and_come_back_count(way: str) -> None:
    result = chat(way, agent("ann"), talker("bob"), max_tokens=1)
    assert result.stop_reason is StopReason.BUDGET
    assert result.spent is not None
    assert (
        result.stop_detail == f"This chat ends: it has taken {result.spent.tokens} tokens, and may take max_tokens=1."
    )
    assert len(result.chat_history) == 2


@both_ways
def test_a_chat_ends_when_its_time_is_over(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(budgets, "monotonic", lambda: next(clock))
    result = chat(way, agent("ann"), agent("bob"), max_seconds=4)
    assert result.stop_reason is StopReason.BUDGET
    assert result.stop_detail == "This chat ends: it has taken 5 seconds, and may take max_seconds=4."
    assert len(result.chat_history) > 1


@both_ways
def test_a_cost_that_is_not_known_ends_the_chat_and_says_so(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScriptedClient, "knows_price", lambda client, response: False, raising=False)
    result = chat(way, agent("ann"), talker("bob", cost=0.0), max_cost=5)
    assert result.stop_reason is StopReason.BUDGET
    assert "what an answer of the model scripted costs is not known" in str(result.stop_detail)
    assert '"price": [prompt_price, completion_price]' in str(result.stop_detail)
    assert result.spent is not None
    assert result.spent.cost is None
    assert len(result.chat_history) == 2


class SilentAboutTokens:
    """A model client that reports no usage, as many that programs register do."""

    def __init__(self, config: dict[str, Any]) -> None:
        pass

    def create(self, params: dict[str, Any]) -> Any:
        message = SimpleNamespace(content="hello", function_call=None, tool_calls=None)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], model="mute")

    def message_retrieval(self, response: Any) -> list[str]:
        return [choice.message.content for choice in response.choices]

    def cost(self, response: Any) -> float:
        return 0.0

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        return {}


@both_ways
def test_a_model_that_does_not_count_tokens_ends_a_chat_that_limits_them(way: str) -> None:
    entry = {"model": "mute", "model_client_cls": "SilentAboutTokens"}
    bob = agent("bob", llm_config={"config_list": [entry], "cache_seed": None})
    bob.register_model_client(SilentAboutTokens)
    result = chat(way, agent("ann"), bob, max_tokens=1000)
    assert result.stop_reason is StopReason.BUDGET
    assert "the model mute does not say how many tokens its answers take" in str(result.stop_detail)
    assert result.spent is not None
    assert result.spent.tokens is None


def test_answers_from_a_cache_cost_nothing() -> None:
    bob = talker("bob")
    with Cache.in_memory("a") as cache:
        first = chat("sync", agent("ann"), bob, max_turns=3, cache=cache)
        second = chat("sync", agent("ann"), bob, max_turns=3, cache=cache, max_cost=0)
    assert first.spent is not None
    assert first.spent.cost == pytest.approx(0.03)
    assert second.spent is not None
    assert (second.spent.cost, second.spent.requests) == (0, 0)
    assert second.stop_reason is StopReason.MAX_TURNS


@both_ways
def test_the_selection_of_speakers_counts(way: str) -> None:
    ann, bob = talker("ann", cost=0.0), talker("bob", cost=0.0)
    selecting = ScriptedClient(default="ann", cost=0.01)
    group = GroupChat([ann, bob], messages=[], max_round=20, speaker_selection_method="auto")
    manager = GroupChatManager(group, llm_config=selecting.llm_config())
    result = chat(way, agent("user"), manager, max_cost=0.025)
    assert result.stop_reason is StopReason.BUDGET
    assert result.spent is not None
    assert result.spent.cost == pytest.approx(0.03)
    assert [message["name"] for message in group.messages] == ["user", "ann", "ann"]


@both_ways
def test_a_selection_is_not_tried_again_when_the_budget_is_spent(way: str) -> None:
    selecting = ScriptedClient(default="nobody in particular", cost=0.01)
    group = GroupChat([agent("ann"), agent("bob")], messages=[], speaker_selection_method="auto")
    manager = GroupChatManager(group, llm_config=selecting.llm_config())
    result = chat(way, agent("user"), manager, max_cost=0)
    assert result.stop_reason is StopReason.BUDGET
    assert len(selecting.requests) == 1
    assert [message["name"] for message in group.messages] == ["user"]


@both_ways
def test_the_last_answer_in_a_group_is_heard_by_all(way: str) -> None:
    ann, bob = talker("ann"), agent("bob")
    group = GroupChat([ann, bob], messages=[], speaker_selection_method="round_robin")
    manager = GroupChatManager(group)
    result = chat(way, agent("user"), manager, max_cost=0)
    assert result.stop_reason is StopReason.BUDGET
    assert bob.chat_messages[manager][-1]["content"] == group.messages[-1]["content"] == "ann has heard 2 messages"


def nesting(inner: dict[str, Any]) -> ConversableAgent:
    """An agent that answers with the summary of a chat of its own."""
    bob = agent("bob")
    chat_info = {"recipient": talker("expert"), "sender": agent("helper"), "silent": True, **inner}
    bob.register_nested_chats([chat_info], trigger=lambda sender: sender.name == "ann")
    return bob


def test_a_nested_chat_counts_for_the_chat_around_it_and_ends_with_it() -> None:
    result = chat("sync", agent("ann"), nesting({}), max_cost=0.025)
    assert result.stop_reason is StopReason.BUDGET
    assert result.spent is not None
    assert result.spent.cost == pytest.approx(0.03)
    assert result.chat_history[-1]["content"] == "expert has heard 6 messages"


def test_a_nested_chat_may_have_a_budget_of_its_own() -> None:
    result = chat("sync", agent("ann"), nesting({"max_cost": 0.015}), max_turns=2)
    assert result.stop_reason is StopReason.MAX_TURNS
    assert result.spent is not None
    assert result.spent.requests == 4


def test_each_chat_of_a_queue_has_its_own_budget() -> None:
    ann = agent("ann")
    first, second = talker("first"), talker("second")
    results = ann.initiate_chats(
        [
            {"recipient": first, "message": "hi", "max_cost": 0, "silent": True},
            {"recipient": second, "message": "hi", "max_turns": 2, "silent": True},
        ]
    )
    assert [str(result.stop_reason) for result in results] == ["budget", "max_turns"]
    assert [result.spent.requests for result in results if result.spent] == [1, 2]


def test_chats_at_the_same_time_do_not_pay_for_each_other() -> None:
    ann = agent("ann")
    queue = [
        {"chat_id": name, "recipient": talker(name), "message": "hi", "max_turns": turns, "silent": True}
        for name, turns in (("one", 1), ("three", 3))
    ]
    results = asyncio.run(ann.a_initiate_chats(queue))
    assert {name: result.spent.requests for name, result in results.items() if result.spent} == {"one": 1, "three": 3}


@both_ways
def test_a_summary_by_a_model_counts(way: str) -> None:
    result = chat(way, agent("ann"), talker("bob"), max_turns=1, summary_method="reflection_with_llm")
    assert result.spent is not None
    assert result.spent.requests == 2


@both_ways
def test_a_spent_budget_leaves_the_last_message_as_the_summary(way: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        result = chat(way, agent("ann"), talker("bob"), max_cost=0, summary_method="reflection_with_llm")
    assert result.summary == "bob has heard 2 messages"
    assert "The summary is the last message, not one by a model." in caplog.text


def test_a_function_that_sums_up_is_called_even_so() -> None:
    result = chat("sync", agent("ann"), talker("bob"), max_cost=0, summary_method=lambda sender, recipient, args: "x")
    assert result.summary == "x"


def test_the_reader_sees_why_the_chat_ends() -> None:
    seen: list[Any] = []
    with listening(seen.append):
        result = chat("sync", agent("ann"), talker("bob"), max_cost=0, silent=False)
    assert [event.text for event in seen if isinstance(event, Notice)] == [result.stop_detail]


@pytest.mark.parametrize("limit", [-1, "5", True, float("nan")])
@pytest.mark.parametrize("name", ["max_cost", "max_tokens", "max_seconds"])
def test_a_limit_that_is_no_number_is_refused_before_anything_is_said(name: str, limit: Any) -> None:
    ann = agent("ann")
    with pytest.raises(ValueError, match=f"{name} of a chat must be a number from 0 on"):
        ann.initiate_chat(agent("bob"), message="hi", **{name: limit})
    assert ann.chat_messages == {}


def test_the_limits_stand_in_the_context_of_a_message_as_in_old_programs() -> None:
    result = chat(
        "sync",
        agent("ann"),
        agent("bob"),
        message=lambda sender, recipient, context: f"Answer in {context['max_tokens']} tokens.",
        max_tokens=100,
        max_turns=1,
    )
    assert result.chat_history[0]["content"] == "Answer in 100 tokens."
