from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autogen_classic.testing import MockOpenAIServer


@pytest.fixture(autouse=True)
def _clean_place(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a directory of its own (caches go there) and an environment without keys."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "OAI_CONFIG_LIST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., MockOpenAIServer]]:
    """Start servers that are stopped after the test."""
    with contextlib.ExitStack() as servers:
        yield lambda *replies: servers.enter_context(MockOpenAIServer(list(replies) or None))
