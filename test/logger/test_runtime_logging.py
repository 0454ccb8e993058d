"""What a program logs by `runtime_logging`; the rows themselves are held against 0.2.40 in test/compat."""

from __future__ import annotations

import asyncio
import functools
import importlib
import itertools
import json
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import (
    AssistantAgent,
    ConversableAgent,
    GroupChat,
    GroupChatManager,
    OpenAIWrapper,
    UserProxyAgent,
    events,
    register_function,
    runtime_logging,
)
from autogen_classic.logger import FileLogger, LoggerFactory, SqliteLogger
from autogen_classic.logger.base_logger import BaseLogger
from autogen_classic.testing import error, pieces, tool_call

SECRET = "sk-a1b2c3d4e5f6g7h8i9"


def rows(query: str, database: str = "logs.db") -> list[Any]:
    with sqlite3.connect(database) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return [row[0] if len(row) == 1 else row for row in found]


def lines(file: str = "autogen_logs/runtime.log") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines() if line.startswith("{")]


@both_ways
def test_a_chat_with_a_tool_is_logged_the_same_in_both_ways(way: str, serve: Any) -> None:
    server = serve(tool_call("add", a=1, b=2), "Three.")
    runtime_logging.start()
    assistant = AssistantAgent("assistant", llm_config=server.llm_config())
    user = agent("user")

    def add(a: int, b: int) -> int:
        return a + b

    register_function(add, caller=assistant, executor=user, description="Add.")
    chat(way, user, assistant, max_turns=2)
    runtime_logging.stop()

    assert rows("SELECT source_name, is_cached FROM chat_completions") == [("assistant", 0), ("assistant", 0)]
    assert rows("SELECT source_name, function_name, args, returns FROM function_calls") == [
        ("user", "add", '{"a": 1, "b": 2}', "3")
    ]
    received = [
        json.loads(state) for state in rows("SELECT json_state FROM events WHERE event_name='received_message'")
    ]
    assert [one["sender"] for one in received] == ["user", "assistant", "user", "assistant"]
    tried = [
        json.loads(state) for state in rows("SELECT json_state FROM events WHERE event_name='reply_func_executed'")
    ]
    final = [one["reply_func_name"].removeprefix("a_") for one in tried if one["final"]]
    assert final == ["generate_oai_reply", "generate_tool_calls_reply", "generate_oai_reply"]


@both_ways
def test_a_cache_hit_and_a_stream_are_logged(way: str, serve: Any) -> None:
    server = serve(pieces("St", "ream"))
    runtime_logging.start()
    wrapper = OpenAIWrapper(config_list=server.llm_config()["config_list"], cache_seed=3)
    for _ in range(2):
        request = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
        if way == "sync":
            wrapper.create(**request)
        else:
            asyncio.run(wrapper.a_create(**request))
    runtime_logging.stop()
    logged = rows("SELECT source_name, response, is_cached FROM chat_completions")
    assert [(name, is_cached) for name, _, is_cached in logged] == [("unknown", 0), ("unknown", 1)]
    assert [json.loads(response)["choices"][0]["message"]["content"] for _, response, _ in logged] == 2 * ["Stream"]


def test_the_ids_of_wrapper_and_client_lead_from_a_completion_to_their_rows(serve: Any) -> None:
    runtime_logging.start()
    wrapper = OpenAIWrapper(config_list=serve("hi").llm_config()["config_list"], cache_seed=None)
    wrapper.create(messages=[{"role": "user", "content": "hi"}])
    runtime_logging.stop()
    joined = "chat_completions JOIN oai_clients USING (client_id) JOIN oai_wrappers ON oai_wrappers.wrapper_id = "
    assert rows(f"SELECT class FROM {joined} chat_completions.wrapper_id") == ["OpenAI"]


def test_each_failed_configuration_has_a_row_with_the_id_of_the_request(serve: Any) -> None:
    runtime_logging.start()
    entries = [serve(error(400, "no")).config(), serve("yes").config()]
    OpenAIWrapper(config_list=entries, cache_seed=None).create(messages=[{"role": "user", "content": "hi"}])
    runtime_logging.stop()
    (first, failure), (second, _) = rows("SELECT invocation_id, response FROM chat_completions")
    assert first == second
    assert json.loads(failure) == {"response": "error_code:None, config 0 failed"}


