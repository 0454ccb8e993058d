"""Plain values, such as JSON holds: what is in their dicts and lists, whatever their depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

__all__ = ("copied", "with_keys", "with_leaves")

ValueT = TypeVar("ValueT")


def with_leaves(value: object, change: Callable[[object], object]) -> object:
    """Copy the dicts and lists of a value, and change everything else in it.

    Args:
        value: a plain value.
        change: takes a part that is neither a dict nor a list, and returns what goes in its place. Keys stay; see
            `with_keys`.

    Returns:
        The new value.
    """
    if isinstance(value, dict):
        return {key: with_leaves(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [with_leaves(part, change) for part in value]
    return change(value)


def with_keys(value: object, change: Callable[[str], str]) -> object:
    """Copy the dicts and lists of a value, and change the keys of the dicts.

    Args:
        value: a value that came from JSON.
        change: takes a key and returns what goes in its place.

    Returns:
        The new value. Keys of one dict that would become equal are told apart by a number.
    """
    if isinstance(value, list):
        return [with_keys(part, change) for part in value]
    if not isinstance(value, dict):
        return value
    changed: dict[str, object] = {}
    for number, (key, part) in enumerate(value.items(), 1):
        name = change(key)
        while name in changed:
            name = f"{name} {number}"
        changed[name] = with_keys(part, change)
    return changed


def copied(value: ValueT) -> ValueT:
    """Copy the dicts and lists of a value, so that later edits of the original leave the copy alone.

    Args:
        value: a plain value. Everything in it that is neither a dict nor a list is shared, not copied: it may be a
            live object.

    Returns:
        The copy.
    """
    return cast(ValueT, with_leaves(value, lambda part: part))
