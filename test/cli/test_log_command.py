"""``autogen-classic log``: what it tells of databases, log files, events and recordings."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import AssistantAgent, cli, register_function, runtime_logging
from autogen_classic._pictures.entries import Entry, message_text
from autogen_classic.cli._log_sources import GrowingLog
from autogen_classic.events import MessageReceived, listening, to_json
from autogen_classic.replay import record
from autogen_classic.testing import MockOpenAIServer, error, tool_call


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command; return the exit code, and what was printed and complained of."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["log", *arguments])
        return (code, *capsys.readouterr())

    return run_command


def work() -> None:
    """A chat with a failed configuration, a tool, and a model whose price is given."""
    with MockOpenAIServer([error(400, "no"), tool_call("add", a=1, b=2), "It is three."]) as server:
        entries = [server.config(max_retries=0, model="broken"), server.config(model="fine", price=[1, 2])]
        assistant = AssistantAgent("assistant", llm_config={"config_list": entries, "cache_seed": None})
        user = agent("user")

        def add(a: int, b: int) -> int:
            return a + b

        register_function(add, caller=assistant, executor=user, description="Add.")
        user.initiate_chat(assistant, message="What is 1 + 2?", max_turns=2, silent=True)


def logged(kind: Any) -> str:
    runtime_logging.start(logger_type=kind, config={"dbname" if kind == "sqlite" else "filename": "run.log"})
    work()
    runtime_logging.stop()
    return "run.log" if kind == "sqlite" else "autogen_logs/run.log"


def events_written() -> str:
    with (
        Path("events.jsonl").open("w", encoding="utf-8") as file,
        listening(lambda event: print(to_json(event), file=file)),
    ):
        work()
    return "events.jsonl"


def recorded() -> str:
    with record("run.json", tools=True):
        work()
    return "run.json"


SOURCES = {
    "database": lambda: logged("sqlite"),
    "file": lambda: logged("file"),
    "events": events_written,
    "recording": recorded,
}


@pytest.mark.parametrize("source", SOURCES)
def test_the_models_tools_and_failures_of_a_run_are_told(source: str, run: Any) -> None:
    code, output, complaints = run(SOURCES[source]())
    assert (code, complaints) == (0, "")
    assert "FAILED" in output
    assert "broken" in output
    assert "returned" in output
    assert "It is three." in output
    assert ", 1 failed" in output.splitlines()[-1]


@pytest.mark.parametrize("source", ["database", "file", "events"])
def test_messages_come_with_tokens_costs_and_times(source: str, run: Any) -> None:
    _, output, _ = run(SOURCES[source]())
    lines = output.splitlines()
    assert any("message  user to assistant: What is 1 + 2?" in line for line in lines)
    assert any('[calls add({"a": 1, "b": 2})]' in line for line in lines)
    answer = next(line for line in lines if "model    assistant: It is three." in line or "fine," in line)
    assert "tokens, $" in answer
    assert answer.endswith(" s)")
    assert lines[-1].startswith("4 messages, 3 requests (0 answered by the cache), ")


@pytest.mark.parametrize("source", SOURCES)
def test_every_entry_can_be_had_as_json(source: str, run: Any) -> None:
    code, output, _ = run(SOURCES[source](), "--json")
    entries = [json.loads(line) for line in output.splitlines()]
    assert code == 0
    assert [entry["failed"] for entry in entries if entry["kind"] == "model"] == [True, False, False]
    assert {entry["agent"] for entry in entries if entry["kind"] == "tool"} == {"user"}


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_a_log_names_each_agent_once_and_each_function(kind: str, run: Any) -> None:
    lines = [line[14:] for line in run(logged(kind))[1].splitlines()]
    assert [line for line in lines if line.startswith("agent")] == [
        "agent    assistant: AssistantAgent",
        "agent    user: ConversableAgent",
    ]
    assert [line for line in lines if line.startswith("tool")] == ['tool     user: add({"a": 1, "b": 2}) returned 3']


def test_an_answer_that_0_2_has_logged_to_a_file_is_told_with_its_tokens(run: Any) -> None:
    answer = (
        "ChatCompletion(id='1', choices=[Choice(index=0, message=ChatCompletionMessage(content='It\\'s three.', "
        "tool_calls=None))], usage=CompletionUsage(total_tokens=7), cost=-0.0)"
    )
    line = {"invocation_id": "1", "source_name": "ann", "request": {"model": "m"}, "response": answer, "cost": 0.0}
    times = {"is_cached": 0, "start_time": "2026-01-31 23:59:58.000000", "end_time": "2026-01-31 23:59:59.000000"}
    Path("run.log").write_text(f"Started new session with Session ID: 1\n{json.dumps({**line, **times})}\n")
    assert "model    ann: It's three.  (m, 7 tokens, " in run("run.log")[1]


def test_long_texts_are_cut_unless_they_are_asked_for(run: Any) -> None:
    runtime_logging.start()
    agent("ann").send("long " * 100, agent("bob"), request_reply=False, silent=True)
    runtime_logging.stop()
    assert "long long ...\n" in run("logs.db")[1]
    assert "long " * 99 in run("logs.db", "--full")[1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"Dear diary",
            "It must be a database or a file of runtime_logging, events as lines of JSON, a recording or a journal",
        ),
        (b"", "other is empty: nothing was written into it."),
        (b'{"answer": 42}', "cannot be read as a log"),
    ],
)
def test_another_file_is_refused_with_the_reason(content: bytes, says: str, run: Any) -> None:
    Path("other").write_bytes(content)
    code, output, complaints = run("other")
    assert (code, output) == (1, "")
    assert says in complaints


def test_another_database_and_a_missing_file_are_refused(run: Any) -> None:
    with sqlite3.connect("other.db") as database:
        database.execute("CREATE TABLE cats (name TEXT)")
    database.close()
    assert "is a database, but not one of runtime_logging (no such table" in run("other.db")[2]
    assert "missing.db" in run("missing.db")[2]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are those of POSIX")
@pytest.mark.parametrize("options", [[], ["--follow"]])
def test_a_pipe_is_refused_and_not_waited_for(options: list[str], run: Any) -> None:
    os.mkfifo("pipe")
    code, _, complaints = run("pipe", *options)
    assert code == 1
    assert "pipe is a pipe, and a log is read more than once" in complaints


def test_a_log_is_followed_while_it_grows() -> None:
    runtime_logging.start()
    agent("ann")
    command = [sys.executable, "-m", "autogen_classic", "log", "logs.db", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "ann" in process.stdout.readline()
        agent("bob")
        assert "bob" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline().startswith("0 messages")
    runtime_logging.stop()
    assert process.returncode == 0


def note(database: sqlite3.Connection, name: str, at: str) -> None:
    """Add a row as a program does whose clock shows this time."""
    columns = "event_name, source_name, json_state, timestamp"
    database.execute(f"INSERT INTO events ({columns}) VALUES (?, 'ann', '{{}}', ?)", (name, f"2026-01-01 {at}.000000"))
    database.commit()


def names(entries: list[Entry]) -> list[str]:
    return [entry.text.split()[0] for entry in entries]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """A connection to a database in the mode that 0.2 uses, in which whoever writes keeps readers out."""
    runtime_logging.start()
    runtime_logging.stop()
    with closing(sqlite3.connect("logs.db")) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        yield database


def test_rows_of_several_programs_are_followed_though_some_come_late(database: sqlite3.Connection) -> None:
    log = GrowingLog(Path("logs.db"))
    note(database, "second", "12:00:02")
    assert names(log.news()) == ["second"]
    note(database, "fourth", "12:00:04")
    note(database, "first", "12:00:01")
    note(database, "third", "12:00:03")
    assert names(log.news()) == ["first", "third", "fourth"]
    assert log.news() == []


def test_every_row_of_processes_that_write_together_is_followed_once() -> None:
    program = """
        import sys
        from autogen_classic import runtime_logging
        runtime_logging.start()
        for number in range(40):
            runtime_logging.log_event("ann", f"{sys.argv[1]}-{number}")
        runtime_logging.stop()
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    Path("logs.db").touch()
    log, seen = GrowingLog(Path("logs.db")), []
    processes = [subprocess.Popen([*command, name], env=environment) for name in "abc"]
    while any(process.poll() is None for process in processes):
        seen += names(log.news())
    seen += names(log.news())
    assert sorted(seen) == sorted(f"{name}-{number}" for name in "abc" for number in range(40))


