"""How often something is tried again that a network may spoil.

A policy makes a manager for one piece of work, whose ``with`` block is entered for each try:

```python
tries = SleepRetryPolicy(retry_interval=1, retry_count=3)()
while answer is None:
    async with tries:
        answer = await ask()
```
"""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Literal, Protocol

__all__ = ("NoRetryPolicy", "RetryPolicy", "RetryPolicyManager", "SleepRetryPolicy")


class RetryPolicyManager(Protocol):
    """The tries of one piece of work. Its ``with`` block lets an error pass that ends them."""

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool: ...

    async def __aenter__(self) -> None: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool: ...


class RetryPolicy(Protocol):
    """Makes the manager of one piece of work."""

    def __call__(self) -> RetryPolicyManager:
        """Return a manager that has not tried yet."""
        ...


class NoRetryPolicy(RetryPolicyManager):
    """Nothing is tried again: the first error passes. It is its own policy."""

    def __call__(self) -> NoRetryPolicy:
        """Return itself, for it keeps no count."""
        return self

    def __enter__(self) -> None:
        """Begin a try."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        """Let the error pass."""
        return False

    async def __aenter__(self) -> None:
        """Begin a try."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        """Let the error pass."""
        return False


class SleepRetryPolicy(RetryPolicy):
    """Wait after an error, and try again.

    Args:
        retry_interval: how many seconds to wait.
        retry_count: how many tries there are in all; the error of the last one passes.
    """

    def __init__(self, retry_interval: float = 10.0, retry_count: int = 3) -> None:
        self.retry_interval = retry_interval
        self.retry_count = retry_count

    def __call__(self) -> RetryPolicyManager:
        """Return a manager that has not tried yet."""
        return _SleepingTries(self.retry_interval, self.retry_count)


class _SleepingTries(RetryPolicyManager):
    def __init__(self, interval: float, count: int) -> None:
        self._interval = interval
        self._left = count

    def __enter__(self) -> None:
        self._left -= 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not self._goes_on(error):
            return False
        time.sleep(self._interval)
        return True

    async def __aenter__(self) -> None:
        self._left -= 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not self._goes_on(error):
            return False
        await asyncio.sleep(self._interval)
        return True

    def _goes_on(self, error: BaseException | None) -> bool:
        """Whether an error is swallowed. One that ends the program or the task never is."""
        return isinstance(error, Exception) and self._left > 0
