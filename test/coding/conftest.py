"""Makes the list of executors importable, and makes sure that no container is left."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "conformance"))


@pytest.fixture(scope="session", autouse=True)
def no_container_is_left() -> Iterator[None]:
    """Look for containers of this process when all tests are over; the engine may still be removing the last one."""
    yield
    from executors import no_docker

    if no_docker():
        return
    import docker

    client = docker.from_env()
    mine = {"label": f"autogen-classic.container.pid={os.getpid()}"}
    for _ in range(100):
        if not client.api.containers(all=True, filters=mine):
            break
        threading.Event().wait(0.1)
    left = [found["Names"] for found in client.api.containers(all=True, filters=mine)]
    client.close()
    assert left == []
