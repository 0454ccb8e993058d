"""Groups and nested chats that begin each other without end: each circle is named where it begins."""

from __future__ import annotations

from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.society_of_mind_agent import SocietyOfMindAgent


def leader(name: str, *members: ConversableAgent) -> GroupChatManager:
    """Who leads a group of an agent of its own and of these."""
    group = GroupChat([agent(f"own_{name}"), *members], [], speaker_selection_method="round_robin", max_round=4)
    return GroupChatManager(group, name=name, llm_config=False)


def refused(way: str, recipient: ConversableAgent, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        chat(way, agent("user"), recipient)


@both_ways
def test_two_managers_in_each_others_group_are_refused(way: str) -> None:
    first = leader("first")
    second = leader("second", first)
    first.groupchat.agents.append(second)
    words = "first leads a group with second, second leads one with first: .* Take first out of the group of second"
    refused(way, first, words)
    refused(way, leader("outside", first), words)


@both_ways
def test_a_longer_circle_is_refused(way: str) -> None:
    first = leader("first")
    first.groupchat.agents.append(leader("second", leader("third", first)))
    refused(way, first, "first leads a group with second, second leads one with third, third leads one with first:")


@both_ways
def test_a_society_in_the_group_within_it_is_refused(way: str) -> None:
    within = leader("within")
    society = SocietyOfMindAgent("society", chat_manager=within)
    within.groupchat.agents.append(society)
    refused(way, society, "society leads this GroupChat, and is one of its agents as well")


@both_ways
def test_a_society_that_holds_the_group_around_it_is_refused(way: str) -> None:
    within = leader("within")
    outside = leader("outside", SocietyOfMindAgent("society", chat_manager=within))
    within.groupchat.agents.append(outside)
    refused(way, outside, "outside leads a group with society, society leads one with outside")


@both_ways
def test_an_inner_group_in_two_groups_is_no_circle(way: str) -> None:
    shared = leader("shared", agent("bob"))
    outside = leader("outside", leader("left", shared), leader("right", shared))
    assert chat(way, agent("user"), outside).summary


@both_ways
def test_nested_chats_that_trigger_each_other_are_named(way: str) -> None:
    bob, cleo = agent("bob"), agent("cleo")
    for one, other in ((bob, cleo), (cleo, bob)):
        queue: list[dict[str, Any]] = [{"chat_id": 1, "recipient": other, "message": "help", "max_turns": 1}]
        one.register_nested_chats(queue, trigger=lambda sender: True)
    with pytest.raises(RecursionError, match="Chats have begun each other without end: that of .* within") as raised:
        chat(way, agent("user"), bob)
    assert "bob and cleo" in str(raised.value)
    assert "a trigger that does not fire in the chats that it begins" in str(raised.value)
    assert str(raised.value).count("without end") == 1


def group_of_three() -> tuple[GroupChat, GroupChatManager]:
    """Anna, bob and cleo, who speak in turn, and their manager."""
    group = GroupChat([agent("anna"), agent("bob"), agent("cleo")], [], 4, speaker_selection_method="round_robin")
    return group, GroupChatManager(group, llm_config=False)


@both_ways
@pytest.mark.parametrize("attribute", ["groupchat", "chat_manager"])
def test_a_member_that_keeps_its_own_group_to_read_it_takes_its_turn(way: str, attribute: str) -> None:
    group, manager = group_of_three()
    anna, bob, _ = group.agents
    setattr(bob, attribute, group if attribute == "groupchat" else manager)
    chat(way, anna, manager)
    assert [said["name"] for said in group.messages] == ["anna", "bob", "cleo", "anna"]


@both_ways
def test_a_member_whose_reply_function_reads_its_group_may_have_nothing_to_say(way: str) -> None:
    group, manager = group_of_three()
    anna, bob, _ = group.agents
    bob.groupchat = group
    heard = []

    def read(recipient: Any, messages: Any, sender: Any, config: GroupChat) -> tuple[bool, None]:
        heard.extend(said["name"] for said in config.messages)
        return True, None

    bob.register_reply([ConversableAgent, None], read, config=group)
    result = chat(way, anna, manager)
    assert result.stop_reason == "no reply"
    assert heard == ["anna"]


@both_ways
def test_a_member_of_an_inner_group_may_read_the_outer_one(way: str) -> None:
    within = leader("within", agent("dora"))
    outside = leader("outside", SocietyOfMindAgent("society", chat_manager=within, human_input_mode="NEVER"))
    within.groupchat.agents[1].groupchat = outside.groupchat
    chat(way, agent("user"), outside)
    assert "society" in [said["name"] for said in outside.groupchat.messages]


@both_ways
def test_a_recursion_within_a_chat_of_namesakes_is_not_blamed_on_the_chats(way: str) -> None:
    def without_end(depth: int) -> int:
        return without_end(depth + 1)

    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        return True, str(without_end(0))

    def ask_namesakes(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        namesake = agent("bob")
        namesake.register_reply([ConversableAgent, None], fail)
        return True, chat("sync", agent("anna"), namesake).summary

    bob = agent("bob")
    bob.register_reply([ConversableAgent, None], ask_namesakes)
    with pytest.raises(RecursionError) as raised:
        chat(way, agent("anna"), bob)
    assert "Chats have begun" not in str(raised.value)


@both_ways
def test_a_recursion_within_two_chats_of_the_same_agents_is_not_blamed_on_them(way: str) -> None:
    anna, bob = agent("anna"), agent("bob")
    asked = []

    def without_end(depth: int) -> int:
        return without_end(depth + 1)

    def ask_once_more(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        asked.append(sender.name)
        return True, str(without_end(0)) if len(asked) > 1 else chat("sync", anna, bob).summary

    bob.register_reply([ConversableAgent, None], ask_once_more)
    with pytest.raises(RecursionError) as raised:
        chat(way, anna, bob)
    assert asked == ["anna", "anna"]
    assert "Chats have begun" not in str(raised.value)
