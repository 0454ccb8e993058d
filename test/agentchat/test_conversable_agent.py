"""What programs do with one agent: copy it, read its private names, give it odd messages."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.chat import _post_process_carryover_item
from autogen_classic.testing import ScriptedClient

PARTS = [{"type": "text", "text": "Look:"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]


def agent(name: str, reply: str = "hi", **settings: Any) -> ConversableAgent:
    return ConversableAgent(
        name, **{"llm_config": False, "human_input_mode": "NEVER", "default_auto_reply": reply, **settings}
    )


def test_a_copy_has_histories_of_its_own_and_shares_the_client() -> None:
    model = ScriptedClient(["one", "two"])
    bob = agent("bob", llm_config=model.llm_config())
    agent("ann").initiate_chat(bob, message="hi", max_turns=1, silent=True)
    twin = copy.deepcopy(bob)
    assert twin.client is bob.client
    agent("carl").initiate_chat(twin, message="hello", max_turns=1, silent=True)
    assert [len(one.chat_messages) for one in (bob, twin)] == [1, 2]
    assert twin.llm_config is not bob.llm_config


def test_a_copy_of_a_model_in_a_configuration_with_a_key_shares_its_client() -> None:
    bob = agent("bob", llm_config={"model": "gpt-4o", "api_key": "sk-test", "base_url": "http://127.0.0.1:9/v1"})
    assert copy.deepcopy(bob).client is bob.client


def test_a_copied_group_holds_copies_of_its_agents() -> None:
    manager = GroupChatManager(GroupChat([agent("a"), agent("b")], []), llm_config=False)
    twin = copy.deepcopy(manager)
    assert [member.name for member in twin.groupchat.agents] == ["a", "b"]
    assert not {*twin.groupchat.agents} & {*manager.groupchat.agents}


@pytest.mark.parametrize("message", [["hi"], [], ("hi", "you"), [("content", "hi")], [PARTS], 5, b"hi"])
@pytest.mark.parametrize("way", ["sync", "async"])
def test_what_is_neither_a_text_nor_a_dict_is_refused_as_a_message(message: Any, way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    send = ann.send if way == "sync" else lambda *what: asyncio.run(ann.a_send(*what))
    with pytest.raises(TypeError, match="must be a text or a dict"):
        send(message, bob)
    assert not ann.chat_messages[bob]


def test_no_system_message_is_sent_for_none() -> None:
    model = ScriptedClient(["fine"])
    bob = agent("bob", llm_config=model.llm_config(), system_message=None, description="a helper")
    agent("ann").initiate_chat(bob, message="hi", max_turns=1, silent=True)
    assert [message["role"] for message in model.requests[0]["messages"]] == ["user"]


def test_the_parts_of_a_message_are_passed_on_to_a_nested_chat() -> None:
    outer, inner = agent("outer"), agent("inner", "seen")
    outer.register_nested_chats([{"recipient": inner, "max_turns": 1, "summary_method": "last_msg"}], trigger="ann")
    ann = agent("ann")
    ann.initiate_chat(outer, message={"content": PARTS}, max_turns=1, silent=True)
    assert inner.chat_messages[outer][0]["content"] == PARTS
    assert ann.last_message(outer)["content"] == "seen"


@pytest.mark.parametrize("carryover", [None, []])
def test_nothing_is_carried_over_by_an_empty_carryover(carryover: Any) -> None:
    bob = agent("bob")
    agent("ann").initiate_chats(
        [{"recipient": bob, "message": "hi", "carryover": carryover, "max_turns": 1, "silent": True}]
    )
    assert next(iter(bob.chat_messages.values()))[0]["content"] == "hi"


class TestPrivateNames:
    """Names of 0.2.40 that tests and published notebooks call."""

    @pytest.mark.parametrize("trigger", [ConversableAgent, "bob", [None, "bob"], lambda sender: True])
    def test_a_trigger_is_matched(self, trigger: Any) -> None:
        assert agent("ann")._match_trigger(trigger, agent("bob"))
        with pytest.raises(ValueError, match="Unsupported trigger type"):
            agent("ann")._match_trigger(5, agent("bob"))

    def test_the_carryover_is_added(self) -> None:
        ann = agent("ann")
        carried = {"carryover": ["c", {"content": "d"}]}
        assert ann._process_carryover("hi", carried) == "hi\nContext: \nc\nd"
        assert ann._process_carryover("hi", {}) == "hi"
        assert ann._process_multimodal_carryover(PARTS, {"carryover": "c"}) == [
            {"type": "text", "text": "\nContext: \nc"},
            *PARTS,
        ]
        items = ("a", {"content": "c", "x": 1}, {"y": 2}, 3)
        assert [_post_process_carryover_item(item) for item in items] == ["a", "c", "{'y': 2}", "3"]

    @pytest.mark.parametrize("messages", [["hello"], (5,)])
    def test_a_reply_function_of_the_program_may_take_anything_for_messages(self, messages: Any) -> None:
        ann = agent("ann")
        ann.register_reply([ConversableAgent, None], lambda recipient, messages, sender, config: (True, str(messages)))
        assert ann.generate_reply(messages) == str(messages)

    @pytest.mark.parametrize("way", ["sync", "async"])
    def test_the_summary_of_nested_chats_is_a_reply(self, way: str) -> None:
        outer, inner = agent("outer"), agent("inner", "seen")
        queue = [{"recipient": inner, "max_turns": 1, "chat_id": 1, "silent": True}]
        arguments = (queue, outer, [{"content": "hi"}], agent("ann"), None)
        if way == "sync":
            assert ConversableAgent._summary_from_nested_chats(*arguments) == (True, "seen")
        else:
            assert asyncio.run(ConversableAgent._a_summary_from_nested_chats(*arguments)) == (True, "seen")

    def test_a_summary_can_be_asked_for(self) -> None:
        model = ScriptedClient(["in short", "in short"])
        ann, bob = agent("ann"), agent("bob", "done. TERMINATE", llm_config=model.llm_config())
        ann.send("hi", bob, request_reply=False, silent=True)
        assert ConversableAgent._last_msg_as_summary(ann, bob, {}) == "hi"
        assert ann._reflection_with_llm("Sum up.", [{"content": "x", "role": "user"}], llm_agent=bob) == "in short"
        assert ConversableAgent._reflection_with_llm_as_summary(ann, bob, {"summary_prompt": "Sum up."}) == "in short"
        assert model.requests[0]["messages"][-1] == {"role": "system", "content": "Sum up."}
