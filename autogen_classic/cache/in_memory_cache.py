"""A cache that ends with the program."""

from __future__ import annotations

from typing import Any

from .abstract_cache_base import AbstractCache

__all__ = ("InMemoryCache",)


class InMemoryCache(AbstractCache):
    """Keep values, of any type, in a dict.

    Args:
        seed: put before every key, so that caches can be told apart.
    """

    def __init__(self, seed: str | int = "") -> None:
        self._seed = str(seed)
        self._cache: dict[str, Any] = {}

    def _prefixed_key(self, key: str) -> str:
        return f"{self._seed}_{key}" if self._seed else key

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default if it has none."""
        return self._cache.get(self._prefixed_key(key), default)

    def set(self, key: str, value: object) -> None:
        """Keep a value under a key."""
        self._cache[self._prefixed_key(key)] = value

    def close(self) -> None:
        """Do nothing: the values stay as long as the object."""
