"""The table of commands, and the commands that are small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from agent_kit import agent

from autogen_classic import cli
from autogen_classic.cli import alias, demo, mock_server
from autogen_classic.compat import environment
from autogen_classic.replay import record
from autogen_classic.testing import ScriptedClient, server
from autogen_classic.version import RELEASE


def test_without_a_command_the_help_is_an_error(capsys):
    assert cli.main([]) == 2
    assert "usage: autogen-classic COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_the_help_lists_every_command(word, capsys):
    assert cli.main([word]) == 0
    text = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if f"\n  {name} " not in text] == []


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main([name, "--help"])
    assert f"usage: autogen-classic {name}" in capsys.readouterr().out


def test_a_misspelt_command_is_guessed(capsys):
    assert cli.main(["verison"]) == 2
    assert "Did you mean `version`?" in capsys.readouterr().err


def test_a_script_without_run_is_told_the_whole_command(capsys):
    assert cli.main(["agents.py"]) == 2
    assert "autogen-classic run agents.py" in capsys.readouterr().err


def test_the_version_names_the_release(capsys):
    assert cli.main(["--version"]) == 0
    assert f"autogen-classic {RELEASE}" in capsys.readouterr().out


def test_the_demo_gets_the_rest_of_the_line(monkeypatch):
    seen = []
    monkeypatch.setattr(demo, "main", lambda arguments: seen.append(list(arguments)) or 5)
    assert (cli.main(["demo", "--scripted"]), seen) == (5, [["--scripted"]])


def test_the_mock_server_gets_its_options(monkeypatch):
    seen = []
    monkeypatch.setattr(server, "run_mock_server", lambda *options: seen.append(options) or 0)
    assert cli.main(["mock-server", "--port", "0", "--replies", "r.json", "--token", "t"]) == 0
    assert seen == [("127.0.0.1", 0, "r.json", "t")]


def test_the_mock_server_explains_a_missing_file_of_replies(tmp_path, capsys):
    assert mock_server.main(["--port", "0", "--replies", str(tmp_path / "none.json")]) == 1
    assert "none.json" in capsys.readouterr().err


def test_the_mock_server_explains_a_port_in_use(monkeypatch, capsys):
    def taken(*options):
        raise OSError("address already in use")

    monkeypatch.setattr(server, "run_mock_server", taken)
    assert mock_server.main(["--port", "80"]) == 1
    assert "cannot listen on 127.0.0.1:80 (address already in use). Try --port 0." in capsys.readouterr().err


@pytest.mark.parametrize(("action", "function"), [("enable", "enable_alias"), ("disable", "disable_alias")])
def test_a_folder_that_cannot_be_written_is_explained(action, function, monkeypatch, capsys):
    def denied():
        raise PermissionError

    monkeypatch.setattr(environment, function, denied)
    assert alias.main([action]) == 1
    assert "no permission to change" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["log run.json", "replay lesson.ipynb"])
def test_a_terminal_that_knows_ascii_only_is_shown_what_it_can(command: str, tmp_path: Path) -> None:
    with record(tmp_path / "run.json"):
        agent("bert", llm_config=ScriptedClient(["Grüße"]).llm_config()).generate_reply(
            [{"role": "user", "content": "Hi."}]
        )
    chat = (
        'import autogen\nann = autogen.AssistantAgent("ann", llm_config={"config_list": [{"model": "gpt-4"}]})\n'
        'user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)\n'
        'user.initiate_chat(ann, message="Hi.", max_turns=1)'
    )
    said = f"user (to ann):\n\nHi.\n\n{'-' * 80}\nann (to user):\n\nGrüße\n\n{'-' * 80}\n"
    output = {"output_type": "stream", "name": "stdout", "text": said}
    cell = {"cell_type": "code", "source": chat, "outputs": [output]}
    (tmp_path / "lesson.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell]}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "autogen_classic", *command.split()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "Gr??e" in done.stdout) == (0, True), done.stderr