def test_a_database_that_is_locked_or_deleted_is_followed_when_it_can_be(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, run: Any
) -> None:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
    log = GrowingLog(Path("logs.db"))
    note(database, "first", "12:00:01")
    database.execute("BEGIN EXCLUSIVE")
    assert log.news() == []
    assert "is locked by a program that writes to it" in run("logs.db")[2]
    database.rollback()
    assert names(log.news()) == ["first"]
    Path("logs.db").unlink()
    assert log.news() == []
    runtime_logging.start()
    runtime_logging.log_event("ann", "anew")
    runtime_logging.stop()
    assert names(log.news()) == ["anew"]


class LockedOnce(sqlite3.Connection):
    """Finds the second table locked, when it is read for the first time."""

    has_been_locked = False

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if "FROM events" in statement and not LockedOnce.has_been_locked:
            LockedOnce.has_been_locked = True
            raise sqlite3.OperationalError("database is locked")
        return super().execute(statement, *values)


def test_rows_of_the_first_table_wait_when_the_second_one_is_locked(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(database, "first", "12:00:01")
    database.execute("INSERT INTO chat_completions (request, response, source_name) VALUES ('{}', '\"Hi.\"', 'ann')")
    database.commit()
    log = GrowingLog(Path("logs.db"))
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=LockedOnce))
    assert log.news() == []
    assert [entry.kind for entry in log.news()] == ["event", "model"]
    assert log.news() == []


