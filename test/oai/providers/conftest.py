"""Makes the kit importable, keeps real keys away, and writes the table of the docs when asked to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

_KEY_PARTS = ("_API_KEY", "AWS_", "GOOGLE_", "AZURE_OPENAI", "CO_API_", "OLLAMA_HOST")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment without keys, and without a proxy that could stand before the local server."""
    for name in list(os.environ):
        if any(part in name for part in _KEY_PARTS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    yield
