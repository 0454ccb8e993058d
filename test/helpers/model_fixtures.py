"""Fixtures of the tests that send requests to a local server; a conftest.py imports those that its folder needs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autogen_classic.testing import MockOpenAIServer

__all__ = ("clean_place", "serve")


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a directory of its own (caches go there) and an environment without keys."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "OAI_CONFIG_LIST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., MockOpenAIServer]]:
    """Start servers that are stopped after the test."""
    with contextlib.ExitStack() as servers:
        yield lambda *replies, **settings: servers.enter_context(MockOpenAIServer(list(replies) or None, **settings))
