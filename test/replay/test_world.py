"""Persons, tools, code, configuration lists; and keys, which stay outside."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import ConversableAgent, GroupChat, UserProxyAgent, config_list_from_json
from autogen_classic.coding import LocalCommandLineCodeExecutor
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.replay import ReplayMismatchError, paths, record, replay
from autogen_classic.testing import MockOpenAIServer, ScriptedPerson

ROOT = Path(__file__).resolve().parents[2]
Serve = Callable[..., MockOpenAIServer]
Config = Callable[..., dict[str, Any]]


def turns_of(name: str = "run.json") -> list[dict[str, Any]]:
    return list(json.loads(Path(name).read_text(encoding="utf-8"))["turns"])


def silent_agent(name: str, **settings: Any) -> ConversableAgent:
    return ConversableAgent(name, llm_config=False, human_input_mode="NEVER", **settings)


# --- persons


def test_a_person_that_a_program_puts_in_place_is_not_asked_again() -> None:
    def talk(person: Any) -> list[Any]:
        ann = ConversableAgent("ann", llm_config=False, human_input_mode="ALWAYS")
        ann.get_human_input = person  # type: ignore[method-assign]
        result = ann.initiate_chat(silent_agent("bob", default_auto_reply="yes"), message="hi")
        return list(result.chat_history)

    with record("run.json"):
        before = talk(ScriptedPerson(["go on", "exit"]))
    with replay("run.json"):
        assert talk(ScriptedPerson([])) == before
    assert [(turn["agent"], turn["answer"]) for turn in turns_of()] == [("ann", "go on"), ("ann", "exit")]


def test_on_a_terminal_the_answer_stands_where_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Ada\n"))
    with record("run.json"):
        silent_agent("ann").get_human_input("Name? ")
    capsys.readouterr()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with replay("run.json"):
        silent_agent("ann").get_human_input("Name? ")
    assert capsys.readouterr().out == "Name? Ada\n"


def test_the_first_message_may_come_from_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def talk() -> str:
        result = silent_agent("ann").initiate_chat(silent_agent("bob"), max_turns=1)
        return str(result.chat_history[0]["content"])

    monkeypatch.setattr(sys, "stdin", io.StringIO("typed\n"))
    with record("run.json"):
        assert talk() == "typed"
    with replay("run.json"):
        assert talk() == "typed"


def test_a_direct_call_and_the_choice_of_a_speaker_are_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask() -> tuple[str, Any]:
        agents: list[Any] = [silent_agent("ann"), silent_agent("bob")]
        chosen = GroupChat(agents, messages=[], speaker_selection_method="manual").manual_select_speaker(agents)
        return agents[0].get_human_input("Name? "), chosen.name if chosen else None

    monkeypatch.setattr(sys, "stdin", io.StringIO("2\nAda\n"))
    with record("run.json"):
        assert ask() == ("Ada", "bob")
    printed = capsys.readouterr().out
    with replay("run.json"):
        assert ask() == ("Ada", "bob")
    assert capsys.readouterr().out == printed


def test_what_a_person_raised_is_raised_again() -> None:
    ann = silent_agent("ann")
    ann.get_human_input = ScriptedPerson([EOFError("gone")])  # type: ignore[method-assign]
    with record("run.json"), pytest.raises(EOFError):
        ann.generate_init_message(None)
    with replay("run.json"), pytest.raises(EOFError, match="gone"):
        silent_agent("ann").generate_init_message(None)


def test_another_question_to_a_person_is_a_mismatch() -> None:
    agent = silent_agent("ann")
    agent.get_human_input = ScriptedPerson(["yes"])  # type: ignore[method-assign]
    with record("run.json"):
        agent.generate_init_message(None)
    with pytest.raises(ReplayMismatchError, match="asks its person"), replay("run.json"):
        silent_agent("bob").generate_init_message(None)


# --- tools


def call_tool(way: str, tool: Any) -> Any:
    agent = silent_agent("ann")
    agent.register_for_execution(name="tool")(tool)
    call = {"id": "1", "type": "function", "function": {"name": "tool", "arguments": '{"x": 2}'}}
    messages = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    if way == "sync":
        reply: Any = agent.generate_reply(messages)
    else:
        reply = asyncio.run(agent.a_generate_reply(messages))
    return reply["content"]


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_tool_runs_again_unless_its_results_were_recorded(way: str) -> None:
    ran = []

    def tool(x: int) -> str:
        ran.append(x)
        return f"{x} the {len(ran)}. time"

    with record("tools.json", tools=True):
        call_tool(way, tool)
    with replay("tools.json"):
        assert call_tool(way, tool) == "2 the 1. time"
    assert ran == [2]
    with record("plain.json"):
        assert call_tool(way, tool) == "2 the 2. time"
    with replay("plain.json"):
        assert call_tool(way, tool) == "2 the 3. time"


@pytest.mark.parametrize("way", ["sync", "async"])
def test_an_error_of_a_tool_is_told_in_the_same_words(way: str) -> None:
    def tool(x: int) -> str:
        raise LookupError(f"no {x}")

    with record("run.json", tools=True):
        before = call_tool(way, tool)
    with replay("run.json"):
        assert call_tool(way, lambda x: "other") == before
    assert "no 2" in before


def test_what_happens_within_a_recorded_tool_is_not_missed_in_a_replay(serve: Serve, config: Config) -> None:
    def tool_with(llm_config: dict[str, Any]) -> Any:
        question = {"role": "user", "content": "x"}
        return lambda x: OpenAIWrapper(**llm_config).create(messages=[question]).choices[0].message.content

    with record("run.json", tools=True):
        assert call_tool("sync", tool_with(config(serve("asked")))) == "asked"
    assert [(turn["kind"], turn["number"], turn.get("within")) for turn in turns_of()] == [
        ("tool", 1, None),
        ("model", 2, 1),
    ]
    with replay("run.json"):
        assert call_tool("sync", lambda x: "not run") == "asked"


# --- code


CODE = """```python
from pathlib import Path

Path("ran").write_text(Path("ran").read_text() + "x")
print("hi")
```"""


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("executor", [True, False])
def test_code_runs_again_unless_its_results_were_recorded(way: str, executor: bool, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    ran = work / "ran"
    ran.write_text("", encoding="utf-8")

    def run() -> Any:
        settings: dict[str, Any] = {"work_dir": str(work), "use_docker": False}
        if executor:
            settings = {"executor": LocalCommandLineCodeExecutor(work_dir=work)}
        agent = silent_agent("ann", code_execution_config=settings)
        messages = [{"role": "user", "content": CODE}]
        return agent.generate_reply(messages) if way == "sync" else asyncio.run(agent.a_generate_reply(messages))

    with record("run.json", code=True):
        before = run()
    assert "exitcode: 0" in before
    with replay("run.json"):
        assert run() == before
    assert ran.read_text(encoding="utf-8") == "x"
    assert turns_of()[0]["result"]["exit_code"] == 0


def test_the_output_of_code_that_runs_again_may_name_another_folder(
    serve: Serve, config: Config, tmp_path: Path
) -> None:
    def run(folder: str, llm_config: dict[str, Any]) -> list[Any]:
        (tmp_path / folder).mkdir()
        executor = LocalCommandLineCodeExecutor(work_dir=tmp_path / folder)
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config={"executor": executor})
        bob = ConversableAgent("bob", llm_config=llm_config, human_input_mode="NEVER")
        return list(bob.initiate_chat(user, message="```python\n1 / 0\n```", max_turns=2).chat_history)

    with record("run.json"):
        before = run("one", config(serve("I see.")))
    with pytest.raises(ReplayMismatchError, match="normalise"), replay("run.json"):
        run("two", config(None))
    with replay("run.json", normalise=paths):
        after = run("three", config(None))
    assert "ZeroDivisionError" in after[1]["content"]
    assert after[2] == before[2]


# --- configuration lists and keys


def test_a_replay_needs_no_configuration_list(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [{"model": "a", "api_key": "sk-planted-0123456789"}, {"model": "b", "api_type": "azure", "api_key": "x"}]
    monkeypatch.setenv("OAI_CONFIG_LIST", json.dumps(entries))
    with record("run.json"):
        config_list_from_json("OAI_CONFIG_LIST", filter_dict={"model": ["b"]})
    monkeypatch.delenv("OAI_CONFIG_LIST")
    with replay("run.json"):
        for _ in range(2):
            chosen = config_list_from_json("OAI_CONFIG_LIST", filter_dict={"model": ["b"]})
            assert chosen == [{"model": "b", "api_type": "azure"}]
            OpenAIWrapper(config_list=chosen)
        with pytest.raises(FileNotFoundError):
            config_list_from_json("ANOTHER_LIST")


PLANTED = [
    "sk-planted-in-the-configuration",
    "planted-in-a-header",
    "planted-in-an-extra-header",
    "planted-in-extra-query",
    "planted-in-the-body",
    "planted-in-the-address",
    "planted-in-the-environment",
    "planted-in-the-call",
]


def test_no_key_comes_into_a_recording_wherever_it_stands(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    key, header, extra, query, body, address, environment, call = (f"{text}-0123456789" for text in PLANTED)
    monkeypatch.setenv("SOME_SERVICE_TOKEN", environment)
    everything = " ".join((key, header, extra, query, body, address, environment, call))
    server = serve(f"You said {everything}", {"content": f"{everything}"})
    entry = {
        "model": "gpt-4o",
        "base_url": server.base_url.replace("http://", f"http://user:{address}@"),
        "api_key": key,
        "default_headers": {"X-Auth": header},
        "extra_headers": {"Authorization": f"Bearer {extra}"},
        "extra_query": {"token": query},
        "extra_body": {"metadata": {"password": body}},
    }
    agent = ConversableAgent("ann", llm_config={"config_list": [entry], "cache_seed": None}, human_input_mode="NEVER")
    agent.register_for_execution(name="tool")(lambda x: everything)
    with record("run.json", tools=True):
        agent.generate_reply([{"role": "user", "content": f"Keep {everything}"}])
        assert agent.client is not None
        with pytest.raises(TypeError, match="api_key"):
            agent.client.create(messages=[{"role": "user", "content": call}], api_key=call)
        agent.get_human_input = ScriptedPerson([everything])  # type: ignore[method-assign]
        agent.generate_init_message(None)
        agent.execute_function({"name": "tool", "arguments": json.dumps({"x": everything})})
    text = Path("run.json").read_text(encoding="utf-8")
    assert [secret for secret in PLANTED if secret in text] == []
    assert "127.0.0.1" not in text
    assert "***" in text


def test_placeholders_for_keys_are_words_that_a_text_may_hold(serve: Serve) -> None:
    entry = {"model": "m", "base_url": serve("I am ollama.").base_url, "api_key": "ollama"}
    with record("run.json"):
        OpenAIWrapper(config_list=[entry], cache_seed=None).create(messages=[{"role": "user", "content": "ollama?"}])
    with replay("run.json"):
        OpenAIWrapper(config_list=[{"model": "m"}], cache_seed=None).create(
            messages=[{"role": "user", "content": "ollama?"}]
        )


# --- processes


def program(text: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    Path("program.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, *arguments, "program.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


KILLED = """
import os, sys
from autogen_classic import OpenAIWrapper
from autogen_classic.replay import record
with record("run.json"):
    wrapper = OpenAIWrapper(model="m", base_url=sys.argv[1] if len(sys.argv) > 1 else os.environ["URL"], api_key="k",
                            cache_seed=None)
    for text in ("one", "two", "three"):
        wrapper.create(messages=[{"role": "user", "content": text}])
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_killed_process_leaves_all_of_its_turns(serve: Serve) -> None:
    server = serve("1", "2", "3")
    Path("run.json").write_text("an older file", encoding="utf-8")
    assert program(KILLED, URL=server.base_url).returncode == -9
    assert Path("run.json").read_text(encoding="utf-8") == "an older file"
    (partial,) = Path().glob("run.json.*.partial")
    with replay(partial):
        wrapper = OpenAIWrapper(model="m", cache_seed=None)
        answers = [
            wrapper.create(messages=[{"role": "user", "content": text}]).choices[0].message.content
            for text in ("one", "two", "three")
        ]
    assert answers == ["1", "2", "3"]


