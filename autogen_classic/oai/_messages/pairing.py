"""Which answer belongs to which call: by its id, and by its order if ids are missing, empty or equal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ("CallPairs", "OpenCall")

NAMELESS = "unnamed"
"""What a call is called on the wire whose name was lost; providers refuse an empty one."""


class OpenCall(NamedTuple):
    """A call that is waiting for its answer.

    Attributes:
        said_id: the id that the message gave it, or an empty text.
        id: the id that it has on the wire; each call of a message has its own.
        name: the function.
    """

    said_id: str
    id: str
    name: str


class CallPairs:
    """Follows a list of messages, and pairs each answer with a call of the message before."""

    def __init__(self) -> None:
        self._open: list[OpenCall] = []
        self._used: set[str] = set()

    def open(self, calls: Iterable[tuple[str | None, str | None]]) -> list[OpenCall]:
        """Note the calls of a message.

        Args:
            calls: id and name of each, as the message gives them.

        Returns:
            The calls, with names and ids that can be sent.
        """
        opened: list[OpenCall] = []
        for said_id, said_name in calls:
            name = said_name or NAMELESS
            taken = self._used if not said_id else {call.id for call in opened}
            opened.append(OpenCall(said_id or "", _free_id(said_id or f"call_{name}", taken), name))
            self._used.add(opened[-1].id)
        self._open = opened.copy()
        return opened

    def answered_by(self, said_id: str | None, name: str | None = None) -> OpenCall | None:
        """Find the call that an answer belongs to.

        Args:
            said_id: the id that the answer names, if any.
            name: the function that it names, as answers to old function calls do.

        Returns:
            The first open call with that id. An answer without an id belongs to the first call of that name, one
            without an id if there is one. None if there is no such call.
        """
        fitting = [
            call for call in self._open if (call.said_id == said_id if said_id else name is None or call.name == name)
        ]
        if not fitting:
            return None
        call = min(fitting, key=lambda call: bool(call.said_id))
        self._open.remove(call)
        return call

    def close(self) -> list[OpenCall]:
        """Return the calls that have not been answered, and stop waiting for them."""
        unanswered, self._open = self._open, []
        return unanswered


def _free_id(wanted: str, taken: set[str]) -> str:
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}_{number}"
    return free
