"""In a notebook a line tells what a chat is waiting for when it takes long; elsewhere nothing changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import AssistantAgent
from autogen_classic._core.events import subscribe, unsubscribe
from autogen_classic.io._progress import _HEARD, ProgressLine
from autogen_classic.testing import ModelRequest, ScriptedClient


class Lines:
    """What was shown, and a bell that rings when something is."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.bell = threading.Event()
        self.over = threading.Event()

    def new_line(self) -> Callable[[str], None]:
        return self.show

    def show(self, text: str) -> None:
        self.shown.append(text)
        (self.bell if text else self.over).set()


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def listening(lines: Lines) -> Iterator[ProgressLine]:
    line = ProgressLine(lines.new_line, patience=0)
    subscribe(line.hear, _HEARD)
    yield line
    unsubscribe(line.hear)


def talk(reply: Callable[[ModelRequest], Any]) -> None:
    client = ScriptedClient(default=reply)
    agent("user").initiate_chat(
        AssistantAgent("assistant", llm_config=client.llm_config()), message="Well?", max_turns=1, silent=True
    )


@pytest.mark.usefixtures("listening")
def test_a_model_that_takes_long_is_named_and_the_line_ends_with_it(lines: Lines) -> None:
    def reply(request: ModelRequest) -> str:
        assert lines.bell.wait(30)
        return "Yes."

    talk(reply)
    assert lines.over.wait(30)
    assert lines.shown[0] == "assistant is waiting for scripted: 0 s"
    assert lines.shown[-1] == ""


@pytest.mark.usefixtures("listening")
def test_a_model_that_fails_ends_the_line(lines: Lines) -> None:
    def reply(request: ModelRequest) -> str:
        assert lines.bell.wait(30)
        raise RuntimeError("The cable is out.")

    with pytest.raises(RuntimeError):
        talk(reply)
    assert lines.over.wait(30)


def test_a_cell_that_was_interrupted_ends_the_line(listening: ProgressLine, lines: Lines) -> None:
    def reply(request: ModelRequest) -> str:
        assert lines.bell.wait(30)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talk(reply)
    listening.end_all()
    assert lines.over.wait(30)


def test_what_is_quick_is_not_shown(lines: Lines) -> None:
    line = ProgressLine(lines.new_line, patience=60)
    subscribe(line.hear, _HEARD)
    try:
        talk(lambda request: "Yes.")
    finally:
        unsubscribe(line.hear)
    [watch.join(30) for watch in threading.enumerate() if watch.name == "progress line"]
    assert lines.shown == []


CELL = """
import threading
import IPython.display
from autogen_classic.io import _progress
_progress._PATIENCE = 0
shown, update = threading.Event(), IPython.display.update_display
IPython.display.update_display = lambda *args, **kwargs: (update(*args, **kwargs), shown.set())
from autogen_classic import AssistantAgent, ConversableAgent
from autogen_classic.testing import ScriptedClient
client = ScriptedClient(default=lambda request: "Yes." if not watched or shown.wait(30) else "No.")
user = ConversableAgent("user", llm_config=False)
user.initiate_chat(AssistantAgent("assistant", llm_config=client.llm_config()), message="Well?", max_turns=1)
"""


@pytest.mark.parametrize("watched", [True, False])
def test_a_kernel_shows_the_line_to_somebody_who_watches_and_leaves_programs_alone(watched: bool) -> None:
    manager = pytest.importorskip("jupyter_client.manager")
    said: list[tuple[str, dict[str, Any]]] = []
    with manager.run_kernel(kernel_name="python3") as kernel:
        answer = kernel.execute_interactive(
            f"watched = {watched}\n{CELL}",
            allow_stdin=watched,
            stdin_hook=lambda message: None,
            output_hook=lambda message: said.append((message["msg_type"], message["content"])),
            timeout=60,
        )
    assert answer["content"]["status"] == "ok", answer["content"]
    assert any("Yes." in content.get("text", "") for kind, content in said if kind == "stream")
    lines = [content["data"]["text/plain"] for kind, content in said if kind == "update_display_data"]
    assert ("assistant is waiting for scripted: 0 s" in lines) is watched
    assert any(kind == "display_data" for kind, _ in said) is watched
