"""Time, and values of all kinds, as loggers write them; and the logger to which AG2's events print themselves."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TextIO

from .._secrets import is_secret_name

__all__ = (
    "SENSITIVE_KEYS",
    "EventStreamHandler",
    "event_print",
    "get_current_ts",
    "get_event_logger",
    "get_sensitive_exclude_keys",
    "redact",
    "timestamp",
    "to_dict",
)

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


SENSITIVE_KEYS = frozenset(
    (
        "access_token",
        "api-key",
        "api_key",
        "api_token",
        "apikey",
        "auth_token",
        "authorization",
        "azure_ad_token",
        "azure_ad_token_provider",
        "azure_endpoint",
        "bearer",
        "credential",
        "password",
        "refresh_token",
        "secret",
    )
)
"""Settings that are hidden by `redact`, besides all whose names speak of a key, a token or a password."""

_REDACTED = "***REDACTED***"


def get_sensitive_exclude_keys() -> tuple[str, ...]:
    """What to leave out when the arguments of a constructor are logged: keys, and the object itself."""
    return ("self", "__class__", *sorted(SENSITIVE_KEYS))


def redact(data: object, depth: int = 10) -> object:
    """Hide keys in nested dicts and lists.

    Args:
        data: anything; only dicts, lists and tuples are looked into.
        depth: how deeply they may be nested. What lies deeper is hidden as a whole.

    Returns:
        The same with a fixed text in place of each value that is secret by its name.
    """
    if not isinstance(data, (Mapping, list, tuple)):
        return data
    if depth < 0:
        return _REDACTED
    if isinstance(data, Mapping):
        return {key: _REDACTED if _is_sensitive(key) else redact(value, depth - 1) for key, value in data.items()}
    return [redact(value, depth - 1) for value in data]


def _is_sensitive(key: object) -> bool:
    return isinstance(key, str) and (key.lower() in SENSITIVE_KEYS or is_secret_name(key))


# --- the logger to which events are printed --------------------------------------------------------------------------


if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[Any]
else:
    _StreamHandler = logging.StreamHandler  # Python 3.10 knows no type of its stream


class EventStreamHandler(_StreamHandler):
    """Writes what events print.

    Args:
        stream: where to; None stands for standard output, which is what ``sys.stdout`` is at that moment.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream or sys.stdout)
        self._is_set = stream is not None
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record with the line end that it asks for."""
        if not self._is_set:
            self.stream = sys.stdout
        self.terminator = getattr(record, "ag2_event_end", "\n")
        super().emit(record)


def get_event_logger() -> logging.Logger:
    """The logger to which events are printed, ``ag2.event.processor``; give it other handlers to print elsewhere."""
    event_logger = logging.getLogger("ag2.event.processor")
    if event_logger.level == logging.NOTSET:  # nobody has set it up
        event_logger.setLevel(logging.INFO)
        event_logger.propagate = False
        event_logger.addHandler(EventStreamHandler())
    return event_logger


def event_print(
    *objects: Any,
    sep: str = " ",
    end: str = "\n",
    flush: bool = True,
    logger: logging.Logger | None = None,
    level: int = logging.INFO,
) -> None:
    """Print objects to a logger.

    Args:
        *objects: what to print; each is turned into text by ``str``.
        sep: the text between two objects.
        end: the text after the last object.
        flush: whether to write out at once anything that is buffered, which `EventStreamHandler` does anyway.
        logger: where to; by default, `get_event_logger`.
        level: the level of the record.
    """
    record = {"ag2_event_end": end, "ag2_event_flush": flush}
    (logger or get_event_logger()).log(level, "%s", sep.join(map(str, objects)), extra=record)
