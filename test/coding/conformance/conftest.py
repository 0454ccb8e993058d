"""Makes the list of executors importable."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session", autouse=True)
def _no_server_is_left() -> Iterator[None]:
    from executors import stop_servers

    yield
    stop_servers()