def test_a_run_that_fails_is_recorded_as_far_as_it_came(serve: Serve, config: Config) -> None:
    def run() -> None:
        with record("run.json"):
            OpenAIWrapper(**config(serve("1"))).create(messages=[{"role": "user", "content": "x"}])
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        run()
    assert len(turns_of()) == 1
    assert list(Path().glob("*.partial")) == []


def test_a_run_that_fails_before_its_first_turn_leaves_an_older_recording(serve: Serve, config: Config) -> None:
    Path("run.json").write_text("an older file", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), record("run.json"):
        _ = 1 / 0
    assert Path("run.json").read_text(encoding="utf-8") == "an older file"


# --- the command line and the fixture of pytest


TALK = """
import autogen, sys
config_list = autogen.config_list_from_json("OAI_CONFIG_LIST")
agent = autogen.AssistantAgent("agent", llm_config={"config_list": config_list, "cache_seed": None, "stream": True})
user = autogen.UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
result = user.initiate_chat(agent, message=sys.argv[1] if len(sys.argv) > 1 else "hi")
print(result.cost)
"""


def command(*arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    Path("talk.py").write_text(TALK, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "autogen_classic", "run", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_records_and_replays_an_old_program(serve: Serve) -> None:
    server = serve("one", "two")
    entries = json.dumps([{"model": "gpt-4o", "base_url": server.base_url, "api_key": "sk-planted-0123456789"}])
    recorded = command("--record", "run.json", "talk.py", typed="go on\nexit\n", OAI_CONFIG_LIST=entries)
    assert (recorded.returncode, recorded.stderr.strip()) == (0, "")
    replayed = command("--replay", "run.json", "talk.py")
    assert (replayed.returncode, replayed.stderr.strip()) == (0, "")
    assert replayed.stdout == recorded.stdout
    other = command("--replay", "run.json", "talk.py", "something else")
    assert other.returncode == 1
    assert "ReplayMismatchError" in other.stderr
    assert "never asked for" not in other.stderr


def test_the_command_says_what_is_wrong_with_a_recording() -> None:
    done = command("--replay", "missing.json", "talk.py")
    assert done.returncode == 1
    assert done.stderr.startswith("autogen-classic run: There is no recording missing.json")
    Path("empty.json").write_text(
        '{"schema": "autogen-classic/cassette/1", "recorded": {"code": false, "tools": false}, "turns": '
        '[{"kind": "person", "number": 1, "agent": "a", "prompt": "?", "answer": "x"}]}',
        encoding="utf-8",
    )
    Path("nothing.py").write_text("", encoding="utf-8")
    done = command("--replay", "empty.json", "nothing.py")
    assert (done.returncode, "never asked for" in done.stderr) == (1, True)
    assert command("--replay", "empty.json", "--unused", "ignore", "nothing.py").returncode == 0


FIXTURE = """
pytest_plugins = ["autogen_classic.testing.pytest_plugin"]
import os
from autogen_classic import OpenAIWrapper

def test_hello(cassette):
    place = {"base_url": os.environ["URL"], "api_key": "k"} if "URL" in os.environ else {}
    wrapper = OpenAIWrapper(model="m", cache_seed=None, **place)
    answer = wrapper.create(messages=[{"role": "user", "content": "x"}])
    assert answer.choices[0].message.content == "recorded"
    assert cassette.name == "test_hello.json"
"""


def test_the_fixture_records_once_and_replays_from_then_on(serve: Serve) -> None:
    Path("test_it.py").write_text(FIXTURE, encoding="utf-8")

    def run(**environment: str) -> int:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            "--rootdir=.",
            "test_it.py",
        ]
        return subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, timeout=60
        ).returncode

    assert run() == 1
    assert run(AUTOGEN_CLASSIC_RECORD="1", URL=serve("recorded").base_url) == 0
    assert Path("cassettes/test_it/test_hello.json").is_file()
    assert run() == 0
