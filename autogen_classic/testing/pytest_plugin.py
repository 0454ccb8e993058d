"""Fixtures for pytest; a test suite takes them with ``pytest_plugins = ["autogen_classic.testing.pytest_plugin"]``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .._core.model_requests import forbid_model_requests

if TYPE_CHECKING:
    from ..replay.notebooks import NotebookReport
    from .scripted_client import ScriptedClient
    from .scripted_person import ScriptedPerson
    from .server import MockOpenAIServer

__all__ = (
    "cassette",
    "mock_openai_server",
    "no_model_requests",
    "replay_notebook",
    "scripted_client",
    "scripted_person",
)


@pytest.fixture
def mock_openai_server() -> Iterator[MockOpenAIServer]:
    """A running `MockOpenAIServer` with an empty script; ``mock_openai_server.add(...)`` scripts its answers."""
    from .server import MockOpenAIServer

    with MockOpenAIServer([]) as server:
        yield server


@pytest.fixture
def scripted_client() -> ScriptedClient:
    """A `ScriptedClient` with an empty script; ``scripted_client.add(...)`` scripts its answers."""
    from .scripted_client import ScriptedClient

    return ScriptedClient()


@pytest.fixture
def scripted_person() -> Iterator[ScriptedPerson]:
    """A `ScriptedPerson` at the default stream; ``scripted_person.add(...)`` scripts the answers."""
    from .scripted_person import ScriptedPerson

    with ScriptedPerson(show=True) as person:
        yield person


@pytest.fixture
def no_model_requests() -> Iterator[None]:
    """Forbids requests to models on other machines for the length of a test."""
    with forbid_model_requests():
        yield


@pytest.fixture
def cassette(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Replays the test's own recording, ``cassettes/MODULE/TEST.json`` beside its file.

    With the environment variable ``AUTOGEN_CLASSIC_RECORD=1`` it asks the models and records anew.

    Yields:
        The file of the recording.
    """
    from ..replay import record, replay

    name = re.sub(r"[^\w.-]+", "_", request.node.name).strip("_")
    file = request.path.parent / "cassettes" / request.path.stem / f"{name}.json"
    if os.environ.get("AUTOGEN_CLASSIC_RECORD", "0") not in ("", "0"):
        file.parent.mkdir(parents=True, exist_ok=True)
        with record(file):
            yield file
        return
    with replay(file):
        yield file


@pytest.fixture
def replay_notebook() -> Callable[..., NotebookReport]:
    """A function that replays a notebook from its saved outputs and fails where the run departs from them.

    It takes what `autogen_classic.replay.notebooks.replay_notebook` takes, and returns the same report.
    """
    from ..replay.notebooks import replay_notebook

    def replay_and_check(path: str | os.PathLike[str], **options: Any) -> NotebookReport:
        report = replay_notebook(path, **options)
        assert report.departure is None, str(report)
        return report

    return replay_and_check
