"""A mark that is set when something has happened in a chat."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from autogen_classic import events

__all__ = ("heard",)


@contextmanager
def heard(kind: type[events.Event]) -> Iterator[threading.Event]:
    """What is set when an event of a kind has happened anywhere."""
    happened = threading.Event()

    def note(event: events.Event) -> None:
        happened.set()

    events.subscribe(note, [kind])
    try:
        yield happened
    finally:
        events.unsubscribe(note)
