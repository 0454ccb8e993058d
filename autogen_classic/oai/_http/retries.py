"""Ask again, for providers whose SDK does not, or does not wait as long as the server asks.

The other SDKs (of OpenAI, Anthropic, Cohere and more) do the same themselves.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from .packages import HTTPX_PACKAGES

__all__ = ("MAX_RETRIES", "TRANSPORT_ERRORS", "Refusal", "ask_again", "seconds_to_wait")

MAX_RETRIES = 2
"""How often a request is sent again if the configuration has no ``max_retries``, as with OpenAI."""

LONGEST_WAIT = 60.0
_PASSING = frozenset((408, 409, 429))  # and every status from 500 on

T = TypeVar("T")


def _transport_errors() -> tuple[type[Exception], ...]:
    """The errors of a connection, in whichever of the packages are installed."""
    found: list[type[Exception]] = []
    for package in HTTPX_PACKAGES:
        with suppress(ImportError):
            found.append(importlib.import_module(package).TransportError)
    return tuple(found)


TRANSPORT_ERRORS = _transport_errors()


@dataclass(frozen=True)
class Refusal:
    """What a server says when it refuses a request.

    Attributes:
        status: the HTTP status.
        wait: the seconds after which to ask again; None if it does not say.
    """

    status: int
    wait: float | None = None

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed later, after a wait that is not too long."""
        return (self.status in _PASSING or self.status >= 500) and (self.wait or 0) <= LONGEST_WAIT


def ask_again(send: Callable[[], T], refusal_of: Callable[[BaseException], Refusal | None], max_retries: Any) -> T:
    """Send a request, and again when it fails in a way that may pass.

    Args:
        send: sends the request.
        refusal_of: reads an error of the SDK; None when the server did not refuse.
        max_retries: how often to send it again at most; None for the default of 2.

    Returns:
        What ``send`` returned.

    Raises:
        Exception: the last error, as it was.
    """

    import tenacity  # here, because those who only need TRANSPORT_ERRORS may not have it

    backoff = tenacity.wait_exponential(multiplier=0.5, max=8) + tenacity.wait_random(0, 0.5)

    def worth_it(error: BaseException) -> bool:
        refusal = refusal_of(error)
        return refusal.passes if refusal is not None else isinstance(error, TRANSPORT_ERRORS)

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        refusal = refusal_of(error) if error is not None else None
        return refusal.wait if refusal is not None and refusal.wait is not None else backoff(state)

    attempts = 1 + (MAX_RETRIES if max_retries is None else int(max_retries))
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(attempts),
        retry=tenacity.retry_if_exception(worth_it),
        wait=wait,
        reraise=True,
    )
    return retrying(send)


def seconds_to_wait(headers: Mapping[str, str] | None) -> float | None:
    """Read how long a server asks to wait.

    Args:
        headers: the headers of its answer, in lower case or of a kind that ignores case.

    Returns:
        The seconds in ``retry-after-ms`` or ``retry-after`` (a number or a date); None without either.
    """
    if not headers:
        return None
    milliseconds, text = headers.get("retry-after-ms"), headers.get("retry-after")
    with suppress(TypeError, ValueError):
        return max(0.0, float(milliseconds) / 1000)  # type: ignore[arg-type]
    with suppress(TypeError, ValueError):
        return max(0.0, float(text))  # type: ignore[arg-type]
    with suppress(TypeError, ValueError):
        date = parsedate_to_datetime(text)  # type: ignore[arg-type]
        zone = date.tzinfo or timezone.utc
        return max(0.0, (date.replace(tzinfo=zone) - datetime.now(timezone.utc)).total_seconds())
    return None
