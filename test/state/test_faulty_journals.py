"""Journals on bad disks, in bad hands and in bad shape: nothing that is in them is lost, and the reason is told."""

from __future__ import annotations

import asyncio
import contextvars
import errno
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from journal_kit import Pair, Stopped, answer, lines_of

from autogen_classic import AssistantAgent
from autogen_classic.cli import main
from autogen_classic.replay import _journal
from autogen_classic.replay._journal_file import JournalFile
from autogen_classic.state import JournalError, journal
from autogen_classic.testing import MockOpenAIServer

FILE = Path("run.jsonl")
ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="such faults are made with POSIX")


def finished_journal() -> bytes:
    with journal(FILE):
        Pair().talk("sync")
    return FILE.read_bytes()


def run_program(source: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run a program that uses the parts of these tests."""
    path = os.pathsep.join([str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])])
    head = "from journal_kit import Pair, Stopped\nfrom autogen_classic.state import JournalError, journal\n"
    return subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(source)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        **settings,
    )


# --- a disk that is full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@both_ways
def test_a_full_disk_ends_the_run_and_costs_nothing_twice(small_disk: Path, way: str) -> None:
    """What was paid for when the disk became full still goes into the journal, in the room that was kept for it."""
    with MockOpenAIServer(default=lambda request: f"Answer {len(request.messages)}: {'x' * 5_000}") as server:

        def talk() -> Any:
            assistant = AssistantAgent("assistant", llm_config=server.llm_config())
            return chat(way, agent("user"), assistant, max_turns=10).chat_history

        with journal(small_disk / "run.jsonl"):
            (small_disk / "filler").write_bytes(bytes(950_000))
            with pytest.raises(JournalError, match="Everything that was finished is safe"):
                talk()
        paid = len(server.requests)
        assert 0 < paid < 10
        assert sum(line["kind"] == "model" for line in lines_of(str(small_disk / "run.jsonl"))) == paid
        with pytest.raises(JournalError, match="There is no room"), journal(small_disk / "run.jsonl"):
            (small_disk / "never").touch()

        (small_disk / "filler").unlink()
        with journal(small_disk / "run.jsonl"):
            history = talk()
        assert len(history) == 20
        assert len(server.requests) == 10
        assert os.listdir(small_disk) == ["run.jsonl"]


def test_nothing_more_is_asked_after_the_disk_has_refused_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    pair = Pair()
    with journal(FILE):
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", refuse)
            with pytest.raises(JournalError, match="What was finished last is lost: message of user"):
                pair.talk("sync")
        with pytest.raises(JournalError, match="cannot be written any more"):
            pair.assistant.generate_reply([{"role": "user", "content": "Hello?"}])
    assert pair.client.requests == []
    assert [line["kind"] for line in lines_of()] == ["run"]


def test_a_line_that_is_lost_is_told_though_the_journal_is_closed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    async def work() -> None:
        with JournalFile(FILE, "program") as file, monkeypatch.context() as broken:
            broken.setattr(os, "fsync", refuse)
            file.append({"kind": "message", "agent": "ann"})
            with pytest.raises(JournalError, match="What was finished last is lost: message of ann"):
                await file.a_settle()
        with pytest.raises(JournalError, match="What was finished last is lost: message of ann"):
            await file.a_settle()

    asyncio.run(work())


def test_a_line_that_is_taken_back_while_the_disk_works_is_told_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def refuse(*_: object) -> int:
        raise OSError(errno.EIO, "the disk is broken")

    with JournalFile(FILE, "program") as file:

        def sync_while_another_line_is_refused(handle: int) -> None:
            broken.setattr(os, "fsync", sync)
            broken.setattr(os, "write", refuse)
            with pytest.raises(JournalError, match="lost: message of ann, message of bob"):
                file.append({"kind": "message", "agent": "bob"})
            sync(handle)

        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", sync_while_another_line_is_refused)
            with pytest.raises(JournalError, match="lost: message of ann, message of bob"):
                file.append({"kind": "message", "agent": "ann"})
    assert lines_of() == []


@ON_POSIX
def test_a_limit_for_files_is_a_full_disk() -> None:
    no_room = run_program(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        with journal("run.jsonl"):
            print("never")
        """
    )
    assert "There is no room for the journal" in no_room.stderr
    assert no_room.stdout == ""
    too_long = run_program(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        with journal("run.jsonl", program="main"):
            Pair().talk("sync", message="What is 1 + 2? " + "x" * 600_000)
        """
    )
    assert "What was finished last is lost: model of assistant" in too_long.stderr
    assert lines_of()[-1]["kind"] == "message"
    pair = Pair()
    with journal(FILE, program="main"):
        pair.talk("sync", message="What is 1 + 2? " + "x" * 600_000)
    assert len(pair.client.requests) == 3


# --- a journal that was cut


def test_a_journal_may_be_cut_anywhere() -> None:
    whole = finished_journal()
    history = Pair()
    history.talk("sync")
    ends = [place for place, byte in enumerate(whole) if byte == ord("\n")]
    for cut in sorted({0, 1, 20, *range(30, len(whole), 397), *ends, *(end + 1 for end in ends)}):
        FILE.write_bytes(whole[:cut])
        pair = Pair()
        with journal(FILE, interrupted="rerun"):
            pair.talk("sync")
        assert pair.histories() == history.histories()
        kept = whole[:cut].count(b'{"kind":"model"') - (whole[:cut].rpartition(b"\n")[2][:15] == b'{"kind":"model"')
        assert len(pair.client.requests) <= 3 - kept
        assert [line["kind"] for line in lines_of() if line["kind"] != "run"] == [
            *("message", "model", "message", "started", "tool", "message", "model", "message", "message", "model"),
            "message",
        ]


def test_a_cut_line_is_told(caplog: pytest.LogCaptureFixture) -> None:
    FILE.write_bytes(finished_journal() + b'{"kind":"mess\xe6')
    with journal(FILE):
        pass
    assert "was cut, and is left out (14 bytes)" in caplog.text


def test_zeros_that_a_power_cut_has_left_are_left_out() -> None:
    whole = finished_journal()
    FILE.write_bytes(whole + bytes(5_000))
    pair = Pair()
    with journal(FILE):
        pair.talk("sync")
    assert pair.client.requests == []
    assert FILE.read_bytes().startswith(whole + b'{"kind":"run"')


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"kind":"mess', "line 3 is not JSON"),
        (b"\xff\xfe", "line 3 is not JSON"),
        (b"[1]", "line 3 is not an object"),
        (b'{"kind":"dream","number":2}', "line 3 has the \"kind\" 'dream'"),
        (b'{"kind":"message","number":2}', 'line 3 has no "agent" of the right type'),
        (b'{"kind":"started","number":2}', 'line 3 has no "turn" of the right type'),
        (b'{"kind":"started","number":2,"turn":{}}', 'line 3 has a "turn" of the kind None'),
        (b'{"kind":"started","number":2,"turn":{"kind":"code","agent":"a"}}', 'line 3 has a "turn" without a "blocks"'),
        (
            b'{"kind":"started","number":2,"turn":{"kind":"tool","name":"n","arguments":{}}}',
            'line 3 has a "turn" without a "agent"',
        ),
        (
            b'{"kind":"started","number":2,"at":"noon","turn":{"kind":"code","agent":null,"blocks":[]}}',
            'line 3 has a "at" of the wrong type',
        ),
        (
            b'{"kind":"started","number":2,"within":"1","turn":{"kind":"code","agent":null,"blocks":[]}}',
            'line 3 has a "within" of the wrong type',
        ),
        (b'{"kind":"failed","number":2}', 'line 3 has no "agent" of the right type'),
    ],
)
def test_damage_in_its_midst_is_told_with_the_line(line: bytes, says: str) -> None:
    head, first, _, *rest = finished_journal().splitlines(keepends=True)
    damaged = b"".join([head, first, line + b"\n", *rest])
    FILE.write_bytes(damaged)
    with pytest.raises(JournalError, match="is damaged") as caught, journal(FILE):
        pass
    assert says in str(caught.value)
    assert FILE.read_bytes() == damaged
    assert main(["log", str(FILE)]) == 1


# --- the wrong journal


def test_the_journal_of_another_program_is_refused() -> None:
    with journal(FILE, program="lesson.py"):
        pass
    before = FILE.read_bytes()
    with pytest.raises(JournalError, match=r"is the journal of lesson\.py, but this is homework\.py"):
        journal(FILE, program="homework.py").__enter__()
    assert FILE.read_bytes() == before


def test_the_journal_of_another_release_is_refused() -> None:
    other = finished_journal().replace(b"journal/1", b"journal/2", 1)
    FILE.write_bytes(other)
    with pytest.raises(JournalError, match="'autogen-classic/journal/2', but this release reads"), journal(FILE):
        pass
    assert FILE.read_bytes() == other


@pytest.mark.parametrize("content", [b"Dear diary\n", b"\x00" * 10, b'{"schema": "x"}\n'])
def test_another_file_is_left_as_it_is(content: bytes) -> None:
    FILE.write_bytes(content)
    with pytest.raises(JournalError, match="is not a journal, and is left as it is"), journal(FILE):
        pass
    assert FILE.read_bytes() == content


def test_a_place_where_there_can_be_no_journal_is_refused() -> None:
    with pytest.raises(JournalError, match="It is a folder"), journal("."):
        pass
    with pytest.raises(JournalError, match=r"There is no folder .*missing"), journal("missing/run.jsonl"):
        pass
    for name in ("run\0.jsonl", "x" * 300):
        with pytest.raises(JournalError, match="cannot be written"), journal(name):
            pass


@ON_POSIX
def test_what_is_not_on_a_disk_is_refused() -> None:
    with pytest.raises(JournalError, match="must be a file on a disk"), journal("/dev/full"):
        pass


@ON_POSIX
def test_a_journal_that_can_only_be_read_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder, "run.jsonl")
        file.write_bytes(finished_journal())
        file.chmod(0o444)
        outcome = run_program(
            f"""
            import os
            with journal("loaded.jsonl"):
                pass
            if os.geteuid() == 0:  # who may write anywhere
                os.setgid(65534)
                os.setuid(65534)
            with journal({str(file)!r}):
                print("never")
            """
        )
    assert "Permission denied" in outcome.stderr
    assert "name a file that may be written" in outcome.stderr
    assert outcome.stdout == ""


# --- the clock, and others


def test_a_clock_that_goes_backwards_changes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    times = iter(range(2_000_000_000, 0, -1000))
    monkeypatch.setattr(_journal, "time", lambda: float(next(times)))
    pair, again = Pair(), Pair()
    with journal(FILE):
        pair.talk("sync")
    with journal(FILE):
        again.talk("sync")
    assert again.client.requests == []
    assert main(["log", str(FILE)]) == 0
    assert " s)" not in capsys.readouterr().out


@ON_POSIX
def test_two_processes_cannot_use_one_journal() -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom autogen_classic.state import journal\n"
            "with journal('run.jsonl', program='main'):\n    print('open', flush=True)\n    sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(JournalError, match="is in use: another process"), journal(FILE, program="main"):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    with journal(FILE, program="main"):
        assert [line["kind"] for line in lines_of()] == ["run", "run"]


def test_two_parts_of_one_process_cannot_use_one_journal_either() -> None:
    def use() -> None:
        with journal(FILE):
            pass

    with ThreadPoolExecutor(1) as threads, journal(FILE):
        with pytest.raises(JournalError, match="is in use"):
            threads.submit(use).result()
    use()


@ON_POSIX
def test_a_forked_process_writes_nothing_and_does_not_hold_the_journal() -> None:
    outcome = run_program(
        """
        import os, sys
        reading, writing = os.pipe()
        with journal("run.jsonl"):
            child = os.fork()
            if not child:
                os.close(writing)
                Pair().talk("sync", max_turns=1)
                os.read(reading, 1)  # lives until its parent has opened the journal again
                os._exit(0)
        with journal("run.jsonl"):
            print("opened")
        os.close(writing)
        os.waitpid(child, 0)
        """
    )
    assert outcome.stdout == "opened\n", outcome.stderr
    assert [line["kind"] for line in lines_of()] == ["run", "run"]


def test_a_stopped_program_leaves_a_journal_that_can_be_used_at_once() -> None:
    def stop(*_: Any) -> Any:
        raise Stopped

    with pytest.raises(Stopped), journal(FILE):
        Pair(reply=stop).talk("sync")
    pair = Pair(reply=answer)
    with journal(FILE):
        pair.talk("sync")
    assert len(pair.client.requests) == 3


def test_what_comes_when_the_journal_is_closed_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A request that was under way in another thread when the block ended, say."""
    asked, finish = threading.Event(), threading.Event()

    def wait(request: Any) -> Any:
        asked.set()
        finish.wait(60)
        return answer(request)

    pair = Pair(reply=wait)
    question = [{"role": "user", "content": "Hello?"}]
    with ThreadPoolExecutor(1) as threads:
        with journal(FILE):
            late = threads.submit(contextvars.copy_context().run, pair.assistant.generate_reply, question)
            assert asked.wait(60)
        before = FILE.read_bytes()
        finish.set()
        assert late.result() == "You said: Hello?"
    assert "is closed, and does not keep this: model of assistant" in caplog.text
    assert FILE.read_bytes() == before


def test_a_first_line_that_was_cut_is_told() -> None:
    whole = finished_journal()
    FILE.write_bytes(whole[: whole.index(b"\n") - 1])
    with pytest.raises(JournalError, match="no whole first line"), journal(FILE, program="another"):
        pass


def test_a_folder_in_the_place_of_the_reserve_is_named() -> None:
    Path("run.jsonl.reserve").mkdir()
    with pytest.raises(JournalError, match=r"run\.jsonl\.reserve, a part of the journal, cannot"), journal(FILE):
        pass
