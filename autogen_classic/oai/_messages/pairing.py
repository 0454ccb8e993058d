"""Which answer belongs to which call: by its id, and by its order if ids are missing, empty or equal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ("CallPairs", "OpenCall")

NAMELESS = "unnamed"
"""The name that a call without one has on the wire; providers refuse an empty name."""


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
            # An id that the message gives may be that of an earlier message; one that is made here may not.
            taken = {call.id for call in opened} if said_id else self._used
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
            The first open call with that id. An answer without an id belongs to the first call of that name; calls
            that have no id either go first. None if there is no such call.
        """
        if said_id:
            fitting = [call for call in self._open if call.said_id == said_id]
        else:
            fitting = [call for call in self._open if name in (None, call.name)]
            fitting.sort(key=lambda call: bool(call.said_id))
        if not fitting:
            return None
        self._open.remove(fitting[0])
        return fitting[0]

    def close(self) -> list[OpenCall]:
        """Return the calls that have not been answered, and stop waiting for them."""
        unanswered, self._open = self._open, []
        return unanswered


def _free_id(wanted: str, taken: set[str]) -> str:
    """The wanted id, with a number behind it if it is taken."""
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}_{number}"
    return free
