"""Values as JSON text, with an error that says where a value is that JSON cannot hold."""

from __future__ import annotations

import json
from typing import Any

from ..exception_utils import AutogenClassicError

__all__ = ("NotJSONError", "as_json")


class NotJSONError(AutogenClassicError, TypeError):
    """A value cannot be kept, because JSON has no form for it."""


def as_json(value: Any, what: str = "The value") -> str:
    """Write a value as JSON.

    The text is the same for equal values, whatever the order of their keys and the version of Python.

    Args:
        value: made of dicts with text keys, lists, tuples, texts, numbers, booleans and None.
        what: how an error names the value.

    Returns:
        The JSON text.

    Raises:
        NotJSONError: JSON cannot hold the value.
    """
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        place, culprit = _find_culprit(value, "")
        raise NotJSONError(
            f"{what} cannot be cached: {place or 'it'} is a {type(culprit).__name__}, which JSON cannot hold "
            f"({type(error).__name__}). Entries are JSON, never pickles: give texts, numbers, lists and dicts with "
            "text keys, or set cache_seed to None to do without the cache."
        ) from None


def _find_culprit(value: Any, place: str, depth: int = 0) -> tuple[str, Any]:
    """The innermost part that JSON refuses, and where it is."""
    if depth < 50:
        parts = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
        )
        for key, part in parts:
            try:
                json.dumps({key: part} if isinstance(value, dict) else part)
            except (TypeError, ValueError, RecursionError):
                return _find_culprit(part, f"{place}[{key!r}]", depth + 1)
    return place, value
