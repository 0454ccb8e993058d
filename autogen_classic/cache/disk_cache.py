"""A cache in a directory, by way of the diskcache package."""

from __future__ import annotations

import json
from typing import Any

import diskcache  # type: ignore[import-not-found, import-untyped, unused-ignore]

from ._json import as_json
from .abstract_cache_base import AbstractCache

__all__ = ("DiskCache",)


class DiskCache(AbstractCache):
    """Keep values as JSON in a directory that survives the program and can be shared by several.

    A pickle that an older program left in the directory is never loaded.

    Args:
        seed: the directory, as a path or a text.

    Attributes:
        cache: the diskcache object.
    """

    def __init__(self, seed: Any) -> None:
        # Level 0: the key of an entry is compressed too, and must not depend on the zlib that Python was built with.
        self.cache = diskcache.Cache(str(seed), disk=diskcache.JSONDisk, disk_compress_level=0)

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default when there is none.

        Raises:
            ValueError: the entry is not JSON.
        """
        try:
            return self.cache.get(key, default)
        except (ValueError, TypeError) as error:
            raise ValueError(f"The cache entry in {self.cache.directory} is damaged: {error}") from error

    def set(self, key: str, value: Any) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
        """
        self.cache.set(key, json.loads(as_json(value)))

    def close(self) -> None:
        """Close the database."""
        self.cache.close()
