"""Every finished chat says why it stopped, and can be stopped from outside."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from dataclasses import asdict, fields
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import ChatResult, ConversableAgent, GroupChat, GroupChatManager
from autogen_classic._core import running_chats
from autogen_classic._core.running_chats import StopReason


@both_ways
def test_a_chat_stops_after_max_turns(way: str) -> None:
    result = chat(way, agent("ann"), agent("bob"), message="hi", max_turns=2)
    assert result.stop_reason == "max_turns"
    assert result.stop_message["content"] == "I am bob"
    assert len(result.chat_history) == 4


@both_ways
def test_a_chat_stops_at_the_limit_of_auto_replies(way: str) -> None:
    result = chat(way, agent("ann"), agent("bob", max_consecutive_auto_reply=3), message="hi")
    assert result.stop_reason is StopReason.AUTO_REPLY_LIMIT
    assert [message["name"] for message in result.chat_history].count("bob") == 3


@both_ways
def test_a_chat_stops_at_a_termination_message_and_names_it(way: str) -> None:
    bob = agent("bob", default_auto_reply="TERMINATE")
    result = chat(way, agent("ann"), bob, message="hi")
    assert result.stop_reason == "termination message"
    assert result.stop_message["content"] == "TERMINATE"


@both_ways
def test_a_chat_stops_when_the_person_says_exit(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt="": "exit")
    result = chat(way, agent("ann"), agent("bob", human_input_mode="ALWAYS"), message="hi")
    assert result.stop_reason == "person"
    assert result.human_input == []


@both_ways
def test_a_chat_stops_when_an_agent_has_no_reply(way: str) -> None:
    bob = agent("bob")
    bob.register_reply([ConversableAgent], lambda recipient, messages, sender, config: (True, None))
    result = chat(way, agent("ann"), bob, message="hi")
    assert result.stop_reason == "no reply"


@both_ways
def test_stop_chat_ends_a_chat_and_keeps_every_message(way: str) -> None:
    bob = agent("bob", max_consecutive_auto_reply=10**9)
    ann = agent("ann", max_consecutive_auto_reply=10**9)

    def stop_at_the_tenth(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        if len(messages) >= 10:
            assert ann.stop_chat()
        return False, None

    bob.register_reply([ConversableAgent], stop_at_the_tenth)
    result = chat(way, ann, bob, message="hi")
    assert result.stop_reason == "external stop"
    assert result.chat_history[-1]["name"] == "bob"
    assert len(result.chat_history) == len(bob.chat_messages[ann]) == 12 - len(result.chat_history) % 2


def test_another_thread_can_stop_a_chat() -> None:
    ann, bob = (agent(name, max_consecutive_auto_reply=10**9) for name in ("ann", "bob"))
    started = threading.Event()

    def tell(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        started.set()
        return False, None

    bob.register_reply([ConversableAgent], tell)
    results: list[ChatResult] = []
    thread = threading.Thread(target=lambda: results.append(ann.initiate_chat(bob, message="hi", silent=True)))
    thread.start()
    assert started.wait(10)
    assert bob.stop_chat()
    thread.join(10)
    assert results[0].stop_reason == "external stop"
    assert not bob.stop_chat()


def test_a_stop_reaches_the_nested_chats() -> None:
    ann, bob, carl, dora = (agent(name, max_consecutive_auto_reply=10**9) for name in ("ann", "bob", "carl", "dora"))
    bob.register_nested_chats([{"recipient": carl, "sender": dora, "silent": True}], trigger=ann)

    def stop(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        ann.stop_chat()
        return False, None

    carl.register_reply([ConversableAgent], stop)
    result = ann.initiate_chat(bob, message="hi", silent=True)
    assert result.stop_reason == "external stop"


def test_after_an_error_the_chat_can_go_on_with_all_that_was_said() -> None:
    ann, bob = agent("ann"), agent("bob")
    broken = True

    def fail_once(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        if broken and len(messages) == 3:
            raise ConnectionError("the network is gone")
        return False, None

    bob.register_reply([ConversableAgent], fail_once)
    with pytest.raises(ConnectionError):
        ann.initiate_chat(bob, message="hi", silent=True)
    assert [message["content"] for message in bob.chat_messages[ann]] == ["hi", "I am bob", "I am ann"]
    broken = False
    result = ann.initiate_chat(bob, message="again", clear_history=False, max_turns=1, silent=True)
    assert [message["content"] for message in result.chat_history] == [
        "hi",
        "I am bob",
        "I am ann",
        "again",
        "I am bob",
    ]


def test_the_stop_reason_is_no_field_of_the_result() -> None:
    result = agent("ann").initiate_chat(agent("bob"), message="hi", max_turns=1, silent=True)
    assert [field.name for field in fields(result)] == ["chat_id", "chat_history", "summary", "cost", "human_input"]
    assert "stop_reason" not in asdict(result)
    assert "stop" not in repr(result)


def test_a_later_chat_leaves_the_first_result_alone() -> None:
    ann, bob = agent("ann"), agent("bob")
    first = ann.initiate_chat(bob, message="one", max_turns=1, silent=True)
    ann.initiate_chat(bob, message="two", max_turns=1, silent=True)
    assert first.chat_history[0]["content"] == "one"


def test_a_loop_of_thanks_is_reported_once_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    ann, bob = agent("ann", default_auto_reply="Thank you!"), agent("bob", default_auto_reply="Thank you, too!")
    with caplog.at_level(logging.WARNING):
        result = ann.initiate_chat(bob, message="hi", max_turns=30, silent=True)
    assert len([record for record in caplog.records if "repeat themselves" in record.getMessage()]) == 1
    assert len(result.chat_history) == 60


def test_agents_that_make_progress_are_no_loop(caplog: pytest.LogCaptureFixture) -> None:
    ann, bob = agent("ann"), agent("bob")
    bob.register_reply([ConversableAgent], lambda recipient, messages, sender, config: (True, f"step {len(messages)}"))
    with caplog.at_level(logging.WARNING):
        ann.initiate_chat(bob, message="hi", max_turns=30, silent=True)
    assert not caplog.records


@both_ways
def test_a_group_tells_why_it_ended_although_the_turns_are_used_up(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", default_auto_reply="TERMINATE")
    group = GroupChat([ann, bob], [], max_round=5, speaker_selection_method="round_robin")
    result = chat(way, ann, GroupChatManager(group, silent=True), message="hi", max_turns=1)
    assert result.stop_reason == "termination message"


def test_a_chat_whose_recipient_stays_silent_has_a_reason() -> None:
    class Silent(ConversableAgent):
        def receive(self, *args: Any, **kwargs: Any) -> None:
            """Take every message without an answer."""

    result = chat("sync", agent("ann"), Silent("bob", llm_config=False), message="hi", summary_method=None)
    assert result.stop_reason == "no reply"


def test_when_one_chat_of_a_queue_fails_the_others_have_ended_before_the_error_arrives() -> None:
    ended: list[str] = []

    async def waits(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(recipient.name)

    async def fails(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        raise ValueError("no")

    ann, bob, cleo = agent("ann"), agent("bob"), agent("cleo")
    bob.register_reply(ConversableAgent, waits)
    cleo.register_reply(ConversableAgent, fails)

    async def run() -> None:
        queue = [{"chat_id": helper.name, "recipient": helper, "message": "hi"} for helper in (bob, cleo)]
        with pytest.raises(ValueError, match="no"):
            await ann.a_initiate_chats(queue)
        assert ended == ["bob"]

    asyncio.run(run())


def test_a_synchronous_chat_names_a_partial_among_the_asynchronous_replies() -> None:
    async def reply(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None, more: int = 0) -> Any:
        return False, None

    bob = agent("bob")
    bob.register_reply(ConversableAgent, functools.partial(reply, more=1))
    with pytest.raises(RuntimeError, match="reply functions are found: functools.partial") as error:
        chat("sync", agent("ann"), bob, message="hi")
    assert str(error.value).endswith("more=1)")  # the advice is a note


@both_ways
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"is_termination_msg": lambda message: True}, "termination message"),
        ({"max_consecutive_auto_reply": 0}, "auto-reply limit"),
    ],
)
def test_a_chat_ends_where_its_recipient_ends_it_whatever_turns_are_left(
    way: str, settings: dict[str, Any], reason: str
) -> None:
    result = chat(way, agent("ann"), agent("bob", **settings), message="hi", max_turns=3)
    assert ([message["content"] for message in result.chat_history], result.stop_reason) == (["hi"], reason)


@both_ways
def test_a_chat_ends_where_its_recipient_has_no_reply_whatever_turns_are_left(way: str) -> None:
    bob = agent("bob")
    bob.register_reply(ConversableAgent, lambda *_, **__: (True, None))
    result = chat(way, agent("ann"), bob, message="hi", max_turns=3)
    assert (len(result.chat_history), result.stop_reason) == (1, "no reply")


@both_ways
def test_each_chat_of_a_queue_ends_where_its_recipient_ends_it(way: str) -> None:
    ann, bob, carl = agent("ann"), agent("bob", is_termination_msg=lambda message: True), agent("carl")
    queue = [
        {"chat_id": number, "recipient": recipient, "message": "hi", "max_turns": 2, "silent": True}
        for number, recipient in enumerate((bob, carl))
    ]
    results = ann.initiate_chats(queue) if way == "sync" else asyncio.run(ann.a_initiate_chats(queue))
    assert [len(results[number].chat_history) for number in range(2)] == [1, 4]


def test_an_asynchronous_tool_belongs_to_the_synchronous_chat_of_a_running_event_loop() -> None:
    chats: list[Any] = []

    async def tool() -> str:
        chats.append(running_chats.current())
        return "done"

    async def notebook_cell() -> None:
        calls = [{"id": "1", "type": "function", "function": {"name": "tool", "arguments": "{}"}}]
        bob = agent("bob", function_map={"tool": tool})
        chat("sync", agent("ann"), bob, message={"content": None, "tool_calls": calls}, max_turns=1)

    asyncio.run(notebook_cell())
    assert chats != [None]


@both_ways
def test_a_group_that_ends_with_an_inner_group_does_not_take_its_reason(way: str) -> None:
    inner = GroupChat([agent("ann"), agent("bob")], [], max_round=2, speaker_selection_method="round_robin")
    inner_manager = GroupChatManager(inner, name="inner", llm_config=False)
    outer = GroupChat([agent("carl"), inner_manager], [], max_round=5, speaker_selection_method="round_robin")
    result = chat(way, outer.agents[0], GroupChatManager(outer, llm_config=False), message="hi")
    assert result.stop_reason == "max_round"
