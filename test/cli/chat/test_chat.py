"""``autogen-classic chat`` as people use it: in a terminal, in a pipe, after a crash."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autogen_classic.cli import main
from autogen_classic.testing import MockOpenAIServer, error, hang, pieces

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
if sys.platform != "win32":
    from terminal_kit import TerminalProgram

CHAT = (sys.executable, "-m", "autogen_classic", "chat")
TEAM = "model: gpt-4o-mini\nspeakers: round_robin\nmax_rounds: 2\nagents:\n  - name: ann\n  - name: bob\n"
PROGRAM = "Let us see.\n```python\nprint(6 * 7)\n```"


class Place:
    """A server in place of the model, and a home and a folder of one's own."""

    def __init__(self, folder: Path, server: MockOpenAIServer) -> None:
        self.folder = folder
        self.server = server
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ},
            "HOME": str(folder),
            "OPENAI_API_KEY": "sk-of-the-student",
            "OPENAI_BASE_URL": server.base_url,
            "TERM": "xterm-256color",
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def in_terminal(self, *arguments: str, columns: int = 80, **environment: str) -> TerminalProgram:
        os.chdir(self.folder)
        return TerminalProgram([*CHAT, *arguments], {**self.environment, **environment}, columns)

    def piped(self, typed: bytes, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*CHAT, *arguments],
            input=typed,
            capture_output=True,
            cwd=self.folder,
            env={**self.environment, **environment},
            timeout=120,
        )

    def told(self, number: int = -1) -> list[str]:
        """The texts of a request, without the system message."""
        return [str(message["content"]) for message in self.server.requests[number].messages[1:]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.chdir(tmp_path)
    with MockOpenAIServer() as server:
        yield Place(tmp_path, server)


# --- in a terminal


def test_a_conversation_in_a_terminal_goes_on_after_ctrl_c_and_in_the_next_program(place: Place) -> None:
    place.server.add(pieces("I am ", "\x1b[31mred\x07."), "Three lines.", pieces(*["one "] * 200, pause=0.3), "Yes.")
    with place.in_terminal() as terminal:
        terminal.wait_for_prompt()
        terminal.type("hello\r")
        terminal.wait_for(r"assistant: I am \x1b[31mred\x07.")
        terminal.wait_for_prompt()
        terminal.wait_for(" tokens, $0.0000 - gpt-4o-mini")
        terminal.type("a\x1b\rb\\\rc\r")  # Alt-Enter, and a backslash before Enter
        terminal.wait_for("Three lines.")
        terminal.wait_for_prompt()
        terminal.type("\x1b[A\x1b[A\x1b[A\x1b[A\r")  # what was typed first
        terminal.wait_for("assistant: one")
        terminal.interrupt()
        terminal.wait_for("Stopped. What was said so far stays.")
        terminal.wait_for_prompt()
        terminal.type("\x03")
        terminal.wait_for("Ctrl-D or /exit leaves.")
        terminal.wait_for_prompt()
        terminal.type("/statux\r")
        terminal.wait_for("There is no command /statux. Did you mean /status?")
        terminal.wait_for_prompt()
        terminal.type("\x04")
        assert terminal.wait_for_end() == 0
        assert "autogen-classic chat --resume" in terminal.text
        assert b"\x1b[31mred" not in terminal.raw
        assert b"\x07" not in terminal.raw
    assert place.told(1) == ["hello", "I am \x1b[31mred\x07.", "a\nb\nc"]

    assert b"Yes." in place.piped(b"and now?", "--resume").stdout
    *before, stopped, now = place.told()
    assert (before, now) == ([*place.told(1), "Three lines.", "hello"], "and now?")
    assert re.fullmatch("(one )+", stopped)


@pytest.mark.parametrize(
    ("columns", "environment"),
    [(20, {"NO_COLOR": "1"}), (80, {"TERM": "dumb"})],
    ids=["20 columns without colours", "a dumb terminal"],
)
def test_a_poor_terminal_will_do(place: Place, columns: int, environment: dict[str, str]) -> None:
    place.server.add("A fugue is a piece in which voices enter one after the other.")
    with place.in_terminal("--no-save", columns=columns, **environment) as terminal:
        terminal.wait_for_prompt()
        terminal.type("What is a fugue?\r")
        terminal.wait_for("A fugue is")
        terminal.wait_for_prompt()
        terminal.type("/exit\r")
        assert terminal.wait_for_end() == 0
        assert " tokens" in terminal.text
        assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", terminal.raw), "a colour"
        if "TERM" in environment:
            assert b"\x1b" not in terminal.raw
    assert not (place.folder / "state").exists()


@pytest.mark.parametrize("plain", [True, False])
def test_a_note_in_the_middle_of_an_answer_has_a_line_of_its_own(place: Place, plain: bool) -> None:
    script = f"""
from autogen_classic.cli._chat.terminal import Terminal
terminal = Terminal(str, None, plain={plain})
terminal.begin("ann")
terminal.note("before it")
terminal.piece("One ")
terminal.note("within it")
terminal.piece("two.")
terminal.end()
terminal.begin("bob")
terminal.end()
terminal.note("the end")
"""
    with TerminalProgram([sys.executable, "-c", script], place.environment, 80) as terminal:
        terminal.wait_for("the end")
        assert terminal.wait_for_end() == 0
    taken_back = re.sub(r"[^\n]*\r\x1b\[K", "", terminal.raw.decode().replace("\r\n", "\n"))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", taken_back).split()
    assert " ".join(lines) == "before it ann: One within it ann: two. the end"
    assert "One \n" in re.sub(r"\x1b\[[0-9;]*m", "", taken_back)


def test_code_runs_after_the_person_has_said_yes(place: Place) -> None:
    place.server.add(PROGRAM, PROGRAM, "It is 42.", "Well.")
    with place.in_terminal("--code", "ask") as terminal:
        terminal.wait_for_prompt()
        terminal.type("What is 6 * 7?\r")
        terminal.wait_for("[y/N]")
        terminal.type("n\r")
        terminal.wait_for("The person did not let the code run.")
        terminal.wait_for_prompt("Run this code on your machine? [y/N]")
        terminal.type("y\r")
        terminal.wait_for("| 42")
        terminal.wait_for("coder: It is 42.")
        terminal.wait_for_prompt()
        terminal.type("\x04")
        assert terminal.wait_for_end() == 0


# --- after a crash


def test_a_killed_conversation_goes_on_without_paying_twice(place: Place) -> None:
    (place.folder / "team.yaml").write_text(TEAM, encoding="utf-8")
    bob_is_asked = threading.Event()

    def never(_: object) -> object:
        bob_is_asked.set()
        return hang()

    place.server.add("I am Ann.", never)
    with place.in_terminal("team.yaml", "--save", "talk") as terminal:
        terminal.wait_for_prompt()
        terminal.type("Who are you?\r")
        assert bob_is_asked.wait(60)
        terminal.process.send_signal(signal.SIGKILL)
        terminal.wait_for_end()
    place.server.default = "I am Bob."
    run = place.piped(b"", "--resume", "talk")
    assert run.stdout.decode() == "ann: I am Ann.\nbob: I am Bob.\n"
    assert b"is taken up again: Who are you?" in run.stderr
    assert [request.messages[0]["content"] for request in place.server.requests] == [
        "You are ann in a group.",
        *["You are bob in a group."] * 2,
    ]
    assert place.piped(b"more", "--resume", "talk").returncode == 0
    assert place.told() == ["Who are you?", "I am Ann.", "I am Bob.", "more", "I am Bob."]


def test_the_journal_of_another_team_is_set_aside(place: Place) -> None:
    for names in (("ann", "bob"), ("cat", "dan")):
        team = TEAM.replace("ann", names[0]).replace("bob", names[1])
        (place.folder / f"{names[0]}.yaml").write_text(team, encoding="utf-8")
        place.server.add("First.", "Second.")
        assert place.piped(b"hello\n", f"{names[0]}.yaml", "--save", names[0]).returncode == 0
    shutil.copy("cat/exchanges/0001.jsonl", "ann/exchanges/0002.jsonl")
    place.server.add("Third.", "Fourth.")
    run = place.piped(b"and now?\n", "--resume", "ann")
    assert run.stdout.decode() == "ann: Third.\nbob: Fourth.\n"
    told = " ".join(run.stderr.decode().split())
    assert f"belongs to another team, with cat, dan, and is not taken up. It is in {Path.cwd()}/ann/exchanges" in told
    assert Path("ann/exchanges/0002.cut.jsonl").read_bytes() == Path("cat/exchanges/0001.jsonl").read_bytes()
    assert place.told() == ["hello", "First.", "Second.", "and now?", "Third."]


# --- in a pipe


def test_a_pipe_gets_plain_lines(place: Place) -> None:
    place.server.add("caf\u00e9 \u201cx\u201d \u2014 \U0001f600\x1b]0;title\x07", "Second.")
    run = place.piped("caf\u00e9\nline one\\\nline two\n".encode())
    assert (
        run.stdout.decode()
        == "assistant: caf\u00e9 \u201cx\u201d \u2014 \U0001f600\\x1b]0;title\\x07\nassistant: Second.\n"
    )
    assert run.stderr.decode().endswith(" tokens, $0.0000. To go on: autogen-classic chat --resume\n")
    assert run.returncode == 0
    assert place.told()[-1] == "line one\nline two"


def test_a_terminal_without_utf_8_shows_what_it_can(place: Place) -> None:
    place.server.add("caf\u00e9 \u201cx\u201d \u2014 y\u2026")
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    run = place.piped("caf\u00e9\xff\n".encode("utf-8"), **ascii_only)
    assert run.stdout == b'assistant: caf? "x" - y...\n'
    assert place.told() == ["caf\u00e9\xff"]


def test_what_goes_wrong_is_told_and_was_never_said(place: Place) -> None:
    place.server.add(error(401, "Wrong key: sk-of-the-student"), "Fine.")
    run = place.piped(b"one\ntwo\n")
    assert run.stdout.decode().splitlines() == ["assistant: Fine."]
    assert "AuthenticationError" in run.stderr.decode()
    assert "sk-of-the-student" not in run.stderr.decode()
    assert run.returncode == 1
    assert place.told() == ["two"]


def test_code_does_not_run_where_nobody_can_allow_it(place: Place) -> None:
    place.server.add(PROGRAM, "Then I cannot tell.")
    run = place.piped(b"What is 6 * 7?", "--code", "ask")
    assert b"The code was not run: nobody is there to allow it." in run.stdout
    assert b"| 42" not in run.stdout


# --- files and options


def test_a_model_that_chooses_who_speaks_works_in_silence(place: Place) -> None:
    (place.folder / "team.yaml").write_text(TEAM.replace("round_robin", "auto") + "  - name: cid\n", encoding="utf-8")
    place.server.add("cid", "I am Cid. TERMINATE.")
    assert place.piped(b"Who?", "team.yaml").stdout.decode() == "cid: I am Cid. TERMINATE.\n"


def test_a_budget_ends_the_conversation(place: Place) -> None:
    (place.folder / "team.yaml").write_text("budget: 0.0000001\nagents:\n  - name: ann\n", encoding="utf-8")
    place.server.default = "Expensive."
    run = place.piped(b"one\ntwo\n", "team.yaml", "--no-save")
    assert "The budget of $1e-07 is used up." in run.stderr.decode()
    assert (run.returncode, len(place.server.requests)) == (1, 1)


def test_a_budget_that_cannot_stop_anything_says_so_until_a_price_is_given(place: Place) -> None:
    team = "budget: 1\nmodel: {model: unheard-of%s}\nagents:\n  - name: ann\n"
    place.server.default = "Hi."
    (place.folder / "team.yaml").write_text(team % "", encoding="utf-8")
    told = place.piped(b"one\ntwo\n", "team.yaml", "--no-save").stderr.decode()
    assert told.count("The budget cannot stop anything until the price of every model is known.") == 1
    (place.folder / "team.yaml").write_text(team % ", price: [1000, 1000]", encoding="utf-8")
    told = place.piped(b"one\ntwo\n", "team.yaml", "--no-save").stderr.decode()
    assert "until the price" not in told
    assert "The budget of $1 is used up." in told


def test_a_server_that_is_not_running_is_named(place: Place) -> None:
    address = place.server.base_url
    place.server.stop()
    team = f'agents:\n  - name: ann\n    model: {{model: m, base_url: "{address}"}}\n'
    (place.folder / "team.yaml").write_text(team, encoding="utf-8")
    run = place.piped(b"one\n/EXIT\n", "team.yaml", "--no-save")
    assert (run.returncode, run.stdout) == (1, b"")
    assert f"at {address}. The server cannot be reached" in run.stderr.decode()
    assert "whether the server runs." in run.stderr.decode()
    assert "There is no command" not in run.stderr.decode()


def test_a_key_does_not_go_to_a_server_that_a_file_names(place: Place) -> None:
    team = f'agents:\n  - name: ann\n    model: {{model: m, base_url: "{place.server.base_url}"}}\n'
    (place.folder / "team.yaml").write_text(team, encoding="utf-8")
    place.server.add("Hi.")
    assert place.piped(b"one", "team.yaml", "--no-save").returncode == 0
    assert "sk-of-the-student" not in json.dumps(dict(place.server.requests[0].headers))


@pytest.mark.parametrize("how", ["ask", "docker", "local"])
def test_code_does_not_run_in_a_group(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-student")
    Path("team.yaml").write_text(TEAM, encoding="utf-8")
    assert main(["chat", "team.yaml", "--no-save", "--code", how]) == 1
    assert f"`--code {how}` needs a team of one agent, but this one has 2." in capsys.readouterr().err


def test_init_writes_a_team_and_never_over_another(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--init"]) == 0
    assert "autogen-classic chat team.yaml" in capsys.readouterr().out
    Path("team.yaml").write_text("mine", encoding="utf-8")
    assert main(["chat", "--init"]) == 1
    assert "team.yaml exists, and is left as it is" in capsys.readouterr().err
    assert Path("team.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.yaml"], "There is no file missing.yaml."),
        (["--resume", "nowhere"], "nowhere holds no conversation"),
        (["--resume"], "There is no conversation to go on with"),
        (["--resume", "nowhere", "team.yaml"], "has its team already"),
        (["--save", "full"], "full is not empty. Name a new folder."),
        (["--save", "full/file"], "full/file is a file. Name a new folder."),
    ],
)
def test_a_wrong_argument_gets_a_word(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(place.folder / "state"))
    Path("full").mkdir()
    Path("full", "file").touch()
    assert main(["chat", *arguments]) == 1
    assert told in capsys.readouterr().err