def test_a_database_whose_program_was_killed_while_it_wrote_can_be_read(database: sqlite3.Connection, run: Any) -> None:
    program = """
        import os, sqlite3
        database = sqlite3.connect("logs.db")
        database.execute("PRAGMA cache_size = 1")
        for number in range(3000):
            database.execute("INSERT INTO events (event_name) VALUES (?)", ("half of a transaction" * 20,))
        os._exit(1)
    """
    note(database, "first", "12:00:01")
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert Path("logs.db-journal").exists()
    code, shown, complaints = run("logs.db")
    assert (code, complaints, len(shown.splitlines())) == (0, "", 2)


def test_other_logs_are_followed_from_where_they_were_read() -> None:
    path = Path("run.jsonl")
    line = '{"type": "person_answered", "agent": "ann", "answer": "%s", "at": 0}\n'
    log = GrowingLog(path)
    with pytest.raises(FileNotFoundError):
        log.news()
    path.write_text("")
    assert log.news() == []
    path.write_text(line % "one" + (line % "two")[:20])
    assert names(log.news()) == ["one"]
    path.write_text(line % "one" + line % "two")
    assert names(log.news()) == ["two"]
    path.unlink()
    assert log.news() == []
    Path("new").write_text(line % "three")
    Path("new").rename(path)
    assert names(log.news()) == ["three"]
    path.write_text(line % "four" + line % "five")  # emptied and written anew between two looks
    assert names(log.news()) == ["four", "five"]


def test_the_call_of_a_custom_tool_is_shown_with_its_input() -> None:
    call = {"id": "1", "type": "custom", "custom": {"name": "shell", "input": "ls"}}
    assert message_text({"content": None, "tool_calls": [call]}) == "[calls shell(ls)]"


def test_a_message_with_every_kind_of_line_end_is_one_entry(run: Any) -> None:
    text = "one\u2028two\u0085three\x0bfour"
    ann, bob = agent("ann"), agent("bob")
    with Path("run.jsonl").open("w", encoding="utf-8") as file:
        with listening(lambda event: print(to_json(event), file=file), kinds=[MessageReceived]):
            ann.send(text, bob, request_reply=False)
    code, shown, _ = run("run.jsonl")
    assert (code, shown.count("1 message,")) == (0, 1)


def test_an_event_that_lacks_something_is_named(run: Any) -> None:
    Path("run.jsonl").write_text('{"type": "message_received"}\n', encoding="utf-8")
    code, _, complaint = run("run.jsonl")
    assert (code, "lacks what it should say" in complaint) == (1, True)


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    entries = "\n".join(['{"type": "person_answered", "agent": "ann", "answer": "yes", "at": 0}'] * 5000)
    Path("run.jsonl").write_text(entries, encoding="utf-8")
    command = f"{sys.executable} -m autogen_classic log run.jsonl --json | head -1"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True)
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)
