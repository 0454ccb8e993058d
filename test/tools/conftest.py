"""Tools that ask services of the web, in chats: the services are played on this machine, and so is the model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from service_double import Services, services_played


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services_played(monkeypatch) as played:
        yield played
