"""Services of the web that tools ask: their keys, and what a model is told when they fail."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from ssl import SSLError

from ..._secrets import hidden, secrets_of_environment
from ...errors import ContentRefusedError, ToolServiceError

__all__ = ("SECONDS", "asking", "key_for", "unreadable")

SECONDS = 30.0
"""How long a service may take, unless it says otherwise."""

_LONGEST_DETAIL = 300
_UNREADABLE = "sent an answer that cannot be read. Try again later."
# What the packages of services raise over an answer that they cannot read.
_STUMBLES = (AttributeError, ContentRefusedError, LookupError, TypeError, ValueError)


def key_for(service: str, given: str | None, parameter: str, variable: str) -> str:
    """Find the key for a service.

    Args:
        service: its name.
        given: what the program gave, or None.
        parameter: the name of the parameter by which it does so, for the error.
        variable: the variable of the environment that holds the key otherwise.

    Returns:
        The key.

    Raises:
        ValueError: there is no key.
    """
    key = given or os.environ.get(variable)
    if not key:
        raise ValueError(f"{service} needs a key. Give {parameter}=..., or set the variable {variable}.")
    return key


def unreadable(service: str) -> ToolServiceError:
    """The error for an answer that is not what the service promises, such as a page instead of JSON.

    Args:
        service: its name.
    """
    return ToolServiceError(f"{service} {_UNREADABLE}")


@contextmanager
def asking(
    service: str, key: str | Iterable[str] | None = None, statuses: Mapping[type[Exception], int] | None = None
) -> Iterator[None]:
    """Make every failure of a service one error, whose text is for the model and holds no key.

    Args:
        service: its name, which begins the text.
        key: the key that is sent, or all texts that must not be shown. An iterable is read only when the service fails.
        statuses: HTTP statuses by the classes of errors of its package, for errors that do not carry their status.

    Returns:
        A context manager in which the service is asked.

    Raises:
        ToolServiceError: whatever went wrong.
    """
    try:
        yield
    except ToolServiceError:
        raise
    except Exception as error:
        told = f"{service} {_what_happened(error, statuses or {})}"
        keys = [key] if isinstance(key, str) else key or ()
        raise ToolServiceError(hidden(told, [*keys, *secrets_of_environment()])) from None


def _what_happened(error: Exception, statuses: Mapping[type[Exception], int]) -> str:
    """Say what went wrong, as the rest of a sentence that begins with the name of the service."""
    chain = list(_chain(error))
    status = next((found for one in chain if (found := _status_of(one, statuses)) is not None), None)
    if status is not None:
        return f"{_meaning_of(status)} (HTTP {status}).{_detail_of(error)}"
    if any(isinstance(one, TimeoutError) or "timeout" in type(one).__name__.lower() for one in chain):
        return "did not answer in time. Try again later."
    if isinstance(error, _STUMBLES) and not isinstance(error, SSLError):  # an SSLError is a ValueError, too
        return _UNREADABLE
    if any(isinstance(one, OSError | HTTPException) for one in chain):
        return "cannot be reached. Try again later."
    return f"failed.{_detail_of(error)}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _status_of(error: BaseException, statuses: Mapping[type[Exception], int]) -> int | None:
    """The HTTP status that an error stands for or carries; None if it does neither."""
    told = next((status for kind, status in statuses.items() if isinstance(error, kind)), None)
    if told is not None:
        return told
    for carrier in (error, getattr(error, "response", None)):
        for name in ("status_code", "status"):
            status = getattr(carrier, name, None)
            if isinstance(status, int) and status >= 400:
                return status
    return None


def _meaning_of(status: int) -> str:
    if status in (401, 403):
        return "refused access: the key or its rights are wrong"
    if status == 429:
        return "was asked too often: wait before you ask again"
    if status >= 500:
        return "failed: try again later"
    return "refused the request"


def _detail_of(error: Exception) -> str:
    """What a service says about its error; the texts of some packages show whole addresses, in which a key may be."""
    reason = getattr(error, "reason", None)
    detail = " ".join((reason if isinstance(reason, str) else str(error)).split())
    if not detail or "://" in detail:
        return ""
    return f" It says: {detail[:_LONGEST_DETAIL]}"
