"""Clients of SDKs that agents share: tokens that change do not add up, and nobody waits for another's client."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest

from autogen_classic.oai._http.sdk_clients import shared_client


class Client:
    """Stands for the client of an SDK."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings


def left(clients: list[weakref.ref[Client]]) -> int:
    gc.collect()
    return sum(client() is not None for client in clients)


@pytest.mark.parametrize("place", ["environment", "configuration"])
def test_clients_with_old_tokens_are_not_kept(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for number in range(20):
        keys = {"token": number} if place == "configuration" else None
        monkeypatch.setenv("AWS_SESSION_TOKEN", f"token-{number if place == 'environment' else 0}")
        client = shared_client(Client, keys, region=place)
        assert shared_client(Client, keys, region=place) is client
        made.append(weakref.ref(client))
    del client
    assert left(made) < 5
    assert made[-1]() is not None
    assert shared_client(Client, keys, region=place) is made[-1]()


def test_nobody_waits_for_the_client_of_another_configuration() -> None:
    asked, answered = threading.Event(), threading.Event()

    def make(**settings: Any) -> Client:
        asked.set()
        assert answered.wait(20)
        return Client(**settings)

    made: list[Client] = []
    slow = [threading.Thread(target=lambda: made.append(shared_client(make, role="of the machine"))) for _ in range(2)]
    other = threading.Thread(target=lambda: made.append(shared_client(Client, role="none")), daemon=True)
    for thread in slow:
        thread.start()
    assert asked.wait(20)
    other.start()
    other.join(5)
    waits = other.is_alive()
    answered.set()
    for thread in slow:
        thread.join(20)
    assert not waits
    assert made[1] is made[2], "those with the same settings share a client that is made once"


def test_a_client_that_could_not_be_made_is_tried_again() -> None:
    tries = []

    def make() -> Client:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no network")
        return Client()

    with pytest.raises(OSError, match="no network"):
        shared_client(make)
    assert shared_client(make) is shared_client(make)
    assert len(tries) == 2
