"""Asynchronous chats with one journal: each waits for its own lines to be on the disk, and none for the others."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent
from journal_kit import Pair, Stopped, answer, lines_of

from autogen_classic.state import JournalError, journal
from autogen_classic.testing import ModelRequest

CHATS = 200


class Disk:
    """Notes of each ``fsync`` how much of the journal it has made safe; it may have to wait, or refuse."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.refusals: list[int] = []
        self.safe = 0
        self.threads: list[threading.Thread] = []
        self._sync = os.fsync

    def fsync(self, handle: int) -> None:
        facts = os.fstat(handle)
        assert self.may_answer.wait(60), "somebody waits for the disk who should not"
        if self.refusals:
            raise OSError(self.refusals.pop(), "the disk refuses")
        self._sync(handle)
        if stat.S_ISREG(facts.st_mode):
            self.safe = facts.st_size
            self.threads.append(threading.current_thread())


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    return disk


async def talk(name: str, message: str = "Hello.") -> Any:
    ann, bob = agent(f"ann {name}"), agent(f"bob {name}")
    return await ann.a_initiate_chat(bob, message=message, max_turns=1, silent=True)


async def all_speak_before_the_disk_answers(disk: Disk, chats: int) -> list[Any]:
    """Run several chats, and keep all of them waiting for the disk at their first message."""
    disk.may_answer.clear()
    before = len(lines_of())
    tasks = [asyncio.create_task(talk(str(number))) for number in range(chats)]
    while len(lines_of()) < before + chats:
        await asyncio.sleep(0)
    disk.may_answer.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_chats_that_wait_for_the_disk_share_its_work_and_go_on_meanwhile(disk: Disk) -> None:
    with journal("run.jsonl"):
        disk.threads.clear()
        asyncio.run(all_speak_before_the_disk_answers(disk, CHATS))
        assert disk.safe == Path("run.jsonl").stat().st_size
        assert threading.main_thread() not in disk.threads
        assert len(disk.threads) < CHATS
    assert len(lines_of()) == 1 + 2 * CHATS


def test_nobody_hears_and_nothing_is_asked_before_the_disk_has_what_led_to_it(disk: Disk) -> None:
    unsafe = []

    def look(request: ModelRequest) -> Any:
        unsafe.append(Path("run.jsonl").stat().st_size - disk.safe)
        return answer(request)

    async def add(x: int, y: int) -> int:
        unsafe.append(Path("run.jsonl").stat().st_size - disk.safe)
        return x + y

    with journal("run.jsonl"):
        Pair(add, look).talk("async")
        unsafe.append(Path("run.jsonl").stat().st_size - disk.safe)
    assert unsafe == [0] * 5


def test_every_chat_hears_of_a_disk_that_is_broken_and_what_it_keeps_is_told_truly(disk: Disk) -> None:
    with journal("run.jsonl"):
        before = Path("run.jsonl").read_bytes()
        disk.refusals = [errno.EIO, errno.EIO]
        for outcome in asyncio.run(all_speak_before_the_disk_answers(disk, 3)):
            assert isinstance(outcome, JournalError)
            assert "message of ann 0, message of ann 1, message of ann 2. Everything before it is safe" in str(outcome)
    assert Path("run.jsonl").read_bytes() == before


def test_lines_that_the_disk_has_refused_once_are_written_anew(disk: Disk) -> None:
    """After an ``fsync`` that has failed, nobody knows which of them it has kept."""
    with journal("run.jsonl"):
        disk.refusals = [errno.ENOSPC]
        outcomes = asyncio.run(all_speak_before_the_disk_answers(disk, 3))
    assert all("cannot be written any more" in str(outcome) for outcome in outcomes)
    assert [line.get("agent") for line in lines_of()] == [None, "ann 0", "ann 1", "ann 2"]
    with journal("run.jsonl"):
        assert [len(asyncio.run(talk(str(number))).chat_history) for number in range(3)] == [2, 2, 2]


def test_what_a_chat_has_said_before_it_was_given_up_is_on_the_disk_in_the_end(disk: Disk) -> None:
    async def give_up() -> None:
        chat = asyncio.create_task(talk("0"))
        while len(lines_of()) < 2:
            await asyncio.sleep(0)
        chat.cancel()
        with pytest.raises(asyncio.CancelledError):
            await chat

    with journal("run.jsonl"):
        asyncio.run(give_up())
    assert disk.safe == Path("run.jsonl").stat().st_size
    assert [line.get("agent") for line in lines_of()] == [None, "ann 0"]


def test_what_the_disk_refuses_when_nobody_waits_any_more_is_told(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    async def give_up() -> None:
        disk.may_answer.clear()
        chat = asyncio.create_task(talk("0"))
        while len(lines_of()) < 2:
            await asyncio.sleep(0)
        chat.cancel()
        with pytest.raises(asyncio.CancelledError):
            await chat
        disk.may_answer.set()
        while not caplog.text:
            await asyncio.sleep(0)

    with journal("run.jsonl"):
        disk.refusals = [errno.EIO, errno.EIO]
        asyncio.run(give_up())
    assert "What was finished last is lost: message of ann 0" in caplog.text


def test_a_synchronous_chat_within_an_event_loop_waits_for_the_disk_itself(disk: Disk) -> None:
    async def cell_of_a_notebook() -> None:
        def look(request: ModelRequest) -> Any:
            assert Path("run.jsonl").stat().st_size == disk.safe
            return answer(request)

        Pair(reply=look).talk("sync")

    with journal("run.jsonl"):
        asyncio.run(cell_of_a_notebook())


def test_chats_that_were_stopped_side_by_side_ask_for_nothing_twice() -> None:
    whole: list[str] = []

    def stop_at_the_seventh(request: ModelRequest) -> Any:
        whole.append(json.dumps(request.messages))
        if len(whole) == 7:
            raise Stopped
        return answer(request)

    async def together(reply: Any) -> list[Pair]:
        pairs = [Pair(reply=reply) for _ in range(5)]
        for number, pair in enumerate(pairs):
            pair.user._name, pair.assistant._name = f"user {number}", f"assistant {number}"
        await asyncio.gather(
            *[
                pair.user.a_initiate_chat(pair.assistant, message=f"What is 1 + 2? ({number})", max_turns=3)
                for number, pair in enumerate(pairs)
            ]
        )
        return pairs

    with pytest.raises(Stopped), journal("run.jsonl"):
        asyncio.run(together(stop_at_the_seventh))
    paid = sum(line["kind"] == "model" for line in lines_of())
    with journal("run.jsonl"):
        pairs = asyncio.run(together(answer))
    assert paid + sum(len(pair.client.requests) for pair in pairs) == 15
