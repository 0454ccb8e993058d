"""Whatever happens to a cache on disk: the model is asked, the reply is there, and one warning says what is wrong."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import Cache, OpenAIWrapper
from autogen_classic.cache import _store
from autogen_classic.testing import MockOpenAIServer

REPOSITORY = Path(__file__).parents[2]
MESSAGES = [{"role": "user", "content": "Hi."}]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_store, "PATIENCE", 0.05)


@pytest.fixture
def server() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer(default="fine") as running:
        yield running


@pytest.fixture
def ask(server: MockOpenAIServer) -> Callable[[], str]:
    """Ask the model through the cache of seed 41, as a program does that says nothing of caches."""
    wrapper = OpenAIWrapper(config_list=[server.config()])
    return lambda: str(wrapper.create(messages=MESSAGES).choices[0].message.content)


def database() -> Path:
    return Path(".cache", "41", "cache.db")


def change(statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(database())) as connection, connection:
        connection.execute(statement, values)


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    texts = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    return [text for text in texts if "cache" in text]


@pytest.mark.parametrize(
    "value",
    [
        "not JSON",
        b"cos\nsystem\n(S'touch caught'\ntR.",
        b"\x80\x05\x8c\x05posix\x8c\x06system\x93\x8c\x0ctouch caught\x85R.",
        "[]",
        "{}",
        '"text"',
        "7",
        '{"format": "autogen-classic/1", "type": "ChatCompletion", "fields": {"choices": 3}}',
        '{"format": "autogen-classic/1", "type": "object", "fields": {"odd": 1}}',
        "[" * 100_000,
        "",
    ],
)
def test_a_damaged_entry_is_asked_again_and_repaired(
    value: Any, ask: Callable[[], str], server: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    ask()
    change("UPDATE Cache SET value = ?", value)
    assert [ask(), ask()] == ["fine", "fine"]
    assert len(server.requests) == 2
    assert len(warnings_in(caplog)) == 1
    assert not Path("caught").exists()


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_file_costs_no_reply(
    content: bytes, ask: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    database().parent.mkdir(parents=True)
    database().write_bytes(content)
    assert [ask(), ask()] == ["fine", "fine"]
    assert "is damaged. Delete it" in warnings_in(caplog)[0]
    database().unlink()
    assert ask() == "fine"
    assert database().read_bytes().startswith(b"SQLite")


def test_a_file_that_is_damaged_in_mid_run_costs_no_reply(ask: Callable[[], str]) -> None:
    ask()
    size = database().stat().st_size
    with database().open("r+b") as file:
        file.write(os.urandom(size))
    assert [ask(), ask()] == ["fine", "fine"]


def test_a_file_that_another_process_locks_costs_no_reply(
    ask: Callable[[], str], server: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    ask()
    with closing(sqlite3.connect(database(), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert [ask(), ask()] == ["fine", "fine"]
    assert len(server.requests) == 3
    texts = warnings_in(caplog)
    assert len(texts) == 2  # one that reading fails, one that writing fails, and none for the second request
    assert "Another process holds the file" in texts[0]
    assert ask() == "fine"
    assert len(server.requests) == 3


def test_after_waiting_in_vain_the_next_requests_wait_less(tmp_path: Path) -> None:
    def refused() -> float:
        begin = time.monotonic()
        with pytest.raises(_store.CacheUnusableError, match="locked"):
            cache.get("a")
        return time.monotonic() - begin

    with _store.Cache(tmp_path, timeout=2) as cache:
        cache.set("a", 1)
        with closing(sqlite3.connect(tmp_path / "cache.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert refused() >= 2
            assert refused() < 2
        assert cache.get("a") == 1
        with closing(sqlite3.connect(tmp_path / "cache.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert refused() >= 2


def test_a_directory_that_cannot_be_made_costs_no_reply(
    ask: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    Path(".cache").write_text("in the way")
    assert [ask(), ask()] == ["fine", "fine"]
    assert 1 <= len(warnings_in(caplog)) <= 2


def test_a_cache_of_the_programs_own_on_a_bad_place_costs_no_reply(server: MockOpenAIServer) -> None:
    Path("file").write_text("in the way")
    wrapper = OpenAIWrapper(config_list=[server.config()])
    with Cache.disk(1, "file") as cache:
        assert wrapper.create(messages=MESSAGES, cache=cache).choices[0].message.content == "fine"


@pytest.mark.parametrize("what", ["the directory of the seed", "all caches", "the file"])
def test_a_program_may_delete_its_cache_in_mid_run(
    what: str, ask: Callable[[], str], server: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    ask()
    if what == "the file":
        database().unlink()
    else:
        shutil.rmtree(".cache" if what == "all caches" else database().parent)
    assert [ask(), ask()] == ["fine", "fine"]
    assert len(server.requests) == 2
    assert database().is_file()
    assert warnings_in(caplog) == []


def test_a_program_may_change_its_directory_in_mid_run(
    ask: Callable[[], str], server: MockOpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    ask()
    assert len(server.requests) == 2
    assert database().is_file()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete the current directory of a program")
def test_a_current_directory_that_is_gone_costs_no_reply(
    ask: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert [ask(), ask()] == ["fine", "fine"]
    assert len(warnings_in(caplog)) == 1


def test_a_seed_that_cannot_be_a_directory_costs_no_reply(server: MockOpenAIServer) -> None:
    answer = OpenAIWrapper(config_list=[server.config()]).create(messages=MESSAGES, cache_seed="a\0b")
    assert answer.choices[0].message.content == "fine"


PROGRAM = """
import logging, os, resource, signal, sys
from autogen_classic import OpenAIWrapper
from autogen_classic.testing import MockOpenAIServer

def run():
    with MockOpenAIServer(default="fine " * 2000) as server:
        wrapper = OpenAIWrapper(config_list=[server.config()])
        wrapper.create(messages=[{"role": "user", "content": "warm up"}], cache_seed="other")
        limit()
        for text in ("one", "two", "one"):
            answer = wrapper.create(messages=[{"role": "user", "content": text}])
            assert answer.choices[0].message.content.startswith("fine")
        print("requests", len(server.requests) - 1)

def limit():
    %s

run()
"""


def run_program(setting: str, folder: Path) -> tuple[str, list[str]]:
    """Run three requests, two of them equal, in a process of their own; return what it prints and its warnings."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % setting],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, [line for line in done.stderr.splitlines() if "cache" in line]


on_posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no limits and permissions of this kind")
# A limit on the size of files is to the one who writes what a full disk is: the write fails.
FULL_DISK = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
NOT_ROOT = "os.getuid() or (os.setgid(65534), os.setuid(65534))"


@on_posix
def test_a_full_disk_costs_no_reply(tmp_path: Path) -> None:
    output, warnings = run_program(FULL_DISK, tmp_path)
    assert output.split() == ["requests", "3"]
    assert 1 <= len(warnings) <= 2


@on_posix
def test_hits_go_on_when_the_disk_is_full(tmp_path: Path) -> None:
    assert run_program("pass", tmp_path)[0].split() == ["requests", "2"]
    output, warnings = run_program(FULL_DISK, tmp_path)
    assert (output.split(), warnings) == (["requests", "-1"], [])


@on_posix
def test_a_directory_that_may_only_be_read_costs_no_reply(tmp_path: Path) -> None:
    output, warnings = run_program("os.mkdir('read', 0o555); os.chdir('read'); " + NOT_ROOT, tmp_path)
    assert output.split() == ["requests", "3"]
    assert 1 <= len(warnings) <= 2
