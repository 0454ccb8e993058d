"""A chat may be as long as it likes: no recursion, and the last turn costs what the first did."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autogen_classic import ChatResult, ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.io.base import IOStream

LONG = 100_000
LONG_IN_A_GROUP = 20_000  # a group stores each message once for every agent, and asks who speaks


class Sink:
    """A stream that only counts what is printed."""

    lines = 0

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        self.lines += 1

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        raise AssertionError("nobody is asked in this chat")


def two_agents(replies: int) -> tuple[ConversableAgent, ConversableAgent]:
    def agent(name: str) -> ConversableAgent:
        return ConversableAgent(
            name,
            llm_config=False,
            human_input_mode="NEVER",
            default_auto_reply=f"I am {name}",
            max_consecutive_auto_reply=replies,
        )

    ann, bob = agent("ann"), agent("bob")
    for hookable in ("process_message_before_send", "process_last_received_message"):
        for speaker in (ann, bob):
            _hook(speaker, hookable)
    return ann, bob


def _hook(agent: ConversableAgent, hookable: str) -> None:
    def before_send(sender: Any, message: Any, recipient: Any, silent: bool) -> Any:
        return message

    async def a_before_send(sender: Any, message: Any, recipient: Any, silent: bool) -> Any:
        return message

    def last_received(content: Any) -> Any:
        return content

    async def a_last_received(content: Any) -> Any:
        return content

    if hookable == "process_message_before_send":
        agent.register_hook(hookable, before_send)
        agent.register_hook("a_" + hookable, a_before_send)
    else:
        agent.register_hook(hookable, last_received)
        agent.register_hook("a_" + hookable, a_last_received)


def run(ann: ConversableAgent, bob: ConversableAgent, **settings: Any) -> ChatResult:
    return ann.initiate_chat(bob, message="begin", **settings)


def run_async(ann: ConversableAgent, bob: ConversableAgent, **settings: Any) -> ChatResult:
    return asyncio.run(ann.a_initiate_chat(bob, message="begin", **settings))


@pytest.mark.parametrize("runner", [run, run_async])
def test_a_chat_of_100_000_messages_completes_with_hooks_and_printing(runner: Callable[..., ChatResult]) -> None:
    ann, bob = two_agents(LONG // 2)
    sink = Sink()
    with IOStream.set_default(sink):  # type: ignore[arg-type]
        result = runner(ann, bob)
    assert len(result.chat_history) == LONG + 1
    assert sink.lines == 3 * (LONG + 1)
    assert result.stop_reason == "auto-reply limit"


class CallCounter:
    """Counts the calls of functions while it is on: work that does not depend on the machine."""

    calls = 0

    def on(self) -> None:
        self.calls = 0
        sys.setprofile(self._count)

    def off(self) -> int:
        sys.setprofile(None)
        return self.calls

    def _count(self, frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "c_call"):
            self.calls += 1


def work_of_a_turn(runner: Callable[..., ChatResult], said_before: int) -> int:
    """How many calls the third turn of a chat takes that goes on from a history."""
    ann, bob = two_agents(10**9)
    for agent, partner in ((ann, bob), (bob, ann)):
        agent._oai_messages[partner] = [
            {"content": "said before", "role": "user", "name": "ann"} for _ in range(said_before)
        ]
    counter = CallCounter()
    work = 0

    def watch(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        nonlocal work
        said = len(messages) - said_before
        if said == 5:
            work = counter.off()
        if said == 3:
            counter.on()
        return said > 5, None

    bob.register_reply([ConversableAgent], watch)
    with IOStream.set_default(Sink()):  # type: ignore[arg-type]
        runner(ann, bob, clear_history=False)
    return work


@pytest.mark.parametrize("runner", [run, run_async])
def test_a_turn_at_message_100_000_does_the_work_of_one_at_message_100(runner: Callable[..., ChatResult]) -> None:
    early, late = work_of_a_turn(runner, 100), work_of_a_turn(runner, LONG)
    assert 0 < late <= 1.05 * early


def a_group(rounds: int) -> tuple[ConversableAgent, GroupChatManager]:
    agents = list(two_agents(10**9))
    groupchat = GroupChat(agents, [], max_round=rounds, speaker_selection_method="round_robin")  # type: ignore[arg-type]
    return agents[0], GroupChatManager(groupchat, llm_config=False)


@pytest.mark.parametrize("runner", [run, run_async])
def test_a_group_of_20_000_messages_completes_with_hooks_and_printing(runner: Callable[..., ChatResult]) -> None:
    ann, manager = a_group(LONG_IN_A_GROUP)
    with IOStream.set_default(Sink()):  # type: ignore[arg-type]
        result = runner(ann, manager)  # type: ignore[arg-type]
    assert len(result.chat_history) == LONG_IN_A_GROUP
    assert result.stop_reason == "max_round"


@pytest.mark.parametrize("runner", [run, run_async])
def test_a_turn_copies_no_history(runner: Callable[..., ChatResult]) -> None:
    class Watched(list[Any]):
        copies = 0

        def __iter__(self) -> Iterator[Any]:
            Watched.copies += 1
            return super().__iter__()

    ann, bob = two_agents(50)
    ann._oai_messages[bob] = Watched()
    bob._oai_messages[ann] = Watched()
    with IOStream.set_default(Sink()):  # type: ignore[arg-type]
        runner(ann, bob)
    assert Watched.copies <= 2 + 2  # the snapshot of the result, and the clearing at the start
