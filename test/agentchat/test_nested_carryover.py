"""What nested chats are told of the chat around them (`carryover_config`); AG2's records show the rest."""

from __future__ import annotations

from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import ConversableAgent
from autogen_classic.testing import ScriptedClient


def told(way: str, message: Any, config: dict[str, Any], question: Any = "a question") -> Any:
    """What the helper of a nested chat hears first."""
    user, bob, helper = agent("user"), agent("bob"), agent("helper")
    queue: list[dict[str, Any]] = [{"recipient": helper, "max_turns": 1, "carryover_config": config}]
    if message is not None:
        queue[0]["message"] = message
    bob.register_nested_chats(queue, trigger=user)
    chat(way, user, bob, message=question, max_turns=1)
    return helper.chat_messages[bob][0]["content"]


@both_ways
def test_a_first_message_of_any_form_gets_the_context_behind_it(way: str) -> None:
    parts = [{"type": "text", "text": "help"}]
    config = {"summary_method": "all"}
    assert told(way, "help", config) == "help\nContext:\na question"
    assert told(way, {"content": "help"}, config) == "help\nContext:\na question"
    assert told(way, {"content": parts}, config) == [*parts, {"type": "text", "text": "Context:\na question"}]
    assert told(way, lambda recipient, messages, sender, config: "help", config) == "help\nContext:\na question"


@both_ways
def test_the_message_itself_is_not_carried_over_once_more(way: str) -> None:
    assert told(way, None, {"summary_method": "all"}) == "a question\nContext:\n"


@both_ways
def test_pictures_and_calls_carry_over_their_texts(way: str) -> None:
    question = {"content": [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "x"}}]}
    assert told(way, "help", {"summary_method": "last_msg"}, question) == "help\nContext:\nsee<image>"


def test_an_asynchronous_function_is_awaited_where_the_nested_chats_are_asynchronous() -> None:
    async def summary(recipient: ConversableAgent, messages: list[Any], arguments: dict[str, Any]) -> str:
        return f"{recipient.name} {len(messages)} {arguments}"

    user, bob, helper = agent("user"), agent("bob"), agent("helper")
    config = {"summary_method": summary, "summary_args": {"x": 1}}
    queue = [{"chat_id": 1, "recipient": helper, "message": "help", "max_turns": 1, "carryover_config": config}]
    bob.register_nested_chats(queue, trigger=user, use_async=True)
    chat("async", user, bob, max_turns=1)
    assert helper.chat_messages[bob][0]["content"] == "help\nContext:\nbob 1 {'x': 1}"


@both_ways
def test_the_agent_reflects_itself_where_the_recipient_has_no_model(way: str) -> None:
    client = ScriptedClient(["in short"])
    user, helper = agent("user"), agent("helper")
    bob = agent("bob", llm_config=client.llm_config())
    config = {"summary_method": "reflection_with_llm", "summary_args": {"summary_role": "user"}}
    bob.register_nested_chats(
        [{"recipient": helper, "message": "help", "max_turns": 1, "carryover_config": config}], trigger=user
    )
    chat(way, user, bob, max_turns=1)
    assert helper.chat_messages[bob][0]["content"] == "help\nContext:\nin short"
    assert [message["role"] for message in client.requests[0].messages] == ["user", "user"]


@pytest.mark.parametrize("config", ["all", {}, {"summary_method": "other"}, {"summary_method": None}])
def test_a_config_that_cannot_be_followed_is_refused_at_once(config: Any) -> None:
    bob = agent("bob")
    with pytest.raises(ValueError, match="carryover_config"):
        bob.register_nested_chats([{"recipient": agent("helper"), "carryover_config": config}], trigger=None)
