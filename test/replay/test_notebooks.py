"""Notebooks with saved outputs hold their conversations again: those that other releases wrote, and damaged ones.

The notebooks in ``saved`` are ours; `record.py` ran them with AutoGen 0.2.40, AG2 0.7.6 and AG2 0.14.1.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.cli import main
from autogen_classic.errors import NotebookError
from autogen_classic.replay import replay
from autogen_classic.replay.notebooks import NotebookReport, replay_notebook

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAVED = sorted((HERE / "notebooks" / "saved").glob("*.ipynb"))

# Replays each notebook in a process of its own that was forked off a warm one.
REPLAY_ALL = """
import gc, os, sys
from pathlib import Path

import IPython.core.interactiveshell, IPython.core.completerlib, IPython.core.magics
import openai.types.chat, openai.types.responses
import autogen_classic.coding, autogen_classic.agentchat.contrib.society_of_mind_agent, autogen_classic.agentchat.group
import autogen_classic.agentchat.assistant_agent, autogen_classic.agentchat.groupchat
import autogen_classic.agentchat.user_proxy_agent, autogen_classic.coding.jupyter, autogen_classic.llm_config.entries
import autogen_classic.oai.client, autogen_classic.tools.dependency_injection
from autogen_classic.replay.notebooks import run_replay

gc.freeze()  # else each forked process copies what it inherits as soon as it looks for garbage
for file in map(Path, sys.argv[1:]):
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        report = run_replay(file, code="ag2" in file.name, tools="pattern" in file.name, cassette=None, write=None)
        file.with_suffix(".json").write_text(report.to_json())
        os._exit(0)
    os.waitpid(child, 0)
