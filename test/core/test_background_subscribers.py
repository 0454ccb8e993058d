"""Subscribers with a queue hear events in their own time; no chat waits for them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic.events import (
    Event,
    EventsDropped,
    MessageReceived,
    Notice,
    emit,
    listening,
    subscribe,
    unsubscribe,
)


def talk() -> None:
    agent("ann").initiate_chat(agent("bob"), message="hi", max_turns=2, silent=True)


def numbered(count: int) -> None:
    for number in range(count):
        emit(Notice(None, str(number)))


def texts(heard: list[Any]) -> list[Any]:
    return [event.text if isinstance(event, Notice) else event.count for event in heard]


def test_a_queue_delivers_everything_in_order_in_another_thread() -> None:
    heard: list[Any] = []
    threads: set[threading.Thread] = set()

    def hear(event: Event) -> None:
        threads.add(threading.current_thread())
        heard.append(event)

    with listening(hear, kinds=[Notice], queue=100):
        numbered(50)
    assert texts(heard) == [str(number) for number in range(50)]
    assert threads.isdisjoint({threading.main_thread()})
    assert len(threads) == 1


def test_a_stalled_subscriber_does_not_hold_up_a_chat_and_learns_what_it_missed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, go_on, heard_one = threading.Event(), threading.Event(), threading.Semaphore(0)
    heard: list[Any] = []

    def stall(event: Any) -> None:
        begun.set()
        assert go_on.wait(30)
        heard.append(event)
        heard_one.release()

    subscribe(stall, [Notice], queue=3)
    try:
        numbered(1)
        assert begun.wait(30)
        numbered(10)  # three wait, seven are dropped; none of this waits for the subscriber
        go_on.set()
        assert all(heard_one.acquire(timeout=30) for _ in range(4))  # then there is room again
        emit(Notice(None, "late"))
    finally:
        go_on.set()
        unsubscribe(stall)
    assert texts(heard) == ["0", "0", "1", "2", 7, "late"]
    assert isinstance(heard[4], EventsDropped)
    assert "stall is too slow: 3 events wait for it, and further ones are dropped." in caplog.text
    assert "stall has missed 7 events." in caplog.text


def test_a_subscriber_that_stalled_until_the_end_learns_what_it_missed() -> None:
    begun, go_on = threading.Event(), threading.Event()
    heard: list[Any] = []

    def stall(event: Any) -> None:
        begun.set()
        assert go_on.wait(30)
        heard.append(event)

    subscribe(stall, [Notice], queue=3)
    numbered(1)
    assert begun.wait(30)
    numbered(10)
    threading.Timer(0, go_on.set).start()
    unsubscribe(stall)
    assert texts(heard) == ["0", "0", "1", "2", 7]


def test_an_asynchronous_subscriber_that_stalled_until_the_end_learns_it_too() -> None:
    heard: list[Any] = []

    async def main() -> None:
        async def hear(event: Any) -> None:
            heard.append(event)

        subscribe(hear, [Notice], queue=3)
        numbered(5)
        unsubscribe(hear)
        while len(heard) < 4:
            await asyncio.sleep(0)

    asyncio.run(main())
    assert texts(heard) == ["0", "1", "2", 2]


def test_an_asynchronous_subscriber_runs_in_the_loop_in_which_it_subscribed() -> None:
    heard: list[Any] = []

    async def main() -> None:
        here = asyncio.get_running_loop()

        async def hear(event: Any) -> None:
            await asyncio.sleep(0)
            assert asyncio.get_running_loop() is here
            heard.append(event)

        subscribe(hear, [MessageReceived])
        try:
            ann, bob = agent("ann"), agent("bob")
            await ann.a_initiate_chat(bob, message="hi", max_turns=2, silent=True)
            await asyncio.to_thread(talk)
            while len(heard) < 8:
                await asyncio.sleep(0)
        finally:
            unsubscribe(hear)

    asyncio.run(main())
    assert [event.sender.name for event in heard] == 4 * ["ann", "bob"]


def test_an_asynchronous_subscriber_without_a_loop_gets_one_in_a_thread() -> None:
    heard: list[Any] = []

    async def hear(event: Any) -> None:
        await asyncio.sleep(0)
        heard.append(event)

    with listening(hear, kinds=[MessageReceived]):
        talk()
    assert [event.sender.name for event in heard] == 2 * ["ann", "bob"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_one_that_raises_is_reported_once_and_hears_no_more(
    asynchronous: bool, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Any] = []

    def fail(event: Any) -> None:
        heard.append(event)
        raise LookupError("broken")

    async def a_fail(event: Any) -> None:
        fail(event)

    with listening(a_fail if asynchronous else fail, kinds=[Notice], queue=10):
        numbered(5)
    assert len(heard) == 1
    (record,) = caplog.records
    assert "fail raised an error on the event Notice, and hears no more events." in record.getMessage()


def test_a_loop_that_is_closed_is_no_trouble_for_a_chat() -> None:
    async def hear(event: Any) -> None: ...

    async def main() -> None:
        subscribe(hear)

    asyncio.run(main())
    try:
        talk()
        talk()
    finally:
        unsubscribe(hear)


def test_what_waits_is_delivered_when_the_program_ends() -> None:
    program = """
import time
from autogen_classic.events import Notice, emit, subscribe
def slow(event):
    time.sleep(0.01)
    print(event.text)
subscribe(slow, queue=100)
for number in range(20):
    emit(Notice(None, str(number)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(number) for number in range(20)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_delivers_its_own_events() -> None:
    program = """
import os
from autogen_classic.events import Notice, emit, subscribe, unsubscribe
def hear(event):
    os.write(1, (event.text + " ").encode())
subscribe(hear, queue=10)
emit(Notice(None, "before"))
child = os.fork()
emit(Notice(None, "child" if child == 0 else "parent"))
unsubscribe(hear)
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
"""
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["before", "child", "parent"]


def test_a_queue_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 event, but its size is 0"):
        subscribe(print, queue=0)
