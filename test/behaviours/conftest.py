"""Fixtures of the tests that hold the library to what old programs rely on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from behaviour_helpers import ScriptedModel, Terminal

from autogen_classic.io.base import IOStream


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "item(name): the item of behaviour_items.ITEMS that a test holds us to")


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """The default stream of every test: it keeps what is printed and answers from a script."""
    for variable in ("OPENAI_API_KEY", "FORCE_COLOR", "AUTOGEN_USE_DOCKER"):
        monkeypatch.delenv(variable, raising=False)
    stream = Terminal()
    with IOStream.set_default(stream):
        yield stream


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """Every model that an agent asks, behind the one method that programs patch, too."""
    scripted = ScriptedModel()
    monkeypatch.setattr(
        "autogen_classic.oai.client.OpenAIClient.create", lambda client, params: scripted.create(params)
    )
    return scripted