"""

CONFIG = 'import autogen\nllm_config = {"config_list": [{"model": "gpt-4", "api_key": "sk-0"}], "cache_seed": None}\n'
TWO_AGENTS = CONFIG + (
    'assistant = autogen.AssistantAgent("assistant", llm_config=llm_config)\n'
    'user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)\n'
)
ENDS_SOON = TWO_AGENTS.replace("execution_config=False", "execution_config=False, max_consecutive_auto_reply=0")
DASHES = "-" * 80


def said(sender: str, recipient: str, text: str) -> str:
    return f"\x1b[33m{sender}\x1b[0m (to {recipient}):\n\n{text}\n\n{DASHES}\n"


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def notebook(folder: Path, *cells: tuple[str, list[dict[str, Any]]], **top: Any) -> Path:
    made = [{"cell_type": "code", "source": source, "outputs": outputs} for source, outputs in cells]
    path = folder / "lesson.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": made, "metadata": {}, **top}), encoding="utf-8")
    return path


def test_what_other_releases_saved_is_held_again(tmp_path: Path) -> None:
    files = []
    for source in SAVED:
        files.append(tmp_path / source.name)
        files[-1].write_bytes(source.read_bytes())
    command = [sys.executable, "-c", REPLAY_ALL, *map(str, files)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert len(files) >= 72
    for file in files:
        report = NotebookReport.from_json(file.with_suffix(".json").read_text(encoding="utf-8"))
        assert report.turns >= 4
        assert report.departure is None, str(report)
        assert report.reproduced == report.turns


def test_markers_of_the_first_releases_are_read(tmp_path: Path) -> None:
    program = TWO_AGENTS.replace(
        "code_execution_config=False",
        'code_execution_config=False, function_map={"double": lambda n: str(2 * n)}, max_consecutive_auto_reply=1',
    )
    arguments = 'Arguments: \n{"n": 21}\n'
    shown = (
        said("user", "assistant", "Double 21.")
        + said("assistant", "user", f"***** Suggested function Call: double *****\n{arguments}{'*' * 41}")
        + "\n>>>>>>>> EXECUTING FUNCTION double...\n"
        + said("user", "assistant", f'***** Response from calling function "double" *****\n42\n{"*" * 51}')
        + said("assistant", "user", "It is 42.")
    )
    report = replay_notebook(
        notebook(tmp_path, (program, []), ('user.initiate_chat(assistant, message="Double 21.")', [stream(shown)]))
    )
    assert (report.reproduced, report.turns, report.departure) == (4, 4, None)


def test_an_output_in_html_is_read(tmp_path: Path) -> None:
    text = said("user", "assistant", "1 < 2?") + said("assistant", "user", "Yes.")
    page = f"<pre>{text.replace(chr(27) + '[33m', '<b>').replace(chr(27) + '[0m', '</b>').replace('1 < 2', '1 &lt; 2')}"
    shown = {"output_type": "display_data", "data": {"text/html": page + "</pre>"}}
    report = replay_notebook(
        notebook(tmp_path, (ENDS_SOON + 'user.initiate_chat(assistant, message="1 < 2?")', [shown]))
    )
    assert (report.reproduced, report.departure) == (2, None)


def test_of_an_output_that_is_cut_off_what_is_there_is_reproduced(tmp_path: Path) -> None:
    text = said("user", "assistant", "Tell me.") + "assistant (to user):\n\nA long answer that goes on and"
    report = replay_notebook(
        notebook(tmp_path, (ENDS_SOON + 'user.initiate_chat(assistant, message="Tell me.")', [stream(text)]))
    )
    assert (report.reproduced, report.turns) == (2, 2)


def test_of_an_output_whose_beginning_is_cut_off_the_rest_is_reproduced(tmp_path: Path) -> None:
    program = ENDS_SOON.replace("max_consecutive_auto_reply=0", 'default_auto_reply="Go on."')
    text = (
        "Streaming output truncated to the last 5000 lines.\nof a long answer.\n\n"
        + f"{DASHES}\n"
        + said("user", "assistant", "Go on.")
        + said("assistant", "user", "The end.")
    )
    chat = 'user.initiate_chat(assistant, message="Tell me.", max_turns=1)'
    report = replay_notebook(notebook(tmp_path, (program + chat, [stream(text)])))
    assert (report.reproduced, report.turns) == (1, 2)
    assert report.departure is not None
    assert (report.departure.kind, report.departure.turn) == ("other text", 1)


def test_a_picture_at_an_address_is_not_fetched(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    program = CONFIG + (
        "from autogen.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent\n"
        'seer = MultimodalConversableAgent("seer", llm_config=llm_config)\n'
        'user = autogen.UserProxyAgent("user", human_input_mode="NEVER", max_consecutive_auto_reply=0)\n'
    )
    shown = said("user", "seer", "Which breed?\n<image>.") + said("seer", "user", "A poodle.")
    chat = 'user.initiate_chat(seer, message="Which breed?\\n<img http://127.0.0.1:9/dog.png>.")'
    report = replay_notebook(notebook(tmp_path, (program, []), (chat, [stream(shown)])), code=True)
    assert (report.reproduced, report.departure) == (2, None)


def test_another_speaker_is_named_with_both_messages(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.") + said("teacher", "user", "Good day.")
    report = replay_notebook(
        notebook(tmp_path, (ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")', [stream(shown)]))
    )
    assert report.departure is not None
    assert (report.departure.kind, report.departure.cell, report.departure.turn) == ("not in the record", 1, 2)
    assert "The model of 'assistant' is asked" in report.departure.why
    assert "'teacher'" in report.departure.why
    assert report.reproduced == 1


def test_code_whose_output_has_changed_is_placed(tmp_path: Path) -> None:
    program = TWO_AGENTS.replace(
        "code_execution_config=False", 'code_execution_config={"use_docker": False}, max_consecutive_auto_reply=1'
    )
    shown = (
        said("user", "assistant", "Print a number.")
        + said("assistant", "user", "```python\nprint(2)\n```")
        + said("user", "assistant", "exitcode: 0 (execution succeeded)\nCode output: \n1\n")
        + said("assistant", "user", "It is 1.")
    )
    cells = (program + 'user.initiate_chat(assistant, message="Print a number.")', [stream(shown)])
    report = replay_notebook(notebook(tmp_path, cells))
    assert report.departure is not None
    assert (report.departure.kind, report.departure.turn, report.reproduced) == ("other text", 3, 3)
    assert replay_notebook(notebook(tmp_path, cells), code=True).departure is None


NEEDS = 'Chroma needs chromadb. Install it with: pip install "autogen-classic[retrievechat]"'


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("import package_nobody_has", "missing package", "python -m pip install package_nobody_has"),
        ("import json.nothing", "missing package", "No module named 'json.nothing'"),
        ("from json import nothing", "cell error", "cannot import name 'nothing'"),
        (f"raise ImportError({NEEDS!r})", "missing package", NEEDS),
        ("open('prices.csv')", "missing file", "prices.csv"),
        ("1 / 0", "cell error", "ZeroDivisionError"),
    ],
)
def test_a_cell_that_fails_says_why(tmp_path: Path, line: str, kind: str, words: str) -> None:
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    report = replay_notebook(notebook(tmp_path, (line, []), (chat, [stream(shown)])))
    assert report.departure is not None
    assert (report.departure.kind, report.departure.cell) == (kind, 1)
    assert words in report.departure.why
    assert report.reproduced == 2  # the cells after it run
    assert words in str(report)


GAME = (
    "import autogen, nowhere.board as board\nfrom nowhere_tools import BaseTool, track\n"
    + TWO_AGENTS
    + """
