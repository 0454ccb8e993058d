"""Where two runs first differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

from .entries import EVERYBODY, Entry, Kind

__all__ = ("Difference", "first_difference")

Difference: TypeAlias = "tuple[int | None, int | None]"
"""The place of the first difference in each of two runs; None in one that ends before it."""

_NOT_COMPARED: set[Kind] = {
    "event",
    "agent",
}  # kinds of entries that tell about the program, not about the conversation


def first_difference(one: Sequence[Entry], other: Sequence[Entry]) -> Difference | None:
    """Find where two runs first differ.

    Only the kinds of entries that both runs have are compared: one file may tell of messages alone, the other of
    messages, models and tools.

    Args:
        one: what happened in a run.
        other: what happened in another run.

    Returns:
        The place in each run, which is None in a run that ends before it; None instead of the pair if they do not
        differ.
    """
    kinds, other_kinds = _kinds_in(one), _kinds_in(other)
    compared = kinds & other_kinds or kinds | other_kinds
    places, other_places = _places_of(compared, one), _places_of(compared, other)
    for place, other_place in zip_longest(places, other_places):
        if place is None or other_place is None or not _is_same(one[place], other[other_place]):
            return place, other_place
    return None


def _kinds_in(entries: Sequence[Entry]) -> set[Kind]:
    return {entry.kind for entry in entries} - _NOT_COMPARED


def _places_of(kinds: set[Kind], entries: Sequence[Entry]) -> list[int]:
    return [place for place, entry in enumerate(entries) if entry.kind in kinds]


def _is_same(one: Entry, other: Entry) -> bool:
    if (one.kind, one.agent, one.text) != (other.kind, other.agent, other.text):
        return False
    return one.to == other.to or EVERYBODY in (one.to, other.to)
