"""The file of a recording: what is refused, what survives the way through JSON, and how changing texts are compared."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autogen_classic.replay as room
from autogen_classic import OpenAIWrapper
from autogen_classic._core.whole_files import write_whole
from autogen_classic._json.answers import answer_as_json, answer_from_json, shape, unshape
from autogen_classic.replay import CassetteError, paths, record, replay, times, uuids
from autogen_classic.replay import _file as files
from autogen_classic.replay._answers import what_can_be_recorded
from autogen_classic.replay._library import Library
from autogen_classic.replay._values import canonical, plain, pretty
from autogen_classic.testing import ScriptedClient

HEAD: dict[str, Any] = {"schema": files.SCHEMA, "recorded": {"tools": False, "code": False}}
PERSON: dict[str, Any] = {"kind": "person", "number": 1, "agent": "a", "prompt": "?", "answer": "x"}
MODEL: dict[str, Any] = {
    "kind": "model",
    "number": 1,
    "agent": None,
    "configuration": 0,
    "from_cache": False,
    "request": {"messages": [1]},
    "response": {"type": "object", "fields": None},
}


def enter(path: Any, **settings: Any) -> None:
    with replay(path, unused="ignore", **settings):
        pass


def write_half(file: Any, at: int, data: bytes) -> None:
    """Stand for `PartialFile._put` on a full disk, which takes no more than what overwrites."""
    if data == files._END:
        os.pwrite(file._file.fileno(), data, at)
        file._file.seek(at + len(data))
        return
    if file is not None:
        os.pwrite(file._file.fileno(), data[: len(data) // 2], at)
    raise OSError(28, "No space left on device")


def answered(kind: str, fields: Any) -> dict[str, Any]:
    return {**MODEL, "response": {"type": kind, "fields": fields}}


def failed(error: Any) -> dict[str, Any]:
    return {**{key: value for key, value in MODEL.items() if key != "response"}, "error": error}


# --- what is refused


def test_a_missing_file_is_named_with_what_to_do() -> None:
    with pytest.raises(CassetteError, match=r"no recording missing\.json \(looked for it from .*--record FILE"):
        enter("missing.json")


def test_a_missing_file_is_helped_by_what_an_interrupted_recording_left() -> None:
    Path("run.json.123.partial").write_text("")
    with pytest.raises(CassetteError, match=r"left run\.json\.123\.partial, which can be replayed"):
        enter("run.json")


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="cannot be read"):
        enter(tmp_path)
    with pytest.raises(CassetteError, match="it is a folder"), record(tmp_path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_to_a_recording_leads_to_the_new_one() -> None:
    Path("runs").mkdir()
    Path("runs/monday.json").write_text("old")
    Path("last.json").symlink_to("runs/monday.json")
    with record("last.json"):
        pass
    assert Path("last.json").is_symlink()
    assert json.loads(Path("runs/monday.json").read_text())["turns"] == []
    assert [file.name for file in Path("runs").iterdir()] == ["monday.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_what_is_written_in_one_step_never_takes_the_place_of_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="is a device or a pipe"):
        write_whole(tmp_path / "pipe", b"text")
    assert (tmp_path / "pipe").is_fifo()


def test_a_recording_needs_a_folder_that_is_there() -> None:
    with pytest.raises(CassetteError, match="there is no folder"), record("nowhere/run.json"):
        pass


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", 'has no "schema"'),
        ("{}", 'has no "schema"'),
        (
            '{"schema": "autogen-classic/cassette/2"}',
            "has the schema 'autogen-classic/cassette/2', but this release reads",
        ),
        (json.dumps({"schema": files.SCHEMA}), '"recorded" must be'),
        (json.dumps({**HEAD, "turns": {}}), '"turns" must be a list'),
        (json.dumps({**HEAD, "turns": [1]}), r"turns\[0\] must be an object, not int"),
        (json.dumps({**HEAD, "turns": [{"kind": "x"}]}), r"turns\[0\] has the \"kind\" 'x'"),
        (json.dumps({**HEAD, "turns": [{**PERSON, "number": "1"}]}), 'no whole "number"'),
        (json.dumps({**HEAD, "turns": [{**PERSON, "prompt": 1}]}), 'no "prompt" of the right type'),
        (json.dumps({**HEAD, "turns": [PERSON, PERSON]}), r"turns\[1\] has the number 1 of an earlier"),
        (json.dumps({**HEAD, "turns": [{**PERSON, "error": {}}]}), 'either "answer" or "error"'),
        (json.dumps({**HEAD, "turns": [{**MODEL, "response": 1}]}), 'a "response" without'),
        (json.dumps({**HEAD, "turns": [{**MODEL, "cost": "1"}]}), 'a "cost" of the wrong type'),
        (json.dumps({**HEAD, "turns": [answered("ChatCompletion", {"choices": None})]}), 'without a list of "choices"'),
        (json.dumps({**HEAD, "turns": [answered("object", {"a": 1})]}), "is not marked as such"),
        (json.dumps({**HEAD, "turns": [failed("x")]}), 'an "error" without "type" and "text"'),
        (
            json.dumps({**HEAD, "turns": [failed({"type": "x", "text": "x", "attributes": [1]})]}),
            '"attributes" are not an object',
        ),
        (json.dumps({**HEAD, "turns": [{**MODEL, "request": {"continues_turn": [1]}}]}), r"continues turn \[1\]"),
        (json.dumps({**HEAD, "turns": [{**MODEL, "request": {"continues_turn": 5}}]}), "continues turn 5, which is no"),
        (
            json.dumps(
                {
                    **HEAD,
                    "turns": [
                        MODEL,
                        {
                            **MODEL,
                            "number": 2,
                            "request": {"continues_turn": 1, "keeps_messages": 2, "messages": []},
                        },
                    ],
                }
            ),
            r"turns\[1\] keeps 2 messages of 1",
        ),
    ],
)
def test_what_is_no_recording_is_refused_with_the_place(text: str, said: str) -> None:
    Path("run.json").write_text(text, encoding="utf-8")
    with pytest.raises(CassetteError, match=said):
        enter("run.json")


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    Path("run.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CassetteError, match="cannot be read"):
        enter("run.json")


@pytest.mark.parametrize(("first", "second"), [("a", "a"), ("a", "b")])
def test_recordings_and_replays_do_not_nest(first: str, second: str) -> None:
    Path("kept.json").write_text(json.dumps({**HEAD, "turns": []}), encoding="utf-8")
    ways: tuple[tuple[Callable[[str], AbstractContextManager[None]], str], ...] = (
        (record, first),
        (replay, "kept.json"),
    )
    for outer, file in ways:
        for inner in (record(second), replay("kept.json")):
            with pytest.raises(CassetteError, match="is on already in this thread or task"), outer(file), inner:
                pass


def test_one_file_is_not_written_twice_at_a_time() -> None:
    caught = []

    def other() -> None:
        with pytest.raises(CassetteError, match="is being written already") as error, record("run.json"):
            pass
        caught.append(error)

    with record("run.json"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"mode": "once"}, "mode must be one of"), ({"unused": "raise"}, "unused must be"), ({"normalise": ["x"]}, "'x'")],
)
def test_arguments_with_other_values_are_refused(settings: dict[str, Any], said: str) -> None:
    Path("run.json").write_text(json.dumps({**HEAD, "turns": []}), encoding="utf-8")
    with pytest.raises(ValueError, match=said), replay("run.json", **settings):
        pass


# --- where it may lie, and what is left on the disk


def test_a_recording_may_lie_in_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lesson_with_run").mkdir()
    (tmp_path / "lesson_with_run" / "__init__.py").write_text("")
    (tmp_path / "lesson_with_run" / "run.json").write_text(json.dumps({**HEAD, "turns": []}), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    enter(resources.files("lesson_with_run").joinpath("run.json"))


def test_what_can_only_be_read_takes_no_new_episodes() -> None:
    class InAnArchive:
        def read_text(self, encoding: str) -> str:
            return json.dumps({**HEAD, "turns": []})

    enter(InAnArchive())
    with pytest.raises(CassetteError, match="not a file on disk"):
        enter(InAnArchive(), mode="new_episodes")


def test_nothing_but_the_file_is_left_and_its_mode_is_that_of_any_file() -> None:
    Path("any").write_text("")
    with record("run.json"):
        assert [name for name in os.listdir() if name.endswith(".partial")] == [f"run.json.{os.getpid()}.partial"]
    assert sorted(os.listdir()) == ["any", "run.json"]
    assert Path("run.json").stat().st_mode == Path("any").stat().st_mode


def test_after_every_turn_the_partial_file_is_a_whole_recording() -> None:
    client = ScriptedClient(["1", "2", "3"])
    wrapper = OpenAIWrapper(**client.llm_config())
    with record("run.json"):
        for number in range(3):
            wrapper.create(messages=[{"role": "user", "content": f"{number} \U0001f600"}])
            (partial,) = Path().glob("*.partial")
            assert len(files.read(partial)["turns"]) == number + 1
        before = files.read(partial)
    assert files.read("run.json") == before


def test_a_disk_that_is_full_for_a_while_costs_no_turn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrapper = OpenAIWrapper(**ScriptedClient(["1", "2", "3", "4"]).llm_config())
    with record("run.json"):
        wrapper.create(messages=[{"role": "user", "content": "a"}])
        with monkeypatch.context() as full:
            full.setattr(files.PartialFile, "_put", write_half)
            wrapper.create(messages=[{"role": "user", "content": "b"}])
            wrapper.create(messages=[{"role": "user", "content": "c"}])
        wrapper.create(messages=[{"role": "user", "content": "d"}])
        (warning,) = caplog.messages
        assert "goes on in memory" in warning
        (partial,) = Path().glob("*.partial")
        assert len(files.read(partial)["turns"]) == 1
    assert len(files.read("run.json")["turns"]) == 4


def test_a_disk_that_stays_full_leaves_the_turns_before_and_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper = OpenAIWrapper(**ScriptedClient(["1", "2"]).llm_config())

    def run() -> None:
        with record("run.json"):
            wrapper.create(messages=[{"role": "user", "content": "a"}])
            monkeypatch.setattr(files.PartialFile, "_put", write_half)
            monkeypatch.setattr(os, "replace", lambda *_: write_half(None, 0, b""))
            wrapper.create(messages=[{"role": "user", "content": "b"}])

    with pytest.raises(CassetteError, match=r"No space left.*The first 1 of its 2 turns stand in .*\.partial"):
        run()


def test_a_failed_write_keeps_all_turns_and_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    wrapper = OpenAIWrapper(**ScriptedClient(["1"]).llm_config())

    def run() -> None:
        with record("run.json"):
            wrapper.create(messages=[{"role": "user", "content": "x"}])

    with pytest.raises(CassetteError, match=r"No space left.*stands in .*\.partial"):
        run()
    (partial,) = Path().glob("*.partial")
    assert len(files.read(partial)["turns"]) == 1
    assert list(Path().glob(".run.json*")) == []


# --- through JSON and back

texts = st.text(st.characters(), max_size=8)  # broken surrogates too
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": texts}), max_size=4
)


@given(plain_values)
def test_a_value_is_the_same_after_it_was_written(value: Any) -> None:
    text = pretty(plain(value)).encode("utf-8").decode("utf-8")
    assert canonical(json.loads(text)) == canonical(plain(value))


@given(plain_values)
def test_an_answer_of_any_shape_comes_back(value: Any) -> None:
    assert unshape(json.loads(json.dumps(shape(value)))) == value


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), messages, st.sampled_from([{}, {"model": "m"}])), max_size=6))
def test_requests_are_whole_again_after_only_their_new_messages_were_written(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[str, Any, dict[str, Any]]]
) -> None:
    turns = [
        {**MODEL, "number": number, "agent": agent, "request": {"messages": said, **others}}
        for number, (agent, said, others) in enumerate(requests, start=1)
    ]
    folder = tmp_path_factory.mktemp("turns")
    files.write(folder / "run.json", HEAD, turns)
    partial = files.PartialFile(folder / "other.json", HEAD)
    for turn in turns:
        partial.add(turn)
    partial.close()
    for file in (folder / "run.json", partial.path):
        assert canonical(files.read(file)["turns"]) == canonical(turns)
        library = Library(files.read(file)["turns"], "run.json", (), ())
        assert all(library.take({key: turn[key] for key in ("kind", "agent", "request")}) for turn in turns)
        assert library.unused == []


def test_an_object_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CassetteError, match="cannot be recorded: it contains itself"), what_can_be_recorded():
        shape(loop)


def test_an_object_that_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(CassetteError, match="cannot be recorded: it holds a function"), what_can_be_recorded():
        answer_as_json(SimpleNamespace(choices=[lambda: 1]))


def test_a_completion_that_a_lenient_server_gave_comes_back_as_it_was() -> None:
    from openai.types.chat import ChatCompletion

    odd = ChatCompletion.construct(id=None, choices=[{"message": {"content": "x", "own": 1}}], model="m", more=[1])
    recorded = json.loads(json.dumps(answer_as_json(odd)))
    assert answer_from_json(recorded).model_dump() == odd.model_dump()


# --- comparing without what changes


@pytest.mark.parametrize(
    ("function", "one", "other"),
    [
        (paths, 'File "/tmp/tmpab12cd34/main.py", line 1', 'File "/home/ann/work/main.py", line 1'),
        (paths, r"in C:\Users\ann\work\main.py at", r"in D:\b\main.py at"),
        (paths, "wrote tmp_code_0123abcd.py", "wrote tmpzzzzzz99.py"),
        (times, "2026-11-21T07:30:00Z: done in 3.2 seconds", "2025-01-01 12:00:01.5: done in 11 ms"),
        (times, "at 12:30", "at 7:05:09"),
        (uuids, "job 123e4567-e89b-12d3-a456-426614174000", "job 00000000-0000-0000-0000-00000000000A"),
    ],
)
def test_texts_that_differ_in_what_changes_become_equal(function: Callable[[str], str], one: str, other: str) -> None:
    assert function(one) == function(other) != ""


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (paths, "either/or, 1/2, https://example.org/a/b, a / b"),
        (times, "3 messages, version 1.2.3, model gpt-4o"),
        (uuids, "123e4567"),
    ],
)
def test_other_texts_stay_as_they_are(function: Callable[[str], str], text: str) -> None:
    assert function(text) == text


def test_the_names_of_the_room_are_there_in_order() -> None:
    assert sorted(room.__all__) == sorted(room._HOMES)
    assert set(room.__all__) <= set(dir(room))
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = room.nothing
