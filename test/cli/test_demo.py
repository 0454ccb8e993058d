"""The demonstration: replayed, live on the local model, and on a model with a key."""

from __future__ import annotations

import importlib.util
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from autogen_classic import cli
from autogen_classic.cli import demo
from autogen_classic.oai._local.engine import LocalModelMissingError, find_weights
from autogen_classic.testing import MockOpenAIServer

ROOT = Path(__file__).parents[2]

needs_model = pytest.mark.skipif(
    find_weights() is None or importlib.util.find_spec("xllamacpp") is None,
    reason="the local model is not installed: autogen-classic local install",
)


def play(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "OAI_"))}
    command = [sys.executable, "-m", "autogen_classic", "demo", *arguments]
    settings = {**clean, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=folder, env=settings)


@needs_model
def test_both_conversations_run_without_a_key(tmp_path):
    done = play(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "execution failed" in done.stdout
    assert "Check: the code printed 172, and the answer says so." in done.stdout
    assert "EXECUTING FUNCTION add" in done.stdout
    assert "ran and returned" in done.stdout
    assert list(tmp_path.iterdir()) == []


@needs_model
def test_the_local_model_plays_the_chat_with_the_tool(tmp_path):
    done = play(tmp_path, "--model", "local")
    assert (done.returncode, "two_agents.py" in done.stdout, "ran and returned" in done.stdout) == (0, False, True)


def test_the_same_programs_run_on_a_model_with_a_key(tmp_path):
    said = runpy.run_path(str(ROOT / "scripts" / "record_demo.py"))
    call = {"tool_calls": [{"id": "c1", "function": {"name": "add", "arguments": '{"a": 123, "b": 456}'}}]}
    replies = [said["BROKEN"], said["REPAIRED"], said["ANSWER"], said["SUMMARY"]]
    with MockOpenAIServer([*replies, '{"first": 123, "second": 456}', call, "That makes 579."]) as server:
        entry = {"model": "gpt-test", "base_url": server.base_url, "api_key": "sk-test"}
        done = play(tmp_path, "--model", "gpt-test", OAI_CONFIG_LIST=json.dumps([entry]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Check: the code printed 172, and the answer says so." in done.stdout
    assert "Check: add(123, 456) ran and returned 579, and the answer says so." in done.stdout


def test_a_model_without_a_key_is_refused_with_what_to_do(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OAI_CONFIG_LIST"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main(["demo", "--model", "gpt-4o"]) == 1
    assert "set OPENAI_API_KEY" in capsys.readouterr().err


def test_a_list_of_configurations_that_is_no_json_is_refused_without_a_traceback(monkeypatch, capsys):
    monkeypatch.setenv("OAI_CONFIG_LIST", "[{")
    assert cli.main(["demo", "--model", "gpt-4o"]) == 1
    assert "Your OAI_CONFIG_LIST cannot be read. The environment variable" in capsys.readouterr().err


def test_a_model_that_is_not_listed_is_refused_with_those_that_are(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OAI_CONFIG_LIST", '[{"model": "gpt-x", "api_key": "sk-test"}]')
    assert cli.main(["demo", "--model", "gpt-4o"]) == 1
    assert "It has: gpt-x." in capsys.readouterr().err


def test_without_the_local_model_the_second_conversation_is_left_out(monkeypatch, capsys):
    def missing(name: str) -> None:
        raise LocalModelMissingError("Install it.")

    monkeypatch.setattr("autogen_classic.oai.local.model_file", missing)
    assert demo._local_tool_chat(required=False) == 0
    assert "left out. Install it." in capsys.readouterr().out


def test_a_local_model_that_was_asked_for_must_be_there(monkeypatch, capsys):
    def missing(name: str) -> None:
        raise LocalModelMissingError("Install it.")

    monkeypatch.setattr("autogen_classic.oai.local.model_file", missing)
    assert cli.main(["demo", "--model", "local"]) == 1
    assert "Install it." in capsys.readouterr().err


@pytest.mark.parametrize(
    "output",
    [
        'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    day = date()\n          ^^^^\n',
        'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    day = date()\n',
        "",
    ],
)
def test_errors_look_the_same_in_all_versions_of_python(output):
    error = "NameError: name 'date' is not defined"
    assert demo.without_tracebacks(f"{output}{error}. Did you forget to import 'date'?\n") == f"{error}\n"
