"""Members hear the same by the short way and by the long one, and nobody's own method is passed over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.events import listening

WAYS = pytest.mark.parametrize("way", ["sync", "async"])
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WORDS: list[Any] = [
    "hello",
    "",
    {"content": "hi", "context": {"a": 1}},
    {"content": [{"type": "text", "text": "look"}]},
    {"content": "", "tool_calls": [CALL]},
    {"content": "as another", "name": "somebody"},
]


class Overriding(ConversableAgent):
    """An agent with a method of its own, which does what the library's does."""

    def receive(self, *args: Any, **kwargs: Any) -> None:
        super().receive(*args, **kwargs)

    async def a_receive(self, *args: Any, **kwargs: Any) -> None:
        await super().a_receive(*args, **kwargs)


def team(replies: list[Any], cls: type[ConversableAgent] = ConversableAgent, **settings: Any) -> GroupChatManager:
    members = [
        cls(f"a{number}", llm_config=False, human_input_mode="NEVER", default_auto_reply=reply)
        for number, reply in enumerate(replies)
    ]
    members[0].register_function({"f": lambda: "done"})
    chat = GroupChat(members, [], speaker_selection_method="round_robin", **{"max_round": 6, **settings})
    return GroupChatManager(chat, llm_config=False, silent=True)


def histories(manager: GroupChatManager) -> list[Any]:
    heard = [member.chat_messages[manager] for member in manager.groupchat.agents]
    return [*heard, *(manager.chat_messages[member] for member in manager.groupchat.agents)]


def talk(manager: GroupChatManager, way: str = "sync", message: Any = "go") -> list[Any]:
    opener = manager.groupchat.agents[0]
    if way == "sync":
        opener.initiate_chat(manager, message=message, silent=True)
    else:
        asyncio.run(opener.a_initiate_chat(manager, message=message, silent=True))
    return histories(manager)


@WAYS
@given(replies=st.lists(st.sampled_from(WORDS), min_size=2, max_size=5), introductions=st.booleans())
def test_the_short_way_leaves_the_histories_of_the_long_one(way: str, replies: list[Any], introductions: bool) -> None:
    short = talk(team(replies, send_introductions=introductions), way)
    with listening(lambda event: None):
        assert talk(team(replies, send_introductions=introductions), way) == short
    assert talk(team(replies, Overriding, send_introductions=introductions), way) == short


def test_an_edit_of_what_one_member_has_heard_is_its_own() -> None:
    manager = team(["x", "y", "z"], max_round=1)
    talk(manager)
    one, other = manager.groupchat.agents[1:]
    one.chat_messages[manager][0]["content"] = "edited"
    assert other.chat_messages[manager][0]["content"] == manager.chat_messages[other][0]["content"] == "go"


@pytest.mark.parametrize("method", ["receive", "_process_received_message", "_append_oai_message"])
@pytest.mark.parametrize("place", ["instance", "class"])
def test_a_patched_method_is_called(method: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = team(["x", "y", "z"], max_round=1)
    listener, calls = manager.groupchat.agents[2], []
    original = getattr(ConversableAgent, method)

    def patched(self: ConversableAgent, *args: Any, **kwargs: Any) -> Any:
        calls.append(self)
        return original(self, *args, **kwargs)

    if place == "class":
        monkeypatch.setattr(ConversableAgent, method, patched)
    else:
        monkeypatch.setattr(listener, method, lambda *args, **kwargs: patched(listener, *args, **kwargs))
    talk(manager)
    assert listener in calls
    assert listener.chat_messages[manager][0]["content"] == "go"


@WAYS
def test_a_hook_of_the_manager_sees_what_each_member_is_sent(way: str) -> None:
    manager, sent = team(["x", "y", "z"], max_round=1), []

    def hook(sender: Any, message: Any, recipient: Any, silent: bool) -> Any:
        sent.append(recipient.name)
        return message

    manager.register_hook("process_message_before_send", hook)
    talk(manager, way)
    assert sent == ["a1", "a2"]


def test_a_member_that_insists_on_printing_prints(capsys: pytest.CaptureFixture[str]) -> None:
    manager = team(["x", "y", "z"], max_round=1)
    manager.groupchat.agents[1].silent = False
    talk(manager)
    assert "(to a1):" in capsys.readouterr().out
