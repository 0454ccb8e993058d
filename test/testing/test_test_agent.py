"""TestAgent and the calls of tools, as AG2's tests use them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.testing import ScriptedClient, TestAgent, ToolCall, tools_message
from autogen_classic.testing.test_agent import FakeClient, convert_fake_message


def agent(name: str, **settings: Any) -> ConversableAgent:
    return ConversableAgent(name, human_input_mode="NEVER", **{"llm_config": False, **settings})


def add(x: int, y: int = 1) -> int:
    """Add."""
    return x + y


def said(result: Any) -> list[Any]:
    return [message["content"] for message in result.chat_history]


@pytest.mark.parametrize("way", ["sync", "async"])
def test_an_agent_says_what_the_test_has_written(way: str) -> None:
    bob, user = agent("bob"), agent("user")
    user.register_for_execution()(add)
    with TestAgent(bob, [ToolCall("add", x=1).to_message(), ToolCall("add", x=2), {"content": "done"}]):
        if way == "sync":
            result = user.initiate_chat(bob, message="go", max_turns=3, silent=True)
        else:
            result = asyncio.run(user.a_initiate_chat(bob, message="go", max_turns=3, silent=True))
    assert said(result) == ["go", None, "2", None, "3", "done"]
    assert result.cost["usage_including_cached_inference"]["total_cost"] == 0
    assert bob.client is None


def test_the_model_of_an_agent_comes_back_after_an_error_too() -> None:
    model = ScriptedClient(["my own"])
    bob = agent("bob", llm_config=model.llm_config())
    own = bob.client
    with pytest.raises(KeyError, match="oops"), TestAgent(bob, ["x"]):
        raise KeyError("oops")
    assert bob.client is own
    assert bob.generate_reply([{"role": "user", "content": "hi"}]) == "my own"


def test_a_script_that_is_used_up_stops_the_test() -> None:
    bob, user = agent("bob"), agent("user")
    with pytest.raises(StopIteration, match="The messages of the TestAgent are used up"), TestAgent(bob, ["one"]):
        user.initiate_chat(bob, message="go", max_turns=2, silent=True)
    with TestAgent(bob, ["one"], suppress_messages_end=True):
        user.initiate_chat(bob, message="go", max_turns=2, silent=True)
    assert [message["content"] for message in bob.chat_messages[user]] == ["go", "one", ""]


def test_messages_are_read_as_they_are_needed() -> None:
    taken = []

    def messages() -> Iterator[str]:
        for word in ("one", "two", "three"):
            taken.append(word)
            yield word

    bob, user = agent("bob"), agent("user")
    with TestAgent(bob, messages()):
        user.initiate_chat(bob, message="go", max_turns=2, silent=True)
    assert taken == ["one", "two"]


def test_members_of_a_group_can_be_scripted() -> None:
    ann, bob = agent("ann"), agent("bob")
    group = GroupChat([ann, bob], [], max_round=3, speaker_selection_method="round_robin")
    with TestAgent(ann, ["I am ann"]), TestAgent(bob, ["I am bob"]):
        result = ann.initiate_chat(GroupChatManager(group, llm_config=False), message="go", silent=True)
    assert said(result) == ["go", "I am bob", "I am ann"]


def test_several_calls_make_one_message() -> None:
    message = tools_message(ToolCall("add", x=1), ToolCall("look", '{"broken', "7"))
    assert message["content"] is None
    first, second = message["tool_calls"]
    assert json.loads(first["function"]["arguments"]) == {"x": 1}
    assert first["id"].startswith("call_")
    assert second == {"id": "7", "function": {"name": "look", "arguments": '{"broken'}, "type": "function"}


def test_arguments_of_a_call_may_have_any_name() -> None:
    call = ToolCall("f", name="n", arguments=[1], id=3, tool_name=None)
    assert json.loads(call.arguments) == {"name": "n", "arguments": [1], "id": 3, "tool_name": None}
    with pytest.raises(TypeError, match="as one raw text or as keywords, not both"):
        ToolCall("f", "{}", x=1)


def test_what_no_model_says_is_refused() -> None:
    with pytest.raises(TypeError, match="A model says a text or a message, but the test has written 3"):
        convert_fake_message(3)  # type: ignore[arg-type]


def test_a_scripted_message_is_not_shared_with_the_chat() -> None:
    written = {"content": "one"}
    client = FakeClient([written])
    (message,) = client.extract_text_or_completion_object(client.create(model="any"))
    assert message == written
    assert message is not written
