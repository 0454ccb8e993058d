"""Keep requests to one configuration at least a given time apart."""

from __future__ import annotations

import threading
import time
from typing import Any, Protocol

__all__ = ("RateLimiter", "TimeRateLimiter")


class RateLimiter(Protocol):
    """Anything that can make a caller wait for its turn."""

    def sleep(self, *args: Any, **kwargs: Any) -> None:
        """Wait until the next request may go out."""


class TimeRateLimiter:
    """Let at most ``rate`` requests pass in a second, evenly spaced.

    Args:
        rate: requests per second, more than 0; 0.5 is one request in two seconds.

    Raises:
        ValueError: the rate is not above 0.
        TypeError: the rate is not a number.
    """

    def __init__(self, rate: Any) -> None:
        if not isinstance(rate, (int, float)):
            raise TypeError(f"api_rate_limit must be a number of requests per second, but it is {rate!r}.")
        if not rate > 0:
            raise ValueError(f"api_rate_limit is {rate!r}, but must be more than 0 requests per second.")
        self._seconds_between = 1.0 / rate
        self._next_turn = 0.0
        self._lock = threading.Lock()

    def sleep(self, *args: Any, **kwargs: Any) -> None:
        """Block the thread until it is the caller's turn. Arguments are ignored."""
        wait = self._take_turn()
        if wait > 0:
            time.sleep(wait)

    async def a_sleep(self) -> None:
        """The same as `sleep`, without blocking the event loop."""
        wait = self._take_turn()
        if wait > 0:
            from asyncio import sleep  # as late as possible: it takes longer to load than everything else

            await sleep(wait)

    def _take_turn(self) -> float:
        """Reserve the next turn and say how many seconds it is away."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._seconds_between
            return turn - now
