"""A chat is stopped or paused while its code runs in a container or a kernel: nothing is lost, and nothing goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways
from event_kit import heard
from executors import block, no_docker

from autogen_classic import ChatResult, events
from autogen_classic.coding import CodeBlock, CodeResult, DockerCommandLineCodeExecutor

SECONDS = 120  # after which a test that stands still has failed
WAIT = """
import pathlib, time
while not pathlib.Path({!r}).exists():
    time.sleep(0.01)
print("It is over.")
"""


class Running:
    """A chat in a thread, whose code runs until the test lets it end; it is the executor of its agent.

    Args:
        executor: runs the code.
        go: a file at whose sight the code ends.
        seen_as: its path for the code.
        way: "sync" or "async".
    """

    def __init__(self, executor: Any, go: Path, seen_as: str, way: str) -> None:
        self.begun, self.go, self.results = threading.Event(), go, list[ChatResult]()
        self.code_extractor, self.restart = executor.code_extractor, executor.restart
        self._run: Callable[[list[CodeBlock]], CodeResult] = executor.execute_code_blocks
        self.ann, self.bob = agent("ann"), agent("bob", code_execution_config={"executor": self})
        message = f"```python\n{WAIT.format(seen_as)}\n```"
        self.thread = threading.Thread(target=self._talk, args=(way, message))
        self.thread.start()
        assert self.begun.wait(SECONDS)

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        self.begun.set()
        return self._run(code_blocks)

    def _talk(self, way: str, message: str) -> None:
        settings: dict[str, Any] = {"message": message, "max_turns": 2, "silent": True}
        if way == "async":
            self.results.append(asyncio.run(self.ann.a_initiate_chat(self.bob, **settings)))
        else:
            self.results.append(self.ann.initiate_chat(self.bob, **settings))

    def end(self) -> ChatResult:
        self.go.touch()
        self.thread.join(SECONDS)
        [result] = self.results
        return result

    def histories(self) -> list[list[Any]]:
        pairs = ((self.ann, self.bob), (self.bob, self.ann))
        return [[message["content"] for message in one.chat_messages[other]] for one, other in pairs]


@pytest.fixture
def docker(tmp_path: Path) -> Iterator[tuple[Any, str]]:
    if no_docker():
        pytest.skip(no_docker())
    with DockerCommandLineCodeExecutor(image="python:3-slim", work_dir=tmp_path, timeout=SECONDS) as executor:
        yield executor, "go"


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[tuple[Any, str]]:
    pytest.importorskip("ipykernel")
    from autogen_classic.coding.jupyter import EmbeddedIPythonCodeExecutor

    with EmbeddedIPythonCodeExecutor(timeout=SECONDS, output_dir=str(tmp_path)) as executor:
        yield executor, str(tmp_path / "go")


@pytest.fixture(params=["docker", "kernel"])
def place(request: pytest.FixtureRequest) -> Any:
    """What runs the code, and the path of a file ``go`` as it sees it."""
    return request.getfixturevalue(request.param)


@both_ways
@pytest.mark.parametrize("now", [False, True])
def test_code_comes_to_its_end_when_its_chat_is_stopped(place: Any, way: str, now: bool, tmp_path: Path) -> None:
    executor, seen_as = place
    chat = Running(executor, tmp_path / "go", seen_as, way)
    assert chat.ann.stop_chat(now=now)
    assert chat.thread.is_alive(), "code may have effects, and is waited for"
    result = chat.end()
    said, heard_by_other = chat.histories()
    assert (result.stop_reason, len(said), said) == ("external stop", 2, heard_by_other)
    assert "It is over." in said[-1]
    assert executor.execute_code_blocks([block("print(6 * 7)")]).output.strip() == "42"


@both_ways
def test_a_chat_that_is_paused_while_code_runs_goes_on_as_if_nothing_had_happened(
    place: Any, way: str, tmp_path: Path
) -> None:
    executor, seen_as = place
    with heard(events.ChatPaused) as paused:
        chat = Running(executor, tmp_path / "go", seen_as, way)
        assert chat.bob.pause_chat()
        chat.go.touch()
        assert paused.wait(SECONDS)
        assert chat.ann.resume_chat()
    result = chat.end()
    said, heard_by_other = chat.histories()
    assert (result.stop_reason, len(said), said) == ("max_turns", 4, heard_by_other)
    assert "It is over." in said[1]
