"""Time, and values of all kinds, as loggers write them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

__all__ = ("get_current_ts", "timestamp", "to_dict")

_PLAIN = (str, int, float, bool, bytes, type(None))
_DEEPEST = 50


def get_current_ts() -> str:
    """The time in UTC, as ``2026-01-31 23:59:59.000000``."""
    return _written(datetime.now(timezone.utc))


def timestamp(seconds: float) -> str:
    """Write a time as `get_current_ts` does.

    Args:
        seconds: since the epoch.
    """
    return _written(datetime.fromtimestamp(seconds, timezone.utc))


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def to_dict(
    obj: object,
    exclude: tuple[str, ...] = (),
    no_recursive: tuple[type[Any], ...] = (),
    *,
    _within: tuple[int, ...] = (),
) -> object:
    """Turn an object into dicts, lists and plain values.

    Args:
        obj: anything. An object becomes the dict of its attributes, a function or a class its source.
        exclude: names of keys and attributes to leave out, at every depth.
        no_recursive: classes whose instances become their ``str``.
        _within: the ids of the objects around this one.

    Returns:
        The same without objects; whatever contains itself becomes its ``str`` there.
    """
    if isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, no_recursive) or id(obj) in _within or len(_within) > _DEEPEST:
        return str(obj)
    within = (*_within, id(obj))

    def part(value: object) -> object:
        return to_dict(value, exclude, no_recursive, _within=within)

    def parts(items: Iterable[tuple[object, object]]) -> dict[str, object]:
        return {str(name): part(value) for name, value in items if name not in exclude}

    if isinstance(obj, Mapping):
        return parts(obj.items())
    if isinstance(obj, (list, tuple)):
        return [part(value) for value in obj]
    if inspect.isroutine(obj) or inspect.isclass(obj):
        return _source_of(obj)
    return parts(vars(obj).items()) if hasattr(obj, "__dict__") else obj


def _source_of(thing: Callable[..., object]) -> str:
    try:
        return inspect.getsource(thing).strip()
    except (OSError, TypeError):  # of built-in functions, and of those typed at a prompt
        return str(getattr(thing, "__qualname__", thing))
