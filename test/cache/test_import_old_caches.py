"""Caches of AutoGen 0.2 are imported without loading a pickle here, and whatever else is in them is refused."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic.cache._import.helper import Helper, RefusedError
from autogen_classic.cache._import.old_directory import OldCacheError, old_entries
from autogen_classic.cache._import.run import import_directory
from autogen_classic.cache._store import Cache
from autogen_classic.oai._request.answer_cache import cache_key, decode

DATA = Path(__file__).parent / "data"
OLD = DATA / "dot_cache"
REPOSITORY = Path(__file__).parents[2]

# Made by hand, so that nothing here depends on what pickle would write.
TRAPS = {
    "os.system by GLOBAL": b"cos\nsystem\n(S'touch caught'\ntR.",
    "posix.system by STACK_GLOBAL": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0ctouch caught\x85R.",
    "builtins.eval": b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x18open('caught','w').close()\x85R.",
    "a nested reduce": b"\x80\x04]\x8c\x08builtins\x8c\x07getattr\x93cos\n_wrap_close\n\x8c\x08__init__\x86Ra.",
    "an attribute of a known class": (
        b"\x80\x04\x8c\x21openai.types.chat.chat_completion\x8c\x1fChatCompletion.__init__.__globals__\x93."
    ),
    "a submodule of a known module": b"\x80\x04\x8c\x0copenai.types\x8c\x0acompletion\x93.",
    "INST": b"(S'touch caught'\nios\nsystem\n.",
    "an extension code": b"\x80\x04\x82\x01.",
    "a persistent id": b"\x80\x04\x8c\x01xQ.",
    "a state that is no dict": b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93)\x81K\x01b.",
    "a state put on a class": b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93}b.",
    "a namespace with arguments": b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93K\x01\x85R.",
    "more text than there is": b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b"x.",
    "a memo of two billion places": b"\x80\x04Nr\xff\xff\xff\x7f.",
    "a list in a list, a million deep": b"\x80\x04" + b"]" * 1_000_000 + b"a" * 999_999 + b".",
    "a list that holds itself": b"\x80\x04]\x94h\x00a.",
    "lists that double forty times": b"\x80\x04]" + b"".join(b"\x94](h%ch%ce" % (n, n) for n in range(40)) + b".",
    "a number of a million digits": b"\x80\x04\x8b" + struct.pack("<I", 400_000) + b"\x7f" * 400_000 + b".",
    "no pickle": b"not a pickle",
    "nothing": b"",
    "a pickle that ends early": pickle.dumps({"a": "b" * 100})[:50],
    "a plain text": pickle.dumps("hello"),
}


def pairs_of_pairs(first: int) -> bytes:
    """A pair of a pair of a pair ..., kept under one number after the other."""
    innermost = b"K\x01\x85q%c0" % first
    return innermost + b"".join(b"h%ch%c\x86q%c0" % (n, n, n + 1) for n in range(first, first + 60))


# Two equal keys: to compare them takes as long as all pairs together; so does to hash one, up to Python 3.13.
ENDLESS = b"\x80\x04" + pairs_of_pairs(0) + pairs_of_pairs(100) + b"}h\x3cNsh\xa0Ns."


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    with Helper() as process:
        yield process


@pytest.fixture
def good() -> tuple[str, bytes]:
    """The key and the pickle of an answer that 0.2.40 kept."""
    row = next(old_entries(OLD / "41"))
    assert isinstance(row.key, str)
    return row.key, row.pickle()


def old_cache(directory: Path, rows: list[tuple[Any, Any, Any, Any]]) -> Path:
    """A directory as 0.2 leaves it, with rows of key, mode, value and filename."""
    directory.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(directory / "cache.db")) as connection, connection:
        connection.execute(
            "CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key, raw, store_time, mode, filename, value)"
        )
        connection.executemany(
            "INSERT INTO Cache (key, raw, store_time, mode, value, filename) VALUES (?, 1, 1.5, ?, ?, ?)", rows
        )
    return directory


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def run_old_program(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autogen_classic", "run", str(DATA / "old_program.py")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "MODEL_ADDRESS": "http://127.0.0.1:9/v1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )


def test_an_old_program_runs_on_its_old_cache_without_a_request(tmp_path: Path) -> None:
    # Nothing listens at the address: tools, a reflection, a prompt, a long text and namespaces all come from the cache.
    command = [sys.executable, "-m", "autogen_classic", "cache", "import", str(OLD)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    imported = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert imported.stdout.count(" 0 refused") == 3
    output = run_old_program(tmp_path).stdout
    results = [line for line in output.splitlines() if line.startswith("RESULT")]
    assert results == (DATA / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert "ASKED OWN CLIENT 0" in output


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    assert import_directory(OLD / "41", tmp_path)[:2] == (3, 0)
    assert import_directory(OLD / "41", tmp_path)[:2] == (0, 3)


def test_texts_of_the_old_library_become_those_of_the_new_one(tmp_path: Path, good: tuple[str, bytes]) -> None:
    params = json.loads(good[0])
    theirs, ours = params["messages"][0]["content"], "what an assistant is told here"
    import_directory(OLD / "41", tmp_path, {hashlib.sha256(theirs.encode()).hexdigest(): ours})
    params["messages"][0]["content"] = ours
    with Cache(tmp_path) as cache:
        assert cache.get(cache_key(params)) is not None


def test_the_old_directory_is_left_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(OLD / "5", tmp_path / "5")
    before = contents(tmp_path / "5")
    import_directory(tmp_path / "5", tmp_path / "new")
    assert contents(tmp_path / "5") == before


def test_tool_calls_cost_and_fields_of_the_server_survive(helper: Helper, good: tuple[str, bytes]) -> None:
    answer = helper.read(good[1])
    (choice,) = answer["fields"]["choices"]
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a": 1, "b": 2}'}
    assert answer["fields"]["cost"] > 0
    assert "audio" not in choice["message"]  # what was not set is not invented


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS.keys())
def test_a_trap_is_refused_and_the_next_answer_is_read(
    trap: bytes, helper: Helper, good: tuple[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RefusedError):
        helper.read(trap)
    assert helper.read(good[1])["type"] == "ChatCompletion"
    assert list(tmp_path.iterdir()) == []


def test_a_pickle_that_never_ends_is_given_up(good: tuple[str, bytes]) -> None:
    with Helper(seconds=0.3) as helper:
        with pytest.raises(RefusedError, match="more time or memory"):
            helper.read(ENDLESS)
    with Helper() as helper:
        assert helper.read(good[1])["type"] == "ChatCompletion"


@given(st.binary(max_size=200))
def test_random_bytes_never_get_further_than_a_refusal(data: bytes) -> None:
    with pytest.raises(RefusedError):
        shared_helper().read(data)


@given(st.data())
def test_a_changed_pickle_is_read_or_refused(data: st.DataObject) -> None:
    pickled = bytearray(next(old_entries(OLD / "41")).pickle())
    for _ in range(data.draw(st.integers(1, 5))):
        pickled[data.draw(st.integers(0, len(pickled) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RefusedError):
        assert set(shared_helper().read(bytes(pickled))) == {"type", "fields"}


def test_traps_are_refused_entry_by_entry(tmp_path: Path, good: tuple[str, bytes]) -> None:
    key, value = good
    rows: list[tuple[Any, Any, Any, Any]] = [
        (json.dumps({"messages": [], "n": n}), 4, trap, None) for n, trap in enumerate(TRAPS.values())
    ]
    rows.insert(3, (key, 4, value, None))
    outcome = import_directory(old_cache(tmp_path / "old", rows), tmp_path / "new")
    assert (outcome.imported, len(outcome.refused)) == (1, len(TRAPS))
    with Cache(tmp_path / "new") as cache:
        assert decode(cache.get(cache_key(json.loads(key)))).choices[0].message.tool_calls[0].function.name == "add"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((b"a pickled key", 4, b"x", None), "not a request"),
        (("no JSON", 4, b"x", None), "not a request"),
        (('{"a": 1}', 4, b"x", None), "not a request"),
        ((5, 4, b"x", None), "not a request"),
        (('{"messages": []}', 3, None, "aa/bb/cc.val"), "not a pickled completion"),
        (('{"messages": []}', 4, None, "../../outside"), "not where it should be"),
        (('{"messages": []}', 4, None, "/etc/passwd"), "not where it should be"),
        (('{"messages": []}', 4, None, "aa/bb/" + "c" * 28 + ".val"), "cannot be read"),
        (('{"messages": []}', 4, None, None), "not where it should be"),
    ],
)
def test_a_row_of_another_form_is_refused(row: Any, reason: str, tmp_path: Path) -> None:
    outcome = import_directory(old_cache(tmp_path / "old", [row]), tmp_path / "new")
    assert outcome.imported == 0
    assert reason in outcome.refused[0][1]


def test_a_link_in_the_place_of_a_value_is_not_followed(tmp_path: Path, good: tuple[str, bytes]) -> None:
    (tmp_path / "outside").write_bytes(good[1])
    old = old_cache(tmp_path / "old", [(good[0], 4, None, "aa/bb/" + "c" * 28 + ".val")])
    (old / "aa" / "bb").mkdir(parents=True)
    (old / "aa" / "bb" / ("c" * 28 + ".val")).symlink_to(tmp_path / "outside")
    assert import_directory(old, tmp_path / "new").imported == 0


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_old_cache_is_an_error_that_says_so(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(content)
    with pytest.raises(OldCacheError, match="cannot be read"):
        import_directory(tmp_path, tmp_path / "new")


def test_a_view_in_the_place_of_the_table_is_not_asked(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "cache.db")) as connection, connection:
        connection.execute(
            "CREATE VIEW Cache AS SELECT 1 AS key, 2 AS store_time, 3 AS mode, 4 AS value, 5 AS filename"
        )
    with pytest.raises(OldCacheError, match="no table of entries"):
        import_directory(tmp_path, tmp_path / "new")


def test_a_directory_without_an_old_cache_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(OldCacheError, match="there is no file cache.db"):
        import_directory(tmp_path, tmp_path / "new")


def test_the_helper_can_open_neither_files_nor_sockets(tmp_path: Path) -> None:
    from autogen_classic.cache._import import restricted

    program = (
        f"import sys; sys.path.insert(0, {str(Path(restricted.__file__).parent)!r})\n"
        "import os, socket, restricted\n"
        "restricted.give_up_rights()\n"
        "for act in (lambda: open('x', 'w'), socket.socket, lambda: os.system('true'), lambda: eval('1')):\n"
        "    try:\n"
        "        act()\n"
        "        print('could')\n"
        "    except Exception as error:\n"
        "        print('could not')\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split("\n")[:4] == ["could not"] * 4


_shared: list[Helper] = []


def shared_helper() -> Helper:
    """One process for all examples of hypothesis, which runs a test many times."""
    if not _shared:
        _shared.append(Helper())
    return _shared[0]


@pytest.fixture(scope="module", autouse=True)
def _shared_helper_is_stopped() -> Iterator[None]:
    yield
    while _shared:
        _shared.pop().__exit__(None, None, None)