def test_a_conversation_is_saved_in_an_empty_folder_and_not_in_a_full_one(place: Place) -> None:
    Path("empty").mkdir()
    Path("full").mkdir()
    Path("full", "file").touch()
    run = place.piped(b"/save full\n/save empty\n", "--no-save")
    assert b"full is not empty. Name a new folder." in run.stderr
    assert Path("empty", "conversation.json").is_file()
    assert [file.name for file in Path("full").iterdir()] == ["file"]


def test_without_a_model_the_ways_to_get_one_are_named(place: Place) -> None:
    del place.environment["OPENAI_API_KEY"]
    code = "import sys; sys.modules['xllamacpp'] = None\nfrom autogen_classic.cli import main; sys.exit(main(['chat']))"
    run = subprocess.run([sys.executable, "-c", code], env=place.environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert "Set OPENAI_API_KEY, write an OAI_CONFIG_LIST, or install the small model" in run.stderr


@pytest.mark.parametrize("package", ["prompt_toolkit", "rich", "yaml"])
def test_a_missing_package_is_named_with_its_extra(place: Place, package: str) -> None:
    (place.folder / "team.yaml").write_text(TEAM, encoding="utf-8")
    code = f"import sys; sys.modules[{package!r}] = None\nfrom autogen_classic.cli import main\n"
    code += "sys.exit(main(['chat', 'team.yaml']))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=place.folder, env=place.environment, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert 'pip install "autogen-classic[chat]"' in run.stderr
    assert "Traceback" not in run.stderr
