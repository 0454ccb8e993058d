"""Policies that tell which agents of a group may be selected now."""

from __future__ import annotations

from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import AgentDescriptionGuard, AgentEligibilityPolicy, GroupChat, GroupChatManager, SelectionContext


class Only:
    """Lets some agents speak, and remembers what it was asked."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.asked: list[tuple[str, SelectionContext]] = []

    def is_eligible(self, candidate: Any, ctx: SelectionContext) -> bool:
        self.asked.append((candidate.name, ctx))
        return candidate.name in self.names


def group(*policies: Any, **settings: Any) -> GroupChatManager:
    members = [agent("a"), agent("b"), agent("c")]
    settings = {"max_round": 4, "speaker_selection_method": "round_robin", **settings}
    return GroupChatManager(GroupChat(members, [], eligibility_policies=[*policies], **settings), llm_config=False)


def speakers(way: str, manager: GroupChatManager) -> list[str]:
    result = chat(way, manager.groupchat.agents[0], manager)
    return [message["name"] for message in result.chat_history]


@both_ways
@pytest.mark.parametrize("method", ["round_robin", "random"])
def test_only_eligible_agents_speak(way: str, method: str) -> None:
    manager = group(Only("b", "c"), speaker_selection_method=method)
    assert set(speakers(way, manager)[1:]) <= {"b", "c"}


@both_ways
def test_all_policies_must_agree(way: str) -> None:
    assert speakers(way, group(Only("a", "b"), Only("b", "c"))) == ["a", "b", "b", "b"]


@both_ways
def test_the_chat_ends_when_nobody_is_eligible(way: str) -> None:
    manager = group(Only())
    result = chat(way, manager.groupchat.agents[0], manager)
    assert result.stop_reason == "no eligible speaker"
    assert len(result.chat_history) == 1


@both_ways
def test_transitions_that_leave_no_eligible_agent_end_the_chat(way: str) -> None:
    a, b, c = agent("a"), agent("b"), agent("c")
    only_c_follows = {"allowed_or_disallowed_speaker_transitions": {a: [c]}, "speaker_transitions_type": "allowed"}
    members = GroupChat([a, b, c], [], eligibility_policies=[Only("b")], max_round=3, **only_c_follows)
    result = chat(way, a, GroupChatManager(members, llm_config=False))
    assert result.stop_reason == "no eligible speaker"


def test_a_policy_is_told_what_is_known_about_the_selection() -> None:
    policy = Only("b")
    speakers("sync", group(policy, max_round=2))
    assert policy.asked[0] == ("a", SelectionContext(1, "a", ["a", "b", "c"]))
    assert isinstance(policy, AgentEligibilityPolicy)


def test_a_guard_marks_an_agent_in_its_description_and_takes_the_mark_away() -> None:
    busy = agent("busy", description="Does things.")
    guard = AgentDescriptionGuard(busy)
    guard.mark_unavailable()
    guard.mark_unavailable()
    assert busy.description == "[UNAVAILABLE] Does things."
    guard.mark_available()
    guard.mark_available()
    assert busy.description == "Does things."
