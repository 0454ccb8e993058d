"""Plain values, such as JSON holds: what is in their dicts and lists, whatever their depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

__all__ = ("copied", "with_leaves")

ValueT = TypeVar("ValueT")


def with_leaves(value: object, change: Callable[[object], object]) -> object:
    """Copy the dicts and lists of a value, and change everything else in it.

    Args:
        value: a plain value.
        change: takes a part that is neither a dict nor a list, and returns what goes in its place. Keys stay.

    Returns:
        The new value.
    """
    if isinstance(value, dict):
        return {key: with_leaves(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [with_leaves(part, change) for part in value]
    return change(value)


def copied(value: ValueT) -> ValueT:
    """Copy the dicts and lists of a value, so that later edits of the original leave the copy alone.

    Args:
        value: a plain value. Everything in it that is neither a dict nor a list is shared, not copied: it may be a
            live object.

    Returns:
        The copy.
    """
    return cast(ValueT, with_leaves(value, lambda part: part))
