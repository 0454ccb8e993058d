"""A cache in a Redis server, which programs on several machines can share."""

from __future__ import annotations

import json
from typing import Any

try:
    import redis  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    redis = None

from ._json import as_json
from .abstract_cache_base import AbstractCache

__all__ = ("RedisCache",)


class RedisCache(AbstractCache):
    """Keep values as JSON texts in Redis.

    Args:
        seed: put before every key, so that caches can be told apart.
        redis_url: the address of the server, such as ``redis://localhost:6379/0``.

    Raises:
        ImportError: the redis package is not installed.

    Attributes:
        cache: the redis client.
    """

    def __init__(self, seed: Any, redis_url: str) -> None:
        if redis is None:
            raise ImportError('Cache.redis needs the redis package: pip install "autogen-classic[redis]"')
        self.seed = seed
        self.cache = redis.Redis.from_url(redis_url)

    def _prefixed_key(self, key: str) -> str:
        return f"autogen:{self.seed}:{key}"

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default when there is none.

        Raises:
            ValueError: the entry is not JSON.
        """
        text = self.cache.get(self._prefixed_key(key))
        return default if text is None else json.loads(text)

    def set(self, key: str, value: Any) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
        """
        self.cache.set(self._prefixed_key(key), as_json(value))

    def close(self) -> None:
        """Close the connections to the server."""
        self.cache.close()
