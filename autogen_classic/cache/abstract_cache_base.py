"""What a cache has to offer."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol

__all__ = ("AbstractCache",)


class AbstractCache(Protocol):
    """A place that keeps values by key. Any class with these methods can be used as ``cache=``.

    A model's answer is handed to `set` as a dict that JSON can hold, and is rebuilt from what `get` returns.
    """

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default if it has none."""
        ...

    def set(self, key: str, value: object) -> None:
        """Keep a value under a key."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...

    def __enter__(self) -> AbstractCache:
        """Return the cache itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the cache."""
        self.close()
