"""Keep keys out of the errors that SDKs raise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

from .finding import secrets_in, secrets_of_environment, secrets_sent
from .hiding import CONTENT, hidden

__all__ = ("keys_hidden", "set_text")


class keys_hidden:  # in small letters, because it is used like a function: with keys_hidden([entry]): ...
    """Blank out keys in every error that leaves a ``with`` block, in those that caused it, and in those of a group.

    Args:
        entries: the configurations, and the request, whose keys may be met.
    """

    def __init__(self, entries: Collection[Mapping[str, Any]]) -> None:
        self._entries = entries

    def _secrets(self) -> Iterator[str]:
        for entry in self._entries:
            yield from secrets_in({name: part for name, part in entry.items() if name not in CONTENT})
        yield from secrets_of_environment()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            return
        errors = list(_chain(error))
        secrets = list(self._secrets())
        secrets += (secret for one in errors for secret in secrets_sent(one))
        for one in errors:
            _hide_in_error(one, secrets)
        for one in errors:
            _let_go(one, secrets)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, everything that caused it, and the errors of a group."""
    known: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in known:
            known.add(id(one))
            yield one
            waiting += (one.__cause__, one.__context__)
            members = getattr(one, "exceptions", None)
            if isinstance(members, tuple):  # of an ExceptionGroup, which Python 3.10 does not know
                waiting += (member for member in members if isinstance(member, BaseException))


def _hide_in_error(error: BaseException, secrets: list[str]) -> None:
    """Blank out secrets in the arguments, the attributes and the text of an error."""

    def hide(text: str) -> str:
        return hidden(text, secrets)

    text = str(error)
    everything = f"{text} {error!r} {vars(error)!r}"
    if hide(everything) == everything:
        return
    error.args = tuple(_mapped(part, hide) for part in error.args)
    for name, value in list(vars(error).items()):
        with suppress(AttributeError, TypeError):  # some fields cannot be set
            setattr(error, name, _mapped(value, hide))
    if str(error) != hide(text):
        with suppress(TypeError):  # some errors cannot be changed; `_let_go` deals with these
            set_text(error, hide(text))


def _let_go(error: BaseException, secrets: list[str]) -> None:
    """Separate an error from a cause that shows a key and cannot be changed."""
    for name in ("__cause__", "__context__"):
        cause = getattr(error, name)
        shown = f"{cause} {cause!r}"
        if cause is not None and hidden(shown, secrets) != shown:
            setattr(error, name, None)


def _mapped(value: Any, function: Callable[[str], str]) -> Any:
    """Apply a function to every text in a plain value, also in bytes and tuples."""
    if isinstance(value, str):
        return function(value)
    if isinstance(value, bytes):
        return function(value.decode("latin-1")).encode("latin-1")
    if type(value) is dict:
        return {key: _mapped(part, function) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_mapped(part, function) for part in value)
    return value


def set_text(error: BaseException, text: str) -> None:
    """Change what an exception prints. Errors of most SDKs keep the text twice; others make it from their parts.

    Args:
        error: the exception.
        text: what it is to say.

    Raises:
        TypeError: it cannot be changed.
    """
    error.args = (text, *error.args[1:])
    if hasattr(error, "message"):
        with suppress(AttributeError):
            error.message = text
    if isinstance(getattr(error, "body", None), str):  # mistralai shows it in the repr
        error.body = text  # type: ignore[attr-defined]
    if str(error) != text:
        kind = type(error)
        error.__class__ = type(kind.__name__, (_WithText, kind), {"__module__": kind.__module__})


class _WithText(Exception):
    """An error that prints its first argument, whatever the SDK's class would make of its parts."""

    def __str__(self) -> str:
        return str(self.args[0])
