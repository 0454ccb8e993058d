"""A cache in a directory that survives the program and can be shared by several."""

from __future__ import annotations

from typing import Any

# Programs patch `disk_cache.diskcache.Cache`. The package of that name pickles (CVE-2025-69872), our store does not.
from . import _store as diskcache
from .abstract_cache_base import AbstractCache

__all__ = ("DiskCache",)


class DiskCache(AbstractCache):
    """Keep values as JSON in the file ``answers.db`` of a directory.

    Entries that AutoGen 0.2 left in the directory are in another file, which is never opened here;
    ``autogen-classic cache import`` reads it.

    Args:
        seed: the directory, as a path or a text.

    Attributes:
        cache: the store behind it.
    """

    def __init__(self, seed: Any) -> None:
        self.cache = diskcache.Cache(seed)

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default when there is none.

        Raises:
            CacheUnusableError: the file cannot be read.
            ValueError: the entry is damaged.
        """
        return self.cache.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
            CacheUnusableError: the file cannot be written.
        """
        self.cache.set(key, value)

    def close(self) -> None:
        """Close the file. It is opened again when it is needed."""
        self.cache.close()