def test_the_hidden_agents_of_a_selection_are_logged(serve: Any) -> None:
    runtime_logging.start()
    ann, bob = agent("ann"), agent("bob")
    group = GroupChat([ann, bob], [], max_round=2)
    manager = GroupChatManager(group, llm_config=serve("bob").llm_config(), silent=True)
    ann.initiate_chat(manager, message="hi", silent=True)
    runtime_logging.stop()
    assert {"checking_agent", "speaker_selection_agent"} <= set(rows("SELECT name FROM agents"))
    assert rows("SELECT source_name FROM chat_completions") == ["speaker_selection_agent"]


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_no_key_reaches_a_log(kind: Any, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_API_KEY", "other-7f3a9c2e4b6d8f1a")
    server = serve("fine")
    entry = {**server.config(), "api_key": SECRET, "default_headers": {"X-Token": "tok-1234567890abcdef"}}
    runtime_logging.start(logger_type=kind)
    assistant = AssistantAgent("assistant", llm_config={"config_list": [entry], "cache_seed": None})
    agent("user").initiate_chat(assistant, message=f"My key is {SECRET}", max_turns=1, silent=True)
    runtime_logging.log_event("me", "leak", key=SECRET, other="other-7f3a9c2e4b6d8f1a", deep=[{"api_key": SECRET}])
    runtime_logging.stop()
    written = Path("logs.db" if kind == "sqlite" else "autogen_logs/runtime.log").read_bytes()
    assert b"My key is ***" in written
    for secret in (SECRET, "other-7f3a9c2e4b6d8f1a", "tok-1234567890abcdef"):
        assert secret.encode() not in written


def test_live_objects_in_a_configuration_are_named_and_not_taken_apart() -> None:
    class Client:
        def __init__(self) -> None:
            self.inside = "deep"

    runtime_logging.start()
    runtime_logging.log_new_agent(agent("ann"), {"client": Client(), "count": 1})
    runtime_logging.stop()
    (init_args,) = rows("SELECT init_args FROM agents WHERE name = 'ann'")
    assert "Client object at" in init_args
    assert "deep" not in init_args


@both_ways
def test_a_nested_chat_is_logged_where_0_2_has_it(way: str) -> None:
    runtime_logging.start()
    user, outer, inner = agent("user"), agent("outer"), agent("inner")
    queue = [{"recipient": inner, "chat_id": 1, "max_turns": 1, "silent": True}]
    outer.register_nested_chats(queue, trigger=user, use_async=way == "async")
    chat(way, user, outer, max_turns=1)
    runtime_logging.stop()
    states = map(json.loads, rows("SELECT json_state FROM events WHERE event_name = 'reply_func_executed'"))
    nested = [one for one in states if "nested" in one["reply_func_name"]]
    assert [(one["reply_func_module"], one["reply"]) for one in nested] == [
        ("autogen.agentchat.conversable_agent", "I am inner")
    ]


def test_a_subclass_is_logged_by_its_name_with_the_arguments_of_our_class() -> None:
    class Poet(AssistantAgent):
        def __init__(self, verses: int) -> None:
            super().__init__("poet", system_message="Write.", llm_config=False)

    runtime_logging.start()
    Poet(3)
    runtime_logging.stop()
    ((class_name, init_args),) = rows("SELECT class, init_args FROM agents")
    assert class_name == "Poet"
    assert json.loads(init_args)["system_message"] == "Write."
    assert "kwargs" in json.loads(init_args)


@pytest.mark.parametrize(
    ("module", "name", "base"),
    [
        ("text_analyzer_agent", "TextAnalyzerAgent", ConversableAgent),
        ("multimodal_conversable_agent", "MultimodalConversableAgent", ConversableAgent),
        ("retrieve_assistant_agent", "RetrieveAssistantAgent", AssistantAgent),
        ("math_user_proxy_agent", "MathUserProxyAgent", UserProxyAgent),
    ],
)
def test_a_contrib_agent_has_one_row_with_the_arguments_that_0_2_logs(module: str, name: str, base: type) -> None:
    kind = getattr(importlib.import_module(f"autogen_classic.agentchat.contrib.{module}"), name)
    settings: dict[str, Any] = {} if base is UserProxyAgent else {"llm_config": False}
    runtime_logging.start()
    agents = kind("somebody", **settings), base("nobody", **settings)
    runtime_logging.stop()
    found = rows("SELECT name, class, init_args FROM agents")
    assert [(logged, class_name) for logged, class_name, _ in found] == [("somebody", name), ("nobody", base.__name__)]
    assert json.loads(found[0][2]).keys() == json.loads(found[1][2]).keys()
    assert "name" in json.loads(found[0][2])
    del agents  # they lived until here, so that their ids differ


# --- own loggers -----------------------------------------------------------------------------------------------------


class OwnLogger(BaseLogger):
    """A logger as tracing libraries write them: its own words for the arguments, patches on the agents it meets."""

    def __init__(self, fails: bool = False) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.fails = fails

    def _note(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.calls.append((method, args, kwargs))
        if self.fails:
            raise RuntimeError("the logger is broken")

    def start(self) -> str:
        return "own session"

    def log_new_agent(self, agent: Any, init_args: dict[str, Any]) -> None:
        self._note("agent", (agent, init_args), {})

    def log_new_wrapper(self, wrapper: Any, init_args: dict[str, Any]) -> None:
        self._note("wrapper", (wrapper, init_args), {})

    def log_new_client(self, client: Any, wrapper: Any, init_args: dict[str, Any]) -> None:
        self._note("client", (client, wrapper, init_args), {})

    def log_chat_completion(self, *args: Any) -> None:
        self._note("completion", args, {})

    def log_event(self, source: Any, name: str, **kwargs: Any) -> None:
        self._note(name, (source,), kwargs)

    def log_function_use(self, who: Any, what: Any, given: Any, came: Any) -> None:  # type: ignore[override]
        self._note("function", (who, what, given, came), {})

    def stop(self) -> None:
        self._note("stop", (), {})

    def get_connection(self) -> None:
        return None


def test_a_logger_of_the_program_is_called_with_the_live_objects(serve: Any) -> None:
    own = OwnLogger()
    assert runtime_logging.start(logger=own) == "own session"
    assistant = AssistantAgent("assistant", llm_config=serve("fine").llm_config())
    agent("user").initiate_chat(assistant, message="hi", max_turns=1, silent=True)
    runtime_logging.stop()

    completion = next(args for method, args, _ in own.calls if method == "completion")
    invocation, client, wrapper, source, request, response, is_cached, cost, started = completion
    assert isinstance(invocation, uuid.UUID)
    assert source is assistant
    assert wrapper == id(assistant.client)
    assert request["messages"][-1]["content"] == "hi"
    assert response.choices[0].message.content == "fine"
    assert (is_cached, type(cost), len(started)) == (0, float, 26)
    assert client in [id(args[0]) for method, args, _ in own.calls if method == "client"]
    kwargs = next(kwargs for method, _, kwargs in own.calls if method == "received_message")
    assert kwargs == {"message": "hi", "sender": "user", "valid": True}
    assert own.calls[-1][0] == "stop"


def test_a_logger_may_wrap_the_functions_that_agents_register(serve: Any) -> None:
    ran: list[str] = []

    class Wrapping(OwnLogger):
        def log_new_agent(self, agent: Any, init_args: dict[str, Any]) -> None:
            def register_function(function_map: dict[str, Any]) -> None:
                type(agent).register_function(agent, function_map)
                for name, function in function_map.items():
                    agent._function_map[name] = functools.partial(run, function)

            def run(function: Any, **arguments: Any) -> Any:
                ran.append(function.__name__)
                return function(**arguments)

            agent.register_function = register_function

    own = Wrapping()
    runtime_logging.start(logger=own)
    assistant = AssistantAgent("assistant", llm_config=serve(tool_call("add", a=1, b=2), "Three.").llm_config())
    user = agent("user")

    def add(a: int, b: int) -> int:
        return a + b

    register_function(add, caller=assistant, executor=user, description="Add.")
    assert user.initiate_chat(assistant, message="1 + 2?", max_turns=2, silent=True).summary == "Three."
    assert ran == ["add"]
    assert [args[1:] for method, args, _ in own.calls if method == "function"] == [(add, {"a": 1, "b": 2}, 3)]


def test_a_logger_that_fails_ends_no_chat_and_is_reported_once_for_each_kind(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    runtime_logging.start(logger=OwnLogger(fails=True))
    assistant = AssistantAgent("assistant", llm_config=serve("one", "two").llm_config())
    result = agent("user").initiate_chat(assistant, message="hi", max_turns=2, silent=True)
    assert result.summary == "two"
    reports = [record.getMessage() for record in caplog.records if "failed to log" in record.getMessage()]
    assert sum("ModelAnswered" in report for report in reports) == 1
    assert len(reports) == len(set(reports))
    runtime_logging.log_event("me", "broken")
    runtime_logging.stop()
    assert "log_event: the logger raised an error" in caplog.text


# --- start and stop --------------------------------------------------------------------------------------------------


def test_nothing_is_logged_before_start_and_after_stop(caplog: pytest.LogCaptureFixture) -> None:
    agent("before")
    runtime_logging.start()
    agent("during")
    assert runtime_logging.logging_enabled()
    runtime_logging.stop()
    assert not runtime_logging.logging_enabled()
    agent("after")
    assert rows("SELECT name FROM agents") == ["during"]
    assert not caplog.records
    runtime_logging.log_event("me", "late")
    assert "has been stopped; this is not logged" in caplog.text


def test_a_second_start_ends_the_first_session() -> None:
    first = runtime_logging.start(config={"dbname": "first.db"})
    second = runtime_logging.start(config={"dbname": "second.db"})
    agent("ann")
    runtime_logging.stop()
    assert first != second
    assert rows("SELECT name FROM agents", "first.db") == []
    assert rows("SELECT name, session_id FROM agents", "second.db") == [("ann", second)]


def test_two_sessions_share_a_database_and_are_told_apart() -> None:
    sessions = []
    for _ in range(2):
        sessions.append(runtime_logging.start())
        agent("ann")
        runtime_logging.stop()
    assert rows("SELECT session_id FROM agents ORDER BY id") == sessions


def test_the_functions_say_so_when_there_is_no_logger() -> None:
    program = """
from autogen_classic import runtime_logging
runtime_logging.stop()
print(runtime_logging.logging_enabled(), runtime_logging.get_connection())
runtime_logging.log_event("me", "early")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "None"]
    assert "[runtime logging] log_event: autogen logger is None" in done.stderr


@pytest.mark.parametrize(
    ("kind", "config", "error", "says"),
    [
        ("sheet", None, ValueError, "Unknown logger type: sheet. It must be one of sqlite, file"),
        ("sqlite", "logs.db", TypeError, "must be a dict such as {'dbname': 'logs.db'}, but it is 'logs.db'"),
        ("sqlite", {"dbname": None}, TypeError, "dbname in the config of a SqliteLogger must be the path of a file"),
        ("sqlite", {"dbname": "missing/logs.db"}, OSError, "Name a file in a directory that exists"),
        ("file", ["runtime.log"], TypeError, "must be a dict such as {'filename': 'runtime.log'}"),
        ("file", {"filename": 5}, TypeError, "filename in the config of a FileLogger must be the path of a file"),
        ("file", {"filename": "missing/run.log"}, FileNotFoundError, "Name a file in a directory that exists"),
    ],
)
def test_a_wrong_config_is_refused_at_the_start(kind: Any, config: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        runtime_logging.start(logger_type=kind, config=config)
    assert says in str(caught.value)
    assert not runtime_logging.logging_enabled()


def test_a_file_that_is_not_a_database_is_refused_and_stays_as_it_is() -> None:
    Path("logs.db").write_text("Dear diary, " * 200, encoding="utf-8")
    with pytest.raises(OSError, match="file is not a database"):
        runtime_logging.start()
    assert Path("logs.db").read_text(encoding="utf-8").startswith("Dear diary")


def test_the_factory_knows_both_kinds() -> None:
    assert isinstance(LoggerFactory.get_logger(), SqliteLogger)
    assert isinstance(LoggerFactory.get_logger("file", {"filename": "x.log"}), FileLogger)


def test_the_connection_answers_queries_while_logging_goes_on() -> None:
    runtime_logging.start()
    agent("ann")
    connection = runtime_logging.get_connection()
    assert connection is not None
    assert connection.execute("SELECT name FROM agents").fetchall() == [("ann",)]
    agent("bob")
    assert connection.execute("SELECT count(*) FROM agents").fetchone() == (2,)


# --- faults ----------------------------------------------------------------------------------------------------------


def talk(opener: str = "ann", partner: str = "bob") -> None:
    agent(opener).initiate_chat(agent(partner), message="hi", max_turns=1, silent=True)


def test_rows_wait_for_a_locked_database(caplog: pytest.LogCaptureFixture) -> None:
    runtime_logging.start()
    other = sqlite3.connect("logs.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    talk()
    other.execute("COMMIT")
    other.close()
    runtime_logging.stop()
    assert sorted(rows("SELECT name FROM agents")) == ["ann", "bob"]
    assert rows("SELECT count(*) FROM events WHERE event_name = 'received_message'") == [2]
    assert [record.getMessage() for record in caplog.records] == [
        "Nothing can be written to logs.db now (OperationalError: database is locked). The chats go on; up to 10000 "
        "rows wait in memory."
    ]


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_a_log_that_was_deleted_is_made_anew(kind: Any) -> None:
    path = Path("logs.db" if kind == "sqlite" else "autogen_logs/runtime.log")
    runtime_logging.start(logger_type=kind)
    talk()
    path.unlink()
    talk("carl", "dora")
    runtime_logging.stop()
    names = (
        rows("SELECT name FROM agents") if kind == "sqlite" else [one["agent_name"] for one in lines() if "id" in one]
    )
    assert sorted(names) == ["carl", "dora"]


def test_a_full_disk_ends_no_chat_and_loses_nothing_when_there_is_room_again(caplog: pytest.LogCaptureFixture) -> None:
    runtime_logging.start()
    connection = runtime_logging.get_connection()
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(20):
        runtime_logging.log_event("me", "big", text="x" * 1000)
    connection.execute("PRAGMA max_page_count = 100000")
    runtime_logging.log_event("me", "last")
    runtime_logging.stop()
    assert "database or disk is full" in caplog.text
    assert rows("SELECT count(*) FROM events") == [21]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_no_chat_that_is_logged_to_a_file(caplog: pytest.LogCaptureFixture) -> None:
    runtime_logging.start(logger_type="file", config={"filename": "/dev/full"})
    talk()
    runtime_logging.stop()
    assert "No space left on device" in caplog.text
    assert "rows could not be written to /dev/full and are lost" in caplog.text


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_a_log_is_whole_up_to_the_moment_when_the_process_was_killed(kind: str) -> None:
    program = f"""
import os, signal
from autogen_classic import ConversableAgent, runtime_logging
runtime_logging.start(logger_type={kind!r})
ann, bob = (ConversableAgent(name, llm_config=False, human_input_mode="NEVER") for name in ("ann", "bob"))
def stop(recipient, messages, sender, config):
    os.kill(os.getpid(), signal.SIGKILL)
bob.register_reply(lambda sender: True, stop)
ann.initiate_chat(bob, message="last words", silent=True)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode < 0
    if kind == "sqlite":
        assert rows("PRAGMA integrity_check") == ["ok"]
        states = rows("SELECT json_state FROM events")
    else:
        states = [one["json_state"] for one in lines() if one.get("event_name")]
    assert [json.loads(state)["message"] for state in states] == ["last words"]


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_several_threads_write_one_log(kind: Any) -> None:
    runtime_logging.start(logger_type=kind)
    threads = [threading.Thread(target=talk, args=(f"ann{n}", f"bob{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runtime_logging.stop()
    names = (
        rows("SELECT name FROM agents") if kind == "sqlite" else [one["agent_name"] for one in lines() if "id" in one]
    )
    assert len(set(names)) == 16


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_several_processes_write_one_log(kind: str) -> None:
    program = f"""
from autogen_classic import runtime_logging
runtime_logging.start(logger_type={kind!r})
for number in range(50):
    runtime_logging.log_event("me", "step", number=number)
runtime_logging.stop()
"""
    running = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate()[1] for process in running] == 3 * [b""]
    count = rows("SELECT count(*) FROM events")[0] if kind == "sqlite" else len(lines())
    assert count == 150


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_a_forked_process_writes_to_the_same_log(kind: str) -> None:
    program = f"""
import os
from autogen_classic import runtime_logging
runtime_logging.start(logger_type={kind!r})
runtime_logging.log_event("parent", "before")
child = os.fork()
runtime_logging.log_event("child" if child == 0 else "parent", "after")
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
runtime_logging.stop()
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
    names = rows("SELECT source_name FROM events") if kind == "sqlite" else [one["source_name"] for one in lines()]
    assert sorted(names) == ["child", "parent", "parent"]


def test_an_agent_whose_id_comes_again_does_not_take_the_row_of_the_one_before() -> None:
    runtime_logging.start()
    for number in range(50):
        agent(f"agent{number}")  # freed at once, so that the next one is likely to be where it was
    runtime_logging.stop()
    assert rows("SELECT name FROM agents ORDER BY id") == [f"agent{number}" for number in range(50)]


@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_texts_that_no_file_can_hold_do_not_hold_up_the_rows_that_follow(
    kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A name with half a surrogate pair, say, which SQLite refuses."""
    runtime_logging.start(logger_type=kind)
    agent("a\ud800n", default_auto_reply="\udfff").send("half \ud800", agent("bob"), request_reply=False, silent=True)
    runtime_logging.stop()
    assert caplog.records == []
    if kind == "file":
        assert [line["agent_name"] for line in lines() if "agent_name" in line] == ["a\ud800n", "bob"]
    else:
        assert rows("SELECT name FROM agents") == ["a?n", "bob"]
        assert "half" in rows("SELECT json_state FROM events WHERE event_name = 'received_message'")[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are those of POSIX")
def test_a_pipe_that_nobody_reads_is_refused_and_not_waited_for() -> None:
    Path("autogen_logs").mkdir()
    os.mkfifo("autogen_logs/run.log")
    with pytest.raises(OSError, match="The log file cannot be written"):
        runtime_logging.start(logger_type="file", config={"filename": "run.log"})


def test_what_json_cannot_hold_is_named(caplog: pytest.LogCaptureFixture) -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle
    runtime_logging.start()
    runtime_logging.log_event("me", "odd", thing=object(), circle=circle, keys={(1, 2): "pair"}, surrogate="\ud800")
    runtime_logging.stop()
    (state,) = rows("SELECT json_state FROM events")
    assert "object" in json.loads(state)["thing"]
    assert not caplog.records


def test_loggers_keep_quiet_while_all_is_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="autogen")
    runtime_logging.start()
    talk()
    runtime_logging.stop()
    assert not [record for record in caplog.records if record.name.startswith("autogen.logger")]


@both_ways
@pytest.mark.parametrize("kind", ["sqlite", "file"])
def test_a_clock_that_goes_backwards_changes_the_times_only(
    kind: Any, way: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = itertools.count()

    def earlier() -> float:
        return 1_800_000_000 - 3600.0 * next(hours)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return cls.fromtimestamp(earlier(), tz)

    monkeypatch.setattr("autogen_classic._core.stream.time", earlier)
    monkeypatch.setattr("autogen_classic.logger.logger_utils.datetime", Clock)
    runtime_logging.start(logger_type=kind)
    assistant = AssistantAgent("assistant", llm_config=serve("one", "two").llm_config())
    heard: list[Any] = []
    with events.listening(heard.append):
        result = chat(way, agent("user"), assistant, max_turns=2)
    runtime_logging.stop()
    assert result.summary == "two"
    numbers = [event.sequence for event in heard if event.chat is not None]
    assert numbers == sorted(set(numbers))
    assert all(event.seconds >= 0 for event in heard if isinstance(event, (events.ModelAnswered, events.ChatEnded)))
    logged = (
        rows("SELECT json_state, timestamp FROM events WHERE event_name = 'received_message' ORDER BY id")
        if kind == "sqlite"
        else [(one["json_state"], one["timestamp"]) for one in lines() if one.get("event_name") == "received_message"]
    )
    assert [json.loads(state)["message"] for state, _ in logged] == ["hi", "one", "I am user", "two"]
    times = [written for _, written in logged]
    assert times == sorted(times, reverse=True)
