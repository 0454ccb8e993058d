"""``autogen-classic serve``: what it offers, and what it says of what it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from autogen_classic import cli
from autogen_classic.cli._serve_sources import offers_of
from autogen_classic.compat import uninstall_as_autogen
from autogen_classic.serving import OpenAIServer
from autogen_classic.testing import MockOpenAIServer

AGENTS = """
import os

from autogen import ConversableAgent

config = {"model": "m", "base_url": os.environ.get("BASE_URL"), "api_key": "sk-mock"}
number = 3


def make_joker():
    return ConversableAgent("joker", llm_config={"config_list": [config], "cache_seed": None})


def fail():
    raise RuntimeError("no joke today")
"""

TEAM = """
model: {model: m, base_url: "BASE_URL"}
agents:
  - name: author
    description: Writes.
  - name: critic
speakers: round_robin
max_rounds: 2
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory, with agents; what is imported from it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "some_agents.py").write_text(AGENTS, encoding="utf-8")
    (tmp_path / "raises.py").write_text("x = 1\nraise KeyError('nothing')\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def f(:\n", encoding="utf-8")
    (tmp_path / "asks.yaml").write_text("agents: [{name: a}]\ncode: ask\n", encoding="utf-8")
    yield tmp_path
    for name in ("some_agents", "raises", "broken"):
        sys.modules.pop(name, None)
    uninstall_as_autogen()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.py:x"], "There is no file nowhere.py."),
        (["nowhere:x"], "There is no module 'nowhere'"),
        (["nowhere.yaml"], "There is no file nowhere.yaml."),
        (["some_agents.py"], "does not say what is to be served. Write FILE.py:ATTRIBUTE"),
        (["some_agents.py:make_jokr"], "has no attribute 'make_jokr'. It has: make_joker, fail."),
        (["some_agents:number"], "number: only an agent"),
        (["some_agents:fail"], "fail: the function that makes the agents has raised RuntimeError: no joke today"),
        (["raises.py:x"], "raises.py cannot be loaded. KeyError: 'nothing' ("),
        (["raises:x"], "raises cannot be loaded. KeyError: 'nothing' ("),
        (["broken.py:x"], "broken.py cannot be loaded. SyntaxError: "),
        (["asks.yaml"], "`code: ask` is for the terminal"),
        (["some_agents:make_joker", "some_agents.py:make_joker"], "Two of these are called 'make_joker'."),
        (["some_agents:make_joker", "--token", "short"], "A token has at least 8 characters"),
        (["some_agents:make_joker", "--port", "99999"], "cannot listen on 127.0.0.1:99999"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(
    folder: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", "openai", *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("autogen-classic serve: ")
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_port_that_is_in_use_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for protocol in (["openai"], ["mcp", "--http"]):
            assert cli.main(["serve", *protocol, "some_agents:make_joker", "--port", port]) == 1
            said = capsys.readouterr().err
            assert f"cannot listen on 127.0.0.1:{port}" in said
            assert "Try --port 0." in said


def test_an_address_of_another_machine_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "openai", "some_agents:make_joker", "--host", "192.0.2.1", "--port", "0"]) == 1
    assert "--host must be an address of this machine" in capsys.readouterr().err


@pytest.mark.parametrize(("package", "protocol"), [("uvicorn", "openai"), ("mcp.server.transport_security", "mcp")])
def test_a_missing_package_is_said_with_its_extra(folder: Path, package: str, protocol: str) -> None:
    program = f"""
import sys
sys.modules[{package!r}] = None
from autogen_classic.cli import main
sys.exit(main(["serve", {protocol!r}, "some_agents:make_joker"]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert 'pip install "autogen-classic[serve]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_command_line_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["http"], ["openai"], ["mcp", "x:y", "--answer", "first"]):
        with pytest.raises(SystemExit) as caught:
            cli.main(["serve", *arguments])
        assert caught.value.code == 2
    assert "usage: autogen-classic serve" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_conversations_that_cannot_be_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", "openai", "some_agents:make_joker", "--conversations", number])
    assert "it must be a number from 1 on" in capsys.readouterr().err


def test_a_team_is_served_under_the_name_of_its_file(folder: Path) -> None:
    with MockOpenAIServer() as model:
        Path("writers.yaml").write_text(TEAM.replace("BASE_URL", model.base_url), encoding="utf-8")
        model.add("A text.", "Good. TERMINATE")
        with OpenAIServer(offers_of(["writers.yaml"], None)) as server:
            assert server.names == ["writers"]
            with openai.OpenAI(base_url=server.base_url, api_key=server.token) as client:
                assert client.models.retrieve("writers").to_dict()["description"] == "author: Writes."
                answer = client.chat.completions.create(model="writers", messages=[{"role": "user", "content": "Go"}])
    assert answer.choices[0].message.content == "**author:** A text.\n\n**critic:** Good."


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_ctrl_c_or_a_termination_signal(folder: Path, ending: signal.Signals) -> None:
    with (
        MockOpenAIServer() as model,
        subprocess.Popen(
            [sys.executable, "-m", "autogen_classic", "serve", "openai", "ha=some_agents:make_joker", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "BASE_URL": model.base_url},
        ) as serving,
    ):
        assert serving.stdout is not None
        try:
            first, second = serving.stdout.readline(), serving.stdout.readline()
            assert first.startswith("Serving ha at http://127.0.0.1:")
            with openai.OpenAI(base_url=first.split()[3], api_key=second.split()[-1]) as client:
                answer = client.chat.completions.create(model="ha", messages=[{"role": "user", "content": "Hi"}])
            serving.send_signal(ending)
            out, err = serving.communicate(timeout=60)
        finally:
            serving.kill()
    assert answer.choices[0].message.content == "Hi"
    assert (serving.returncode, out) == (0, "")
    assert "Traceback" not in err
