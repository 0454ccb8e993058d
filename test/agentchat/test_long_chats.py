"""A chat may be as long as it likes: no recursion, and the last turn costs what the first did."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autogen_classic import ChatResult, ConversableAgent
from autogen_classic.io.base import IOStream

LONG = 100_000


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


def run(ann: ConversableAgent, bob: ConversableAgent) -> ChatResult:
    return ann.initiate_chat(bob, message="begin")


def run_async(ann: ConversableAgent, bob: ConversableAgent) -> ChatResult:
    return asyncio.run(ann.a_initiate_chat(bob, message="begin"))


@pytest.mark.parametrize("runner", [run, run_async])
def test_a_chat_of_100_000_messages_completes_with_hooks_and_printing(runner: Callable[..., ChatResult]) -> None:
    ann, bob = two_agents(LONG // 2)
    sink = Sink()
    with IOStream.set_default(sink):  # type: ignore[arg-type]
        result = runner(ann, bob)
    assert len(result.chat_history) == LONG + 1
    assert sink.lines == 3 * (LONG + 1)
    assert result.stop_reason == "auto-reply limit"


@contextmanager
def counting_calls() -> Iterator[Callable[[], int]]:
    """Count the calls of Python functions: work that does not depend on the machine."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1

    sys.setprofile(count)
    try:
        yield lambda: calls
    finally:
        sys.setprofile(None)


def test_a_late_turn_does_the_work_of_an_early_one() -> None:
    ann, bob = two_agents(10**9)
    cost: dict[int, int] = {}
    with counting_calls() as calls:
        before = 0

        def stop_when_enough(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
            nonlocal before
            said = len(messages)
            if said in (101, 20_001):
                before = calls()
            elif said in (103, 20_003):
                cost[said] = calls() - before
            return (True, None) if said > 20_003 else (False, None)

        bob.register_reply([ConversableAgent], stop_when_enough)
        ann.initiate_chat(bob, message="begin", silent=True)
    assert cost[20_003] <= 1.05 * cost[103]


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
