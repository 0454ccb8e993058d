"""Groups with strangers and namesakes in them, and members that fail."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from autogen_classic import GroupChat, GroupChatManager


@pytest.fixture
def trio(agent: Any) -> Any:
    """Three agents that say their names."""
    return [agent(name, default_auto_reply=f"I am {name}.") for name in ("ann", "bob", "carl")]


def texts(messages: list[dict[str, Any]]) -> list[Any]:
    return [message["content"] for message in messages]


def test_an_unknown_speaker_is_asked_for_again_and_then_the_next_in_the_list_speaks(
    serve: Any, chat: Any, trio: Any
) -> None:
    server = serve("zed", "zed again", "still zed")
    group = GroupChat(trio, [], max_round=2)
    manager = GroupChatManager(group, llm_config=server.llm_config())
    chat(trio[0], manager, "Hello.")
    assert len(server.requests) == 1 + group.max_retries_for_selecting_speaker
    assert texts(group.messages) == ["Hello.", "I am bob."]


def test_an_unknown_speaker_of_a_function_is_refused_by_name(agent: Any, chat: Any, said: Any, trio: Any) -> None:
    choices = [trio[1], agent("zed"), trio[2], None]
    group = GroupChat(trio, [], max_round=3, speaker_selection_method=lambda last, group: choices.pop(0))
    manager = GroupChatManager(group, llm_config=False)
    with pytest.raises(ValueError, match="returned an agent zed not in the group chat") as caught:
        chat(trio[0], manager, "Hello.")
    assert "ann, bob, carl" in str(caught.value)
    assert texts(group.messages) == ["Hello.", "I am bob."]

    chat(trio[0], manager, "Go on.", clear_history=False)
    assert texts(group.messages) == ["Hello.", "I am bob.", "Go on.", "I am carl."]
    for member in trio:
        assert [content for _, content in said(member, manager)] == texts(group.messages)


@pytest.mark.parametrize("returned", ["zed", "bob", 5])
def test_a_function_must_return_an_agent_or_a_method(chat: Any, trio: Any, returned: Any) -> None:
    group = GroupChat(trio, [], speaker_selection_method=lambda last, group: returned)
    with pytest.raises(ValueError, match=r"round_robin|instead of Agent or str"):
        chat(trio[0], GroupChatManager(group, llm_config=False), "Hello.")
    assert texts(group.messages) == ["Hello."]


@pytest.mark.parametrize("kind", ["allowed", "disallowed"])
def test_a_stranger_as_a_key_of_the_transitions_is_an_error(agent: Any, trio: Any, kind: str) -> None:
    graph = {agent("zed"): trio}
    with pytest.raises(ValueError, match="keys not in agents: 'zed'") as caught:
        GroupChat(trio, [], allowed_or_disallowed_speaker_transitions=graph, speaker_transitions_type=kind)
    assert "The group has: 'ann', 'bob', 'carl'" in str(caught.value)


def test_a_stranger_as_a_value_of_the_transitions_is_a_warning(
    agent: Any, trio: Any, caplog: pytest.LogCaptureFixture
) -> None:
    graph = {trio[0]: [trio[1], agent("zed")], trio[1]: [trio[2]], trio[2]: [trio[0]]}
    with caplog.at_level(logging.WARNING):
        GroupChat(trio, [], allowed_or_disallowed_speaker_transitions=graph, speaker_transitions_type="allowed")
    assert "allowed_speaker_transitions do not match agents of the group: 'zed'" in caplog.text


def test_two_agents_of_one_name_run_with_a_warning(
    agent: Any, chat: Any, said: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (agent("bob", default_auto_reply=text) for text in ("I am the first.", "I am the second."))
    ann = agent("ann")
    with caplog.at_level(logging.WARNING):
        group = GroupChat([ann, first, second], [], max_round=3, speaker_selection_method="round_robin")
    assert "2 agents of the group chat are called 'bob'" in caplog.text
    manager = GroupChatManager(group, llm_config=False)
    chat(ann, manager, "Hello.")
    assert texts(group.messages) == ["Hello.", "I am the first.", "I am the second."]
    assert said(first, manager) == [
        ("user", "Hello."),
        ("assistant", "I am the first."),
        ("user", "I am the second."),
    ]


def test_two_agents_of_one_name_talk_to_each_other(agent: Any, chat: Any, said: Any) -> None:
    first, second = agent("bob"), agent("bob", default_auto_reply="I am the second.")
    chat(first, second, "Hello.")
    assert said(first, second) == [("assistant", "Hello."), ("user", "I am the second.")]
    assert said(second, first) == [("user", "Hello."), ("assistant", "I am the second.")]


def test_a_member_that_fails_loses_nothing_of_what_the_group_has_said(chat: Any, said: Any, trio: Any) -> None:
    broken = True

    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        if broken:
            raise ConnectionError("the network is gone")
        return False, None

    trio[2].register_reply([None, GroupChatManager], fail)
    group = GroupChat(trio, [], max_round=3, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False)
    with pytest.raises(ConnectionError):
        chat(trio[0], manager, "Hello.")
    assert texts(group.messages) == ["Hello.", "I am bob."]
    assert [content for _, content in said(trio[2], manager)] == ["Hello.", "I am bob."]

    broken = False
    chat(trio[0], manager, "Go on.", clear_history=False)
    assert texts(group.messages) == ["Hello.", "I am bob.", "Go on.", "I am bob.", "I am carl."]
    for member in trio:
        assert [content for _, content in said(member, manager)] == texts(group.messages)


def test_a_tool_that_nobody_has_is_answered_with_its_name(chat: Any, trio: Any) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "fly", "arguments": "{}"}}
    group = GroupChat(trio, [], max_round=2, speaker_selection_method="round_robin")
    chat(trio[0], GroupChatManager(group, llm_config=False), {"content": None, "tool_calls": [call]})
    assert group.messages[1]["content"] == "Error: Function fly not found."
