"""Every event knows its chat, and a listener hears the chats of its own context."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import GroupChat, GroupChatManager, register_function
from autogen_classic.events import (
    ChatEnded,
    ChatStarted,
    Detail,
    Event,
    MessageReceived,
    Notice,
    ReplyTried,
    ToolCalled,
    emit,
    is_heard,
    listening,
    subscribe,
    unsubscribe,
)

ROOT = Path(__file__).resolve().parents[2]


def talk(opener: str, partner: str) -> None:
    agent(opener).initiate_chat(agent(partner), message="hi", max_turns=2, silent=True)


async def a_talk(opener: str, partner: str) -> None:
    await agent(opener).a_initiate_chat(agent(partner), message="hi", max_turns=2, silent=True)


def chats_in(events: list[Event]) -> set[tuple[str, ...]]:
    return {event.chat.agents for event in events if event.chat is not None}


def test_every_event_of_a_chat_names_it():
    heard: list[Event] = []
    ann, bob = agent("ann"), agent("bob")
    with listening(heard.append):
        ann.initiate_chat(bob, message="hi", max_turns=2, silent=True)
    (chat,) = {event.chat for event in heard}
    assert chat is not None
    assert (chat.agents, chat.parent_id) == (("ann", "bob"), None)
    assert isinstance(heard[0], ChatStarted)
    assert isinstance(heard[-1], ChatEnded)


def test_two_chats_of_the_same_agents_have_ids_of_their_own():
    heard: list[Event] = []
    ann, bob = agent("ann"), agent("bob")
    with listening(heard.append):
        for _ in range(2):
            ann.initiate_chat(bob, message="hi", max_turns=1, silent=True)
    assert len({event.chat.id for event in heard if event.chat}) == 2


def test_an_event_outside_of_any_chat_names_none():
    heard: list[Event] = []
    with listening(heard.append):
        agent("ann").send("hi", agent("bob"), request_reply=False, silent=True)
    assert heard
    assert {event.chat for event in heard} == {None}


def test_a_nested_chat_names_the_chat_around_it():
    bob = agent("bob")
    inner = {"sender": agent("carl"), "recipient": agent("dora"), "max_turns": 1, "silent": True}
    bob.register_nested_chats([inner], trigger=lambda sender: True, position=0)
    heard: list[Event] = []
    with listening(heard.append):
        agent("ann").initiate_chat(bob, message="hi", max_turns=1, silent=True)
    outer, nested = (event.chat for event in heard if isinstance(event, ChatStarted))
    assert outer is not None
    assert nested is not None
    assert nested.agents == ("carl", "dora")
    assert nested.parent_id == outer.id


def test_a_group_chat_is_named_after_its_manager():
    group = GroupChat([agent("bob"), agent("carl")], [], max_round=3, speaker_selection_method="round_robin")
    heard: list[Event] = []
    with listening(heard.append):
        agent("ann").initiate_chat(GroupChatManager(group, silent=True), message="hi", max_turns=1, silent=True)
    assert chats_in(heard) == {("ann", "chat_manager")}


def test_two_threads_with_a_listener_each_hear_their_own_chat_only():
    meeting = threading.Barrier(2, timeout=30)
    heard: dict[str, list[Event]] = {"ann": [], "eve": []}

    def run(opener: str, partner: str) -> None:
        with listening(heard[opener].append):
            meeting.wait()  # both listen before either chat begins
            talk(opener, partner)
            meeting.wait()  # both chats are over before either stops listening

    threads = [threading.Thread(target=run, args=pair) for pair in (("ann", "bob"), ("eve", "fred"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert chats_in(heard["ann"]) == {("ann", "bob")}
    assert chats_in(heard["eve"]) == {("eve", "fred")}


def test_two_tasks_with_a_listener_each_hear_their_own_chat_only():
    heard: dict[str, list[Event]] = {"ann": [], "eve": []}

    async def run(opener: str, partner: str) -> None:
        with listening(heard[opener].append):
            await asyncio.sleep(0)
            await a_talk(opener, partner)
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(run("ann", "bob"), run("eve", "fred"))

    asyncio.run(both())
    assert chats_in(heard["ann"]) == {("ann", "bob")}
    assert chats_in(heard["eve"]) == {("eve", "fred")}


def test_a_listener_hears_the_tasks_that_are_started_within_its_block():
    heard: list[Event] = []

    async def both() -> None:
        with listening(heard.append):
            await asyncio.gather(a_talk("ann", "bob"), a_talk("eve", "fred"))

    asyncio.run(both())
    assert chats_in(heard) == {("ann", "bob"), ("eve", "fred")}


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_listener_hears_the_chat_that_an_asynchronous_tool_holds_in_a_thread_of_its_own(way: str) -> None:
    caller, executor = agent("caller"), agent("executor")
    caller.llm_config = {"config_list": []}
    caller._classic_rebuild_client = lambda: None  # type: ignore[method-assign]

    async def consult() -> str:
        await a_talk("carl", "dora")
        return "done"

    register_function(consult, caller=caller, executor=executor, description="Consult others.")
    call = {"id": "1", "type": "function", "function": {"name": "consult", "arguments": "{}"}}
    message = {"content": None, "tool_calls": [call]}

    async def synchronous_chat_in_a_running_loop() -> None:
        caller.initiate_chat(executor, message=message, max_turns=1, silent=True)

    heard: list[Event] = []
    with listening(heard.append):
        if way == "sync":
            asyncio.run(synchronous_chat_in_a_running_loop())
        else:
            asyncio.run(caller.a_initiate_chat(executor, message=message, max_turns=1, silent=True))
    (tool_call,) = (event for event in heard if isinstance(event, ToolCalled))
    outer, inner = (event.chat for event in heard if isinstance(event, ChatStarted))
    assert tool_call.chat == outer
    assert inner is not None
    assert outer is not None
    assert (inner.agents, inner.parent_id) == (("carl", "dora"), outer.id)


def in_a_thread(function: Callable[..., Any], *args: Any) -> None:
    thread = threading.Thread(target=function, args=args)
    thread.start()
    thread.join()


def test_a_thread_is_heard_when_it_runs_in_a_copy_of_the_context():
    heard: list[Event] = []
    with listening(heard.append):
        in_a_thread(contextvars.Context().run, talk, "eve", "fred")  # what Thread does before Python 3.14
        assert heard == []
        in_a_thread(contextvars.copy_context().run, talk, "ann", "bob")
    assert chats_in(heard) == {("ann", "bob")}


def test_a_thread_that_outlives_the_block_is_no_longer_heard():
    heard: list[Event] = []
    with listening(heard.append):
        context = contextvars.copy_context()
    context.run(talk, "ann", "bob")
    assert heard == []


def test_a_subscriber_hears_every_thread_until_it_unsubscribes():
    heard: list[Event] = []
    hear = subscribe(heard.append)
    try:
        in_a_thread(talk, "ann", "bob")
    finally:
        unsubscribe(hear)
    talk("eve", "fred")
    assert chats_in(heard) == {("ann", "bob")}


@pytest.mark.parametrize("by", ["ref", "id"])
def test_a_listener_for_one_chat_hears_it_and_what_is_nested_in_it_but_no_other(by: str) -> None:
    heard: list[Event] = []
    elsewhere: list[Event] = []

    def consult_others(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        chat = everything[-1].chat
        assert chat is not None
        with listening(heard.append, chat if by == "ref" else chat.id), listening(elsewhere.append, "0" * 16):
            emit(Notice(recipient, "within"))
            talk("carl", "dora")
        return True, "done"

    bob = agent("bob")
    bob.register_reply(lambda sender: True, consult_others)
    everything: list[Event] = []
    with listening(everything.append):
        agent("ann").initiate_chat(bob, message="hi", max_turns=1, silent=True)
    assert chats_in(heard) == {("ann", "bob"), ("carl", "dora")}
    assert elsewhere == []


def test_a_listener_within_another_leaves_alone():
    first: list[Event] = []
    second: list[Event] = []
    with listening(first.append):
        with listening(second.append):
            talk("ann", "bob")
        talk("eve", "fred")
    assert chats_in(first) == {("ann", "bob"), ("eve", "fred")}
    assert chats_in(second) == {("ann", "bob")}


def test_the_events_of_a_chat_are_numbered_from_1_without_a_gap():
    heard: list[Event] = []
    ann, bob = agent("ann"), agent("bob")
    with listening(heard.append):
        for _ in range(2):
            ann.initiate_chat(bob, message="hi", max_turns=2, silent=True)
    half = len(heard) // 2
    assert [event.sequence for event in heard] == 2 * list(range(1, half + 1))


def test_a_subscriber_that_raises_is_reported_once_and_hears_no_more(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Event] = []

    def fail(event: Event) -> None:
        heard.append(event)
        raise RuntimeError("enough")

    subscribe(fail)
    try:
        talk("ann", "bob")
    finally:
        unsubscribe(fail)
    assert len(heard) == 1
    (record,) = caplog.records
    assert "fail raised an error on the event AgentCreated" in record.message
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "enough"


def test_a_subscriber_is_not_closed_when_it_hears_no_more():
    class Recorder:
        is_open = True

        def __call__(self, event: Event) -> None: ...

        def close(self) -> None:
            self.is_open = False

    recorder = Recorder()
    unsubscribe(subscribe(recorder, may_fail=False))
    with listening(recorder):
        talk("ann", "bob")
    assert recorder.is_open


def test_what_a_subscriber_raises_that_may_not_fail_ends_the_chat():
    def refuse(event: Event) -> None:
        raise RuntimeError("enough")

    subscribe(refuse, [MessageReceived], may_fail=False)
    try:
        with pytest.raises(RuntimeError, match="enough"):
            talk("ann", "bob")
    finally:
        unsubscribe(refuse)


def test_a_subscriber_hears_the_kinds_that_it_names_only():
    heard: list[Event] = []
    with listening(heard.append, kinds=[ChatStarted, ChatEnded]):
        talk("ann", "bob")
    assert [type(event) for event in heard] == [ChatStarted, ChatEnded]


def test_a_detail_is_heard_by_those_only_who_name_it():
    everything: list[Event] = []
    details: list[Event] = []
    with listening(everything.append), listening(details.append, kinds=[Event, Detail]):
        talk("ann", "bob")
    assert not any(isinstance(event, ReplyTried) for event in everything)
    assert any(isinstance(event, ReplyTried) for event in details)
    assert [event for event in details if not isinstance(event, Detail)] == everything


def test_no_event_of_a_silent_message_is_made_for_a_printer_alone():
    ann, bob, printed = agent("ann"), agent("bob"), []

    @functools.partial(subscribe, kinds=[MessageReceived], only_aloud=True)
    def printer(event: MessageReceived) -> None:
        printed.append(event.message)

    try:
        ann.send("silent", bob, request_reply=False, silent=True)
        ann.send("aloud", bob, request_reply=False)
        assert (is_heard(MessageReceived), is_heard(MessageReceived, silent=True)) == (True, False)
        with listening(lambda event: None):
            ann.send("silent, but heard by another", bob, request_reply=False, silent=True)
    finally:
        unsubscribe(printer)
    assert printed == ["aloud"]


def test_whether_a_kind_is_heard_follows_those_who_come_and_go():
    assert not is_heard(ReplyTried)
    hear = subscribe(lambda event: None, [ReplyTried])
    assert is_heard(ReplyTried)
    unsubscribe(hear)
    assert not is_heard(ReplyTried)
    with listening(lambda event: None, kinds=[ReplyTried]):
        assert is_heard(ReplyTried)
        assert not is_heard(ChatEnded)
    assert not is_heard(ReplyTried)


@pytest.mark.parametrize(
    "statement",
    [
        "from autogen_classic.agentchat.conversable_agent import ConversableAgent",
        "from autogen_classic import ConversableAgent",
        "from autogen_classic.agentchat import ConversableAgent",
        "import autogen_classic.compat as c; c.install_as_autogen(); from autogen import ConversableAgent",
    ],
)
def test_a_chat_is_printed_once_by_whatever_door_a_program_comes_in(statement: str) -> None:
    program = f"""
{statement}
ann, bob = (ConversableAgent(name, llm_config=False, human_input_mode="NEVER") for name in ("ann", "bob"))
ann.initiate_chat(bob, message="Hello there", max_turns=1)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.count("Hello there") == 1