table = board.Table(size=8)
table.clear()

class Look(BaseTool):
    pass

@track(name="move")
@user.register_for_execution()
@assistant.register_for_llm(description="Move.")
def move(at: int) -> str:
    return f"Moved to {table.push(at)}."
"""
)


def test_a_package_that_is_missing_takes_only_what_needs_it(tmp_path: Path) -> None:
    call = f'***** Suggested tool call (call_1): move *****\nArguments: \n{{"at": 3}}\n{"*" * 46}'
    answer = f"***** Response from calling tool (call_1) *****\nMoved to 3.\n{'*' * 47}"
    shown = (
        said("user", "assistant", "Play.")
        + said("assistant", "user", call)
        + "\n>>>>>>>> EXECUTING FUNCTION move...\n"
        + said("user", "assistant", answer)
        + said("assistant", "user", "Your turn.")
    )
    chat = 'user.initiate_chat(assistant, message="Play.", max_turns=2)'
    source = notebook(tmp_path, (GAME, []), (chat, [stream(shown)]))
    report = replay_notebook(source)
    assert (report.reproduced, report.turns) == (3, 4)
    first, second = (cell.departure for cell in report.cells)
    assert first is not None
    assert second is not None
    assert (first.kind, first.cell, first.turn) == ("missing package", 1, None)
    assert first.why.endswith("python -m pip install nowhere nowhere_tools")
    assert (second.kind, second.cell, second.turn) == ("other text", 2, 3)
    assert "No module named 'nowhere'" in second.replayed
    report = replay_notebook(source, tools=True)
    assert (report.reproduced, [cell.departure is None for cell in report.cells]) == (4, [False, True])


WITH_LIBRARY = """
from nowhere.db import Database, DbError, Record, Session
from abc import ABC

class Row(Record, Session, table=True):
    pass

class Named:
    def __init__(self, name):
        self.name = name

class NamedRow(Record, Named):
    pass

class AbstractRow(Record, ABC):
    def __init__(self):
        super().__init__(size=3)

Row("a", size=3), AbstractRow()
assert NamedRow("b").name == "b"
assert not isinstance(3, Database) and not issubclass(int, Database)
"""
CATCHING = """
try:
    1 / 0
except DbError:
    raise
except ZeroDivisionError:
    caught = True
try:
    raise DbError("locked", code=5)
except DbError as error:
    assert caught and str(error) == "locked"
"""


def test_classes_of_a_missing_package_are_subclassed_and_its_errors_caught(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = CATCHING + ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    report = replay_notebook(
        notebook(tmp_path, (WITH_LIBRARY, []), (chat, [stream(shown)])), write=tmp_path / "again.ipynb"
    )
    assert report.reproduced == 2
    assert [cell.departure is None for cell in report.cells] == [False, True]
    assert '"error"' not in (tmp_path / "again.ipynb").read_text(encoding="utf-8")


NO_GOOGLE = """
from importlib.machinery import PathFinder

