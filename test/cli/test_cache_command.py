"""``autogen-classic cache``: what it prints, deletes and imports."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autogen_classic import AssistantAgent, cli
from autogen_classic.cache._import.old_directory import old_entries
from autogen_classic.cache._store import Cache
from autogen_classic.cli import cache as command
from autogen_classic.oai._request import answer_cache

OLD = Path(__file__).parents[1] / "cache" / "data" / "dot_cache"


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command; return the exit code, and what was printed and complained of."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(["cache", *arguments])
        return (code, *capsys.readouterr())

    return run_command


def fill(seed: str = "41", text: str = "fine", **params: Any) -> None:
    request = {"model": "gpt-4o", "messages": [{"role": "user", "content": "How are you?"}], **params}
    answer = SimpleNamespace(choices=[SimpleNamespace(message=SimpleNamespace(content=text))])
    with Cache(Path(".cache", seed)) as cache:
        answer_cache.store(cache, answer_cache.cache_key(request), answer, request)
        entry = cache.get(answer_cache.cache_key(request))
        entry["type"] = "ChatCompletion"
        entry["fields"] = {"model": "gpt-4o", "choices": [{"message": {"content": text}}]}
        cache.set(answer_cache.cache_key(request), entry)


def test_ls_lists_caches_with_entries_models_and_dates(run: Any) -> None:
    fill("41")
    fill("41", model="gpt-5")
    fill("mine")
    code, output, _ = run("ls")
    first, second = output.splitlines()
    assert code == 0
    assert first.startswith("41: 2 entries, ")
    assert "gpt-4o (1), gpt-5 (1)" in first
    assert second.startswith("mine: 1 entry, ")


def test_ls_tells_of_entries_that_0_2_left(run: Any) -> None:
    shutil.copytree(OLD, ".cache")
    fill("6")
    code, output, _ = run("ls")
    assert code == 0
    assert "41: 3 entries of AutoGen 0.2, see `autogen-classic cache import`" in output
    assert "6: 1 entry, " in output
    assert "; 1 entry of AutoGen 0.2, see" in output


def test_ls_without_caches_says_so(run: Any) -> None:
    assert run("ls") == (1, "", "There are no caches in .cache.\n")


def test_ls_goes_on_after_a_damaged_cache(run: Any) -> None:
    fill("2")
    Path(".cache", "1").mkdir()
    Path(".cache", "1", "cache.db").write_bytes(b"no database" * 100)
    code, output, _ = run("ls")
    assert code == 0
    assert "is damaged. Delete it" in output.splitlines()[0]
    assert output.splitlines()[1].startswith("2: 1 entry")


def test_show_prints_what_was_asked_and_answered(run: Any) -> None:
    fill(tools=[{"type": "function", "function": {"name": "add"}}])
    code, output, _ = run("show", "41")
    assert code == 0
    assert "gpt-4o" in output
    assert "  asked (1 message): How are you?\n  tools: add\n  answer: fine\n" in output


def test_show_prints_tool_calls(run: Any) -> None:
    run("import", str(OLD / "41"))
    assert '  answer: add({"a": 1, "b": 2})\n' in run("show", "41")[1]


def test_show_json_is_a_line_for_each_entry(run: Any) -> None:
    fill()
    (line,) = run("show", "41", "--json")[1].splitlines()
    assert json.loads(line)["entry"]["request"]["last"] == "How are you?"


def test_show_lets_no_answer_drive_the_terminal(run: Any) -> None:
    fill(text="\x1b[2J\x07 \u202e gone")
    output = run("show", "41")[1]
    assert all(letter.isprintable() for letter in output if letter != "\n")


@pytest.mark.parametrize(
    "value",
    [
        "not JSON",
        b"cos\nsystem\n(S'touch caught'\ntR.",
        "[]",
        '{"fields": {"choices": [1, {"message": 2}]}}',
        "7",
        "",
    ],
)
@pytest.mark.parametrize("action", [("ls",), ("show", "41"), ("show", "41", "--json")])
def test_damaged_and_pickled_entries_are_shown_and_never_loaded(action: Any, value: Any, run: Any) -> None:
    fill()
    with closing(sqlite3.connect(".cache/41/cache.db")) as connection, connection:
        connection.execute("UPDATE Cache SET value = ?, store_time = 'no date'", (value,))
    assert run(*action)[0] == 0
    assert not Path("caught").exists()


def test_an_unknown_cache_is_an_error_that_lists_the_known_ones(run: Any) -> None:
    fill("41")
    for action in ("show", "clear"):
        code, _, complaint = run(action, "42")
        assert code == 1
        assert complaint == "There is no cache '42' in .cache. There are: 41.\n"


def test_a_seed_cannot_lead_out_of_the_directory(run: Any) -> None:
    fill("41")
    Path("outside").mkdir()
    Path("outside", "cache.db").write_text("precious")
    assert run("clear", "../outside", "--yes")[0] == 1
    assert Path("outside", "cache.db").exists()


@pytest.mark.parametrize(("answer", "is_left"), [("y", False), ("YES", False), ("n", True), ("", True)])
def test_clear_asks_first(answer: str, is_left: bool, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    monkeypatch.setattr("builtins.input", lambda _prompt: answer)
    assert run("clear", "41")[0] == int(is_left)
    assert Path(".cache/41/cache.db").exists() == is_left


def test_clear_where_nobody_can_be_asked_deletes_nothing(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    fill()
    monkeypatch.setattr("builtins.input", nobody)
    code, _, complaint = run("clear")
    assert code == 1
    assert "Say --yes" in complaint
    assert Path(".cache/41/cache.db").exists()


def test_clear_all_leaves_what_0_2_left(run: Any) -> None:
    shutil.copytree(OLD, ".cache")
    before = [list(old_entries(Path(".cache", seed))) for seed in ("41", "5", "6")]
    fill("1")
    fill("5")
    code, output, _ = run("clear", "--yes")
    assert (code, output.count("Deleted")) == (0, 2)
    assert not Path(".cache", "1", "cache.db").exists()
    assert [list(old_entries(Path(".cache", seed))) for seed in ("41", "5", "6")] == before
    assert run("clear", "--yes")[0] == 1


def test_clear_removes_a_damaged_cache(run: Any) -> None:
    fill()
    Path(".cache/41/cache.db").write_bytes(b"no database")
    assert run("clear", "41", "--yes")[0] == 0
    assert not Path(".cache/41/cache.db").exists()


def test_import_takes_one_seed_or_all(run: Any) -> None:
    assert run("import", str(OLD / "5"))[:2] == (0, f"{OLD / '5'}: 2 imported, 0 were there before, 0 refused\n")
    code, output, _ = run("import", str(OLD))
    assert (code, output.count("imported")) == (0, 3)
    assert "0 imported, 2 were there before" in output


def test_import_names_what_it_refuses(run: Any) -> None:
    Path("old", "41").mkdir(parents=True)
    with closing(sqlite3.connect("old/41/cache.db")) as connection, connection:
        connection.execute("CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key, store_time, mode, value, filename)")
        trap = ('{"messages": []}\x1b', 1, 4, b"cos\nsystem\n(S'touch caught'\ntR.", None)
        connection.execute("INSERT INTO Cache (key, store_time, mode, value, filename) VALUES (?, ?, ?, ?, ?)", trap)
        trap = ('{"messages": []}', *trap[1:])
        connection.execute("INSERT INTO Cache (key, store_time, mode, value, filename) VALUES (?, ?, ?, ?, ?)", trap)
    code, output, complaint = run("import", "old")
    assert code == 1
    assert "0 imported, 0 were there before, 2 refused" in output
    assert "'os' 'system', which is not part of a completion" in complaint
    assert "\x1b" not in complaint
    assert not Path("caught").exists()


def test_import_without_an_old_cache_is_an_error_that_says_so(run: Any) -> None:
    code, _, complaint = run("import", ".")
    assert code == 1
    assert "there is no file cache.db in it or one below it" in complaint


def test_texts_that_0_2_sends_by_itself_are_known_by_their_digests() -> None:
    assert AssistantAgent.DEFAULT_SYSTEM_MESSAGE in command._own_texts().values()
