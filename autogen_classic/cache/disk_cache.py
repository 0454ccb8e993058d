"""A cache in a directory that survives the program and can be shared by several."""

from __future__ import annotations

import os
from typing import Any

# Programs patch `disk_cache.diskcache.Cache`. Here it is a subclass of the package's, which never unpickles.
from . import _store as diskcache
from .abstract_cache_base import AbstractCache

__all__ = ("DiskCache",)


class DiskCache(AbstractCache):
    """Keep values as JSON in a directory, through the package diskcache.

    The package itself pickles, and whoever can write into the directory of such a cache can run any program in everyone
    who reads it (CVE-2025-69872). Here the package is given our own ``Disk``, `_store.JSONDisk`, which stores JSON and
    refuses every row that would be unpickled, so a directory may come from anybody. Entries that AutoGen 0.2 left
    are such rows: they count as missing, one warning says so, and they stay; ``autogen-classic cache import`` converts
    them.

    Args:
        seed: the directory, as a path or a text.
        settings: ``size_limit``, the most bytes before old entries are evicted (1 GiB by default), and
            ``eviction_policy``, what goes first: ``"least-recently-stored"`` (the default), ``"least-recently-used"``,
            ``"least-frequently-used"`` or ``"none"``. They are kept with the directory.

    Raises:
        ValueError: a setting has an impossible value.

    Attributes:
        cache: a ``diskcache.Cache``.
    """

    def __init__(self, seed: str | os.PathLike[str], **settings: Any) -> None:
        self.cache = diskcache.Cache(seed, **settings)

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default if it has no value in JSON.

        Raises:
            CacheUnusableError: the file cannot be read.
        """
        return self.cache.get(key, default)

    def set(self, key: str, value: object) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
            CacheUnusableError: the file cannot be written.
        """
        self.cache.set(key, value)

    def close(self) -> None:
        """Close the file. It is opened again when it is needed."""
        self.cache.close()