installed = PathFinder.find_spec
PathFinder.find_spec = lambda name, *where: None if name.partition(".")[0] == "google" else installed(name, *where)
"""


@pytest.mark.parametrize("hidden", [True, False], ids=["without google", "as installed"])
def test_a_part_of_a_namespace_is_reported_as_missing(
    hidden: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hidden:
        (tmp_path / "sitecustomize.py").write_text(NO_GOOGLE, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    cells = (
        "from google import one\none.Client()",
        "import google.two\ngoogle.two.Client()",
        "import google.three as three\nthree.Client()",
        "from google.four.types import Text\nfrom google import four\nfour.Client(Text)",
        "from google.colab import userdata\nfrom google import colab, five\nfive.Client(colab.drive)",
    )
    source = notebook(tmp_path, *((cell, []) for cell in cells), ("google.two.Client()\n" + chat, [stream(shown)]))
    report = replay_notebook(source, write=tmp_path / "again.ipynb")
    *missing, last = (cell.departure for cell in report.cells)
    assert (report.reproduced, last) == (2, None)
    told = [departure.why.partition(". ")[0] for departure in missing if departure is not None]
    assert told == [
        f"Not installed: google.{part}" for part in ("one", "two", "three", "four.types, google.four", "five")
    ]
    assert '"error"' not in (tmp_path / "again.ipynb").read_text(encoding="utf-8")


def test_a_key_that_a_missing_package_would_give_is_not_needed(tmp_path: Path) -> None:
    cell = (
        "import autogen\nfrom nowhere.identity import Credential, token_provider\n"
        'llm_config = {"config_list": [{"model": "gpt-4", "api_type": "azure", "base_url": "http://127.0.0.1:9",\n'
        '    "api_version": "2024-02-01", "azure_ad_token_provider": token_provider(Credential(), "scope")}]}\n'
    )
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = ENDS_SOON.removeprefix(CONFIG) + 'user.initiate_chat(assistant, message="Hello.")'
    report = replay_notebook(notebook(tmp_path, (cell, []), (chat, [stream(shown)])))
    assert report.reproduced == 2
    assert [cell.departure is None for cell in report.cells] == [False, True]


def test_what_a_cell_does_without_a_package_is_its_own_affair(tmp_path: Path) -> None:
    cell = "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\nassert nowhere is None\n" + ENDS_SOON
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = 'user.initiate_chat(assistant, message="Hello.")'
    assert replay_notebook(notebook(tmp_path, (cell, []), (chat, [stream(shown)]))).departure is None


def test_an_error_that_was_recorded_is_no_departure(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    error = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": []}
    assert replay_notebook(notebook(tmp_path, ("1 / 0", [error]), (chat, [stream(shown)]))).departure is None


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("print(reply)", stream("A joke about cats.\n")),
        ("[reply]", {"output_type": "execute_result", "data": {"text/plain": "['A joke about cats.']"}}),
        ('{"content": reply}', {"output_type": "execute_result", "data": {"text/plain": "{'content': 'A joke.'}"}}),
    ],
)
def test_an_answer_without_a_conversation_is_what_the_cell_shows(
    line: str, shown: dict[str, Any], tmp_path: Path
) -> None:
    cell = f'reply = assistant.generate_reply([{{"role": "user", "content": "A joke?"}}])\n{line}'
    chat = 'user.initiate_chat(assistant, message=f"Tell me: {reply[:6]}")'
    said_then = stream(said("user", "assistant", "Tell me: A joke") + said("assistant", "user", "Well."))
    report = replay_notebook(notebook(tmp_path, (ENDS_SOON, []), (cell, [shown]), (chat, [said_then])))
    assert (report.reproduced, report.departure) == (2, None)


def test_code_that_runs_without_a_conversation_has_the_output_that_the_cell_shows(tmp_path: Path) -> None:
    cell = (
        TWO_AGENTS.replace("code_execution_config=False", 'code_execution_config={"use_docker": False}')
        + 'reply = user.generate_reply([{"role": "user", "content": "```python\\nprint(1)\\n```"}])\nprint(reply)\n'
        + 'assert "from the record" in reply'
    )
    shown = ">>>>>>>> EXECUTING CODE BLOCK...\nexitcode: 0 (execution succeeded)\nCode output: from the record\n"
    chat = 'user.initiate_chat(assistant, message="Hello.", max_turns=1)'
    said_then = stream(said("user", "assistant", "Hello.") + said("assistant", "user", "Good day."))
    report = replay_notebook(notebook(tmp_path, (cell, [stream(shown)]), (chat, [said_then])), code=True)
    assert (report.reproduced, report.departure) == (2, None)


ON_DOCKER = (
    "from autogen.coding import DockerCommandLineCodeExecutor\nexecutor = DockerCommandLineCodeExecutor(timeout=9)\n"
)
ON_JUPYTER = (
    "from autogen.coding.jupyter import DockerJupyterServer, JupyterCodeExecutor\n"
    "executor = JupyterCodeExecutor(DockerJupyterServer(), output_dir='.')\n"
)


@pytest.mark.parametrize("setup", [ON_DOCKER, ON_JUPYTER], ids=["docker", "jupyter"])
def test_code_whose_results_are_recorded_needs_no_engine(
    setup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody")
    program = TWO_AGENTS.replace(
        "code_execution_config=False", 'code_execution_config={"executor": executor}, max_consecutive_auto_reply=1'
    )
    shown = (
        said("user", "assistant", "Print a number.")
        + said("assistant", "user", "```python\nprint(2)\n```")
        + ">>>>>>>> EXECUTING CODE BLOCK (inferred language is python)...\n"
        + said("user", "assistant", "exitcode: 0 (execution succeeded)\nCode output: 1\n")
        + said("assistant", "user", "It is 1.")
    )
    chat = program + 'user.initiate_chat(assistant, message="Print a number.")'
    source = notebook(tmp_path, (setup, []), (chat, [stream(shown)]), ("executor.stop()", []))
    report = replay_notebook(source, code=True)
    assert (report.reproduced, report.departure) == (4, None)
    departure = replay_notebook(source).departure
    assert departure is not None
    assert (departure.kind, departure.cell) == ("cell error", 1)
    assert "take the results of code from the outputs: --code" in departure.why


def test_code_whose_results_are_recorded_needs_no_packages_of_jupyter() -> None:
    program = (
        "import sys; sys.modules['websocket'] = None\n"
        "from autogen_classic.compat import install_as_autogen; install_as_autogen()\n"
        "from autogen_classic.replay.notebooks._idle_executors import put_in_place; put_in_place()\n"
        "from autogen.coding.jupyter import DockerJupyterServer, JupyterCodeExecutor\n"
        "with DockerJupyterServer() as server: JupyterCodeExecutor(server).restart()\n"
    )
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


def test_what_a_teachable_agent_asks_itself_is_no_departure(tmp_path: Path) -> None:
    pytest.importorskip("chromadb")
    program = CONFIG + (
        "from autogen.agentchat.contrib.capabilities.teachability import Teachability\n"
        'pupil = autogen.ConversableAgent("pupil", llm_config=llm_config)\n'
        'Teachability(reset_db=True, path_to_db_dir="./memories").add_to_agent(pupil)\n'
        'user = autogen.UserProxyAgent("user", human_input_mode="NEVER", max_consecutive_auto_reply=0)\n'
    )
    shown = said("user", "pupil", "Crabs rent shade.") + said("pupil", "user", "I will remember that.")
    chat = 'user.initiate_chat(pupil, message="Crabs rent shade.")'
    report = replay_notebook(
        notebook(tmp_path, (program, [stream("\nCLEARING MEMORY\n")]), (chat, [stream(shown)])), code=True
    )
    assert (report.reproduced, report.departure, report.unknown_analyses) == (2, None, 2)
    assert "each taken for a no: 2." in str(report)


def test_a_run_that_was_interrupted_ends_where_the_record_does(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.")
    error = {"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    report = replay_notebook(notebook(tmp_path, (chat, [stream(shown), error])))
    assert (report.reproduced, report.departure) == (1, None)


def test_a_missing_list_of_configurations_offers_the_models_that_the_cells_name(tmp_path: Path) -> None:
    config = (
        'import autogen\nllm_config = autogen.LLMConfig.from_json(path="OAI_CONFIG_LIST").where(model="gpt-4o-mini")\n'
    )
    chat = (
        config
        + ENDS_SOON.removeprefix(CONFIG)
        + 'assert llm_config.config_list[0]["model"] == "gpt-4o-mini"\nuser.initiate_chat(assistant, message="Hello.")'
    )
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    report = replay_notebook(notebook(tmp_path, (chat, [stream(shown)])))
    assert (report.reproduced, report.departure) == (2, None)


def test_cells_read_keys_and_ask_for_input(tmp_path: Path) -> None:
    program = (
        "import os, getpass, google.colab.files\nfrom google.colab import drive, userdata\n"
        "from google.colab.drive import mount\nfrom google.colab.userdata import SecretNotFoundError\n"
        "import google.colab.data_table as tables\ntables.enable_dataframe_formatter()\n"
        "mount('/content/drive'), google.colab.files.upload(), google.colab.drive.flush_and_unmount()\n"
        'keys = {os.environ["MY_SERVICE_KEY"], userdata.get("OTHER"), getpass.getpass("Key: ")}\n'
        'name = input("Your name: ")\n'
    )
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="I am " + name)'
    shown = said("user", "assistant", "I am Ann") + said("assistant", "user", "Good day, Ann.")
    report = replay_notebook(
        notebook(tmp_path, (program, [stream("Your name: Ann\n")]), (chat, [stream(shown)]), ("assert len(keys)", []))
    )
    assert (report.reproduced, report.departure) == (2, None)


def test_variables_without_a_key_keep_their_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_LOGIN", "sk-real-000000")
    monkeypatch.setenv("MYKEY", "real")
    monkeypatch.delenv("SEARCH_ADDRESS", raising=False)
    program = (
        "import os\nbefore = dict(os.environ)\nos.environ['PATH'] += ':/x'\nos.environ['NEW_SETTING'] = 'on'\n"
        "assert os.environ['PATH'].count('/') > 2 and 'NEW_SETTING' not in before\n"
        "assert {os.environ['MY_LOGIN'], os.environ['SEARCH_ADDRESS'], os.getenv('MYKEY')} == {'not-needed'}\n"
    )
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = program + ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    assert replay_notebook(notebook(tmp_path, (chat, [stream(shown)]))).departure is None


@pytest.mark.parametrize(
    "text",
    ["\n" * 300_000, "model=[" * 120_000, 'os.getenv("' + "KEY" * 100_000, "<" * 300_000, "ChatResult(" * 60_000],
    ids=["lines", "models", "keys", "tags", "results"],
)
def test_long_cells_are_read_in_linear_time(text: str) -> None:
    program = (
        "import sys\nfrom autogen_classic.compat.notebook import Cell\n"
        "from autogen_classic.replay.notebooks import _cells, _player, outputs\n"
        "text = sys.stdin.read()\n"
        "shown = {'output_type': 'display_data', 'data': {'text/html': text}}\n"
        "cells = [Cell(1, text, (shown,))]\n"
        "_player._summary_shown(outputs.shown_text(cells[0]))\n"
        "_cells.keys_read(cells, {}), _cells.models_named(cells), _cells.carryovers_named(cells)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], input=text, text=True, env=environment, check=True, timeout=60)


def test_asynchronous_cells_are_run(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = ENDS_SOON + 'await user.a_initiate_chat(assistant, message="Hello.")'
    assert replay_notebook(notebook(tmp_path, (chat, [stream(shown)]))).reproduced == 2


def test_the_cassette_can_be_replayed_and_the_copy_holds_the_new_outputs(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    source = notebook(tmp_path, (chat, [stream(shown)]))
    before = source.read_bytes()
    replay_notebook(source, cassette=tmp_path / "run.json", write=tmp_path / "again.ipynb")
    assert source.read_bytes() == before
    with replay(tmp_path / "run.json"):
        assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4", "cache_seed": None})
        user = UserProxyAgent(
            "user", human_input_mode="NEVER", max_consecutive_auto_reply=0, code_execution_config=False
        )
        assert user.initiate_chat(assistant, message="Hello.").summary == "Good day."
    copy = json.loads((tmp_path / "again.ipynb").read_text(encoding="utf-8"))
    assert "Good day." in "".join(copy["cells"][0]["outputs"][0]["text"])
    assert replay_notebook(tmp_path / "again.ipynb").reproduced == 2


@pytest.mark.parametrize("option", ["--json", "--cassette", "--write"])
def test_nothing_is_written_over_the_notebook(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    source = notebook(tmp_path, (ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")', [stream(shown)]))
    before = source.read_bytes()
    (tmp_path / "link.ipynb").hardlink_to(source)
    for output in (source, tmp_path / "link.ipynb"):
        assert main(["replay", str(source), option, str(output)]) == 1
        assert f"{output} has another part in this command, and would be written over." in capsys.readouterr().err
    assert main(["replay", str(source), option, str(tmp_path / "no" / "file")]) == 1
    assert f"There is no folder {tmp_path / 'no'}." in capsys.readouterr().err
    assert main(["replay", str(source), "--json", "a", "--write", "a"]) == 1
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"cells": [', "is not JSON"),
        (json.dumps({"nbformat": 3, "worksheets": []}), "not a notebook of format 4"),
        (json.dumps({"nbformat": 4, "cells": []}), "no conversation in its saved outputs"),
        (
            json.dumps({"nbformat": 4, "cells": [], "metadata": {"language_info": {"name": "R"}}}),
            "is written in r, but only notebooks in Python",
        ),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_reason(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "lesson.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotebookError, match=words):
        replay_notebook(path)


def test_a_cell_that_ends_the_process_is_named(tmp_path: Path) -> None:
    dies = "import os\nif os.fork() == 0:\n    os._exit(2)\nos.wait()\nos._exit(3)"
    path = notebook(tmp_path, ("print('Hi')", []), (dies, [stream(said("user", "assistant", "Hello."))]))
    command = [sys.executable, "-m", "autogen_classic", "replay", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, "Hi\n")
    assert f"autogen-classic replay: {path} cannot be run: cell 2 ended its process with 3.\n" in done.stderr
    assert "with 2" not in done.stderr  # a child that ends says nothing
    with pytest.raises(NotebookError, match="cannot be run: cell 2 ended its process with 3"):
        replay_notebook(path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_a_cell_whose_process_is_killed_is_named(tmp_path: Path) -> None:
    waits = "import os\nchild = os.fork()\nif child == 0:\n    os.kill(os.getpid(), 9)\nprint(os.wait()[0] == child)"
    dies = "try:\n    os.wait()\nexcept ChildProcessError:\n    os.kill(os.getpid(), 9)"
    path = notebook(tmp_path, (waits, []), (dies, [stream(said("user", "assistant", "Hello."))]))
    command = [sys.executable, "-m", "autogen_classic", "replay", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    told = f"{path} cannot be run: a signal or a crash ended its process within cell 2."
    assert (done.returncode, done.stdout, done.stderr) == (-9, "True\n", f"autogen-classic replay: {told}\n")
    with pytest.raises(NotebookError) as failure:
        replay_notebook(path)
    assert str(failure.value) == f"{told} ({signal.strsignal(9)})"


def test_a_notebook_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    shown = said("user", "assistant", "Hello.")
    with pytest.raises(NotebookError, match="has not ended within"):
        replay_notebook(notebook(tmp_path, ("while True: pass", [stream(shown)])), timeout=3)


def test_the_fixture_fails_with_the_report(tmp_path: Path, replay_notebook: Any) -> None:
    chat = ENDS_SOON + 'user.initiate_chat(assistant, message="Hello.")'
    shown = said("user", "assistant", "Hello.") + said("assistant", "user", "Good day.")
    assert replay_notebook(notebook(tmp_path, (chat, [stream(shown)]))).reproduced == 2
    with pytest.raises(AssertionError, match="1 of 2 messages reproduced"):
        replay_notebook(notebook(tmp_path, (chat, [stream(shown.replace("Hello", "Hi"))])))


def test_a_cell_never_sees_a_real_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    shown = said("user", "assistant", "My key is not-needed.") + said("assistant", "user", "Good.")
    chat = (
        ENDS_SOON + "import os\nuser.initiate_chat(assistant, message=f\"My key is {os.environ['OPENAI_API_KEY']}.\")"
    )
    assert replay_notebook(notebook(tmp_path, (chat, [stream(shown)]))).departure is None
