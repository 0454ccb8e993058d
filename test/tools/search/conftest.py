"""Search tools in chats: the services are played on this machine, and so is the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_double import Services, services_played


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services_played(tmp_path, monkeypatch) as played:
        yield played
