"""A chat can be iterated over: it runs as far as its events are asked for, in the thread that asks."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
import traceback
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from agent_kit import agent

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, register_function
from autogen_classic.events import (
    ChatEnded,
    ChatFailed,
    ChatStarted,
    Event,
    MessageReceived,
    ModelAsked,
    TextStreamed,
    ToolReturned,
    listening,
)
from autogen_classic.testing import MockOpenAIServer, hang, pieces, tool_call

Look = Callable[[Any], Any]
both_ways = pytest.mark.parametrize("way", ["sync", "async"])


def walk(way: str, sender: ConversableAgent, recipient: Any, look: Look = lambda event: None, **settings: Any) -> Any:
    """Iterate over a chat; ``look`` sees each event, and leaves the loop by returning something true.

    Returns:
        The run, and the events.
    """
    settings = {"message": "hi", "silent": True, **settings}
    seen: list[Event] = []
    if way == "sync":
        run: Any = sender.iterate(recipient, **settings)
        for event in run:
            seen.append(event)
            if look(event):
                break
        return run, seen

    async def main() -> Any:
        run = sender.a_iterate(recipient, **settings)
        async for event in run:
            seen.append(event)
            if look(event):
                break
        return run

    return asyncio.run(main()), seen


def with_tool(server: MockOpenAIServer) -> tuple[ConversableAgent, ConversableAgent]:
    user, assistant = agent("user"), AssistantAgent("assistant", llm_config=server.llm_config())

    def add(a: int, b: int) -> int:
        return a + b

    register_function(add, caller=assistant, executor=user, description="Add.")
    return user, assistant


@both_ways
def test_a_chat_that_is_iterated_over_is_the_chat_that_runs_at_once(way: str) -> None:
    replies = [tool_call("add", a=1, b=2), "Three."]
    with MockOpenAIServer(replies) as server:
        user, assistant = with_tool(server)
        run, seen = walk(way, user, assistant, max_turns=2)
    with MockOpenAIServer(replies) as server:
        twin_user, twin = with_tool(server)
        heard: list[Event] = []
        with listening(heard.append):
            if way == "sync":
                result = twin_user.initiate_chat(twin, message="hi", max_turns=2, silent=True)
            else:
                result = asyncio.run(twin_user.a_initiate_chat(twin, message="hi", max_turns=2, silent=True))
    assert run.result.summary == result.summary == "Three."
    assert run.result.stop_reason == result.stop_reason
    assert [message["content"] for message in run.result.chat_history] == [
        message["content"] for message in result.chat_history
    ]
    assert [type(event) for event in seen] == [type(event) for event in heard]
    assert [event.sequence for event in seen] == list(range(1, len(seen) + 1))


@both_ways
def test_the_chat_stands_still_between_two_events(way: str) -> None:
    with MockOpenAIServer(["one", "two"]) as server:
        user, assistant = agent("user"), AssistantAgent("assistant", llm_config=server.llm_config())
        answered = []

        def look(event: Event) -> None:
            if isinstance(event, MessageReceived):
                answered.append((event.sender.name, len(server.requests)))

        walk(way, user, assistant, look, max_turns=2)
    assert answered == [("user", 0), ("assistant", 1), ("user", 1), ("assistant", 2)]


@both_ways
def test_what_happens_in_the_loop_is_not_part_of_the_chat(way: str) -> None:
    others: list[Event] = []

    def look(event: Event) -> None:
        if isinstance(event, MessageReceived) and not others:
            with listening(others.append, kinds=[ChatStarted]):
                agent("carl").initiate_chat(agent("dora"), message="hi", max_turns=1, silent=True)

    _, seen = walk(way, agent("ann"), agent("bob"), look, max_turns=2)
    (other,) = others
    assert other.chat is not None
    assert other.chat.parent_id is None
    assert {event.chat.agents for event in seen if event.chat} == {("ann", "bob")}


@both_ways
def test_leaving_the_loop_ends_the_chat_and_keeps_what_was_said(way: str) -> None:
    with MockOpenAIServer(["one", "two", "again"]) as server:
        user, assistant = agent("user"), AssistantAgent("assistant", llm_config=server.llm_config())
        heard: list[Event] = []
        with listening(heard.append, kinds=[ChatEnded]):
            run, _ = walk(
                way, user, assistant, lambda event: isinstance(event, MessageReceived) and event.sender is assistant
            )
        assert run.result.stop_reason == "external stop"
        assert [message["content"] for message in run.result.chat_history] == ["hi", "one"]
        assert user.chat_messages[assistant] == run.result.chat_history
        assert [event.reason for event in heard] == ["external stop"]
        assert len(server.requests) == 1
        assert not user.stop_chat()
        again = user.initiate_chat(assistant, message="again", max_turns=1, silent=True)
        assert (again.summary, again.stop_reason) == ("two", "max_turns")


@both_ways
@pytest.mark.parametrize("now", [False, True])
def test_a_chat_that_is_stopped_in_the_loop_asks_no_model_more(way: str, now: bool) -> None:
    with MockOpenAIServer(["one", "two"]) as server:
        user, assistant = agent("user"), AssistantAgent("assistant", llm_config=server.llm_config())

        def stop(event: Event) -> None:
            if isinstance(event, MessageReceived):
                user.stop_chat(now=now)

        run, _ = walk(way, user, assistant, stop)
        assert server.requests == []
    assert [message["content"] for message in run.result.chat_history] == ["hi"]
    assert run.result.stop_reason == "external stop"


@both_ways
def test_an_error_in_the_loop_ends_the_chat(way: str) -> None:
    ann = agent("ann")

    def look(event: Event) -> None:
        if isinstance(event, MessageReceived):
            raise LookupError("in the loop")

    heard: list[Event] = []
    with listening(heard.append, kinds=[ChatEnded]), pytest.raises(LookupError, match="in the loop"):
        walk(way, ann, agent("bob"), look)
    gc.collect()
    assert [event.reason for event in heard] == ["external stop"]
    assert not ann.stop_chat()


@both_ways
def test_an_error_of_the_chat_comes_out_after_the_events_before_it(way: str) -> None:
    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        raise LookupError("nothing there")

    bob = agent("bob")
    bob.register_reply(lambda sender: True, fail)
    seen: list[Event] = []
    with pytest.raises(LookupError, match="nothing there") as caught:
        walk(way, agent("ann"), bob, seen.append)
    assert [type(event) for event in seen[-2:]] == [ChatFailed, ChatEnded]
    assert "fail" in [entry.name for entry in caught.traceback]


@both_ways
def test_no_thread_runs_beside_the_loop(way: str) -> None:
    before = set(threading.enumerate())
    during: set[threading.Thread] = set()
    walk(way, agent("ann"), agent("bob"), lambda event: during.update(threading.enumerate()), max_turns=2)
    assert during <= before


@both_ways
def test_the_stack_is_as_low_at_the_end_of_a_long_chat_as_at_its_beginning(way: str) -> None:
    depths: list[int] = []

    def measure(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        depths.append(sum(1 for _ in traceback.walk_stack(None)))
        return True, str(len(depths))

    ann, bob = (agent(name, max_consecutive_auto_reply=10_000) for name in ("ann", "bob"))
    for one in (ann, bob):
        one.register_reply(lambda sender: True, measure)
    walk(way, ann, bob, lambda event: len(depths) >= 500)
    assert len(depths) >= 500
    assert len(set(depths)) == 1


@both_ways
def test_a_group_and_a_nested_chat_come_out_with_their_chats(way: str) -> None:
    bob = agent("bob")
    inner = {"sender": agent("dora"), "recipient": agent("eve"), "max_turns": 1, "silent": True}
    bob.register_nested_chats([inner], trigger=lambda sender: True, position=0)
    group = GroupChat([agent("carl"), bob], [], max_round=3, speaker_selection_method="round_robin")
    _, seen = walk(way, agent("ann"), GroupChatManager(group, silent=True), max_turns=1)
    started = [event.chat for event in seen if isinstance(event, ChatStarted)]
    assert [chat.agents for chat in started if chat] == [("ann", "chat_manager"), ("dora", "eve")]
    assert started[0] is not None
    assert started[1] is not None
    assert started[1].parent_id == started[0].id


def test_each_step_may_be_taken_by_another_thread_as_servers_do() -> None:
    with MockOpenAIServer(["one", "two"]) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        events = iter(agent("user").iterate(assistant, message="hi", max_turns=2, silent=True))
        seen: list[Event] = []

        def step() -> None:
            seen.extend(itertools.islice(events, 1))

        count = -1
        while len(seen) > count:
            count = len(seen)
            thread = threading.Thread(target=step)
            thread.start()
            thread.join()
    said = [event.message for event in seen if isinstance(event, MessageReceived)]
    assert said == ["hi", "one", "I am user", "two"]
    assert len({event.chat for event in seen if event.chat is not None}) == 1


def test_a_run_that_nobody_iterates_over_does_nothing() -> None:
    ann, bob = agent("ann"), agent("bob")
    run = ann.iterate(bob, message="hi")
    assert run.result is None
    run.close()
    assert run.result is None
    assert not ann.chat_messages[bob]


def test_a_run_can_be_iterated_over_once() -> None:
    run = agent("ann").iterate(agent("bob"), message="hi", max_turns=1, silent=True)
    assert list(run)
    assert list(run) == []


def test_overridden_methods_are_asked_for_the_name_of_their_way() -> None:
    class Loud(ConversableAgent):
        said: ClassVar[list[str]] = []

        def send(self, message: Any, recipient: Any, *args: Any, **kwargs: Any) -> None:
            self.said.append("send")
            super().send(message, recipient, *args, **kwargs)

        async def a_send(self, message: Any, recipient: Any, *args: Any, **kwargs: Any) -> None:
            self.said.append("a_send")
            await super().a_send(message, recipient, *args, **kwargs)

    for way in ("sync", "async"):
        ann = Loud("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="well")
        walk(way, ann, agent("bob"), max_turns=2)
    assert Loud.said == ["send", "send", "a_send", "a_send"]


# --- asynchronous only -----------------------------------------------------------------------------------------------


def test_streamed_text_comes_out_before_the_answer_is_complete() -> None:
    with MockOpenAIServer([pieces("He", "llo")]) as server:
        assistant = AssistantAgent("assistant", llm_config={**server.llm_config(), "stream": True})
        _, seen = walk("async", agent("user"), assistant, max_turns=1)
    kinds = [type(event).__name__ for event in seen]
    assert [event.text for event in seen if isinstance(event, TextStreamed)] == ["He", "llo"]
    assert kinds.index("ModelAsked") < kinds.index("TextStreamed") < kinds.index("ModelAnswered")


def test_a_loop_that_is_left_while_a_model_thinks_gives_up_the_request() -> None:
    with MockOpenAIServer([hang()]) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        run, _ = walk("async", agent("user"), assistant, lambda event: isinstance(event, ModelAsked))
    assert run.result.stop_reason == "external stop"
    assert [message["content"] for message in run.result.chat_history] == ["hi"]


def test_a_task_that_is_cancelled_while_the_chat_waits_ends_the_chat() -> None:
    ann, bob = agent("ann"), agent("bob")
    waiting = asyncio.Event()
    seen: list[Event] = []

    async def think(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        waiting.set()
        await asyncio.sleep(60)

    bob.register_reply(lambda sender: True, think)

    async def iterate() -> None:
        async for event in ann.a_iterate(bob, message="hi", silent=True):
            seen.append(event)

    async def main() -> None:
        task = asyncio.create_task(iterate())
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    heard: list[Event] = []
    with listening(heard.append, kinds=[ChatEnded]):
        asyncio.run(main())
    assert [event.reason for event in heard] == ["external stop"]
    assert not ann.stop_chat()


def test_an_asynchronous_tool_is_awaited_and_its_events_come_out() -> None:
    with MockOpenAIServer([tool_call("ask", what="x"), "done"]) as server:
        user, assistant = agent("user"), AssistantAgent("assistant", llm_config=server.llm_config())

        async def ask(what: str) -> str:
            await agent("carl").a_initiate_chat(agent("dora"), message=what, max_turns=1, silent=True)
            return "asked"

        register_function(ask, caller=assistant, executor=user, description="Ask.")
        run, seen = walk("async", user, assistant, max_turns=2)
    assert run.result.summary == "done"
    kinds = [type(event) for event in seen]
    started = [number for number, kind in enumerate(kinds) if kind is ChatStarted]
    assert started[1] < kinds.index(ToolReturned)
