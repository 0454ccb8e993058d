"""Values as JSON text, with an error that says where a value is that JSON cannot hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from ..errors import NotJSONError

__all__ = ("as_canonical_json", "as_json", "object_within", "values_within")

_DEEPEST_SEARCHED = 50
# It does not look for values that contain themselves: they end in a RecursionError as well.
_CANONICAL = json.JSONEncoder(sort_keys=True, check_circular=False)
_FENCED = re.compile(r"```\w*[^\S\n]*\n(.*?)```", re.DOTALL)


def object_within(text: str) -> str:
    """Find the JSON object that a model has written, without a fence or words around it.

    Args:
        text: what the model has written.

    Returns:
        The text from the first opening brace to the last closing one, whether or not it is JSON; the whole text if
        it has no such pair.
    """
    return _between("{", "}", text) or text


def values_within(text: str) -> Iterator[str]:
    """Find what may be the JSON value that a model was asked for, among the words around it.

    Args:
        text: what the model has written.

    Yields:
        The text in each fence; then the text from the first opening brace to the last closing one; then the same with
        brackets. Any of them may turn out not to be JSON.
    """
    for fenced in _FENCED.finditer(text):
        yield fenced[1].strip()
    for opening, closing in ("{}", "[]"):
        if found := _between(opening, closing, text):
            yield found


def _between(opening: str, closing: str, text: str) -> str:
    """The text from the first opening sign to the last closing one; empty if they are not there."""
    begin, end = text.find(opening), text.rfind(closing)
    return text[begin : end + 1] if 0 <= begin < end else ""


def as_json(value: object, what: str = "The value") -> str:
    """Write a value for a cache as JSON, so that reading it gives the value back.

    Args:
        value: made of dicts with text keys, lists, tuples (which come back as lists), texts, finite numbers, booleans
            and None.
        what: how an error names the value.

    Returns:
        The JSON text, in ASCII.

    Raises:
        NotJSONError: JSON cannot hold the value.
    """
    try:
        text = json.dumps(value, allow_nan=False)
        _refuse_odd_keys(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _not_json(value, what, error) from None
    return text


def as_canonical_json(value: object, what: str = "The value") -> str:
    """Write a value as a JSON text that is the same for equal values.

    It does not depend on the order of keys, nor on the version of Python.

    Args:
        value: as for `as_json`; keys and numbers that only Python knows are allowed, because no one reads the text.
        what: how an error names the value.

    Returns:
        The JSON text, in ASCII.

    Raises:
        NotJSONError: JSON cannot hold the value.
    """
    try:
        return _CANONICAL.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _not_json(value, what, error) from None


def _refuse_odd_keys(value: object) -> None:
    """Refuse keys that would come back as texts."""
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError("keys must be texts")
            if isinstance(part, (dict, list, tuple)):
                _refuse_odd_keys(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            if isinstance(part, (dict, list, tuple)):
                _refuse_odd_keys(part)


def _not_json(value: object, what: str, error: Exception) -> NotJSONError:
    place, culprit = _find_culprit(value, "")
    return NotJSONError(
        f"{what} cannot be cached: {place or 'it'} is {_described(culprit)}, which JSON cannot hold "
        f"({type(error).__name__}). Entries are JSON, never pickles: give texts, finite numbers, lists and dicts with "
        "text keys, or set cache_seed to None to do without the cache."
    )


def _described(culprit: object) -> str:
    if isinstance(culprit, float):
        return f"the number {culprit}"
    odd_keys = [key for key in culprit if not isinstance(key, str)] if isinstance(culprit, dict) else []
    if odd_keys:
        return f"a dict with the key {odd_keys[0]!r}"
    return f"a {type(culprit).__name__}"


def _find_culprit(value: object, place: str, depth: int = 0) -> tuple[str, object]:
    """The innermost part that JSON refuses, and where it is."""
    parts: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, (list, tuple)):
        parts = enumerate(value)
    if depth < _DEEPEST_SEARCHED:
        for key, part in parts:
            try:
                json.dumps(part, allow_nan=False)
                _refuse_odd_keys(part)
            except (TypeError, ValueError, RecursionError):
                return _find_culprit(part, f"{place}[{key!r}]", depth + 1)
    return place, value
