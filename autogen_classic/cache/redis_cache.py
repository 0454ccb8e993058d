"""A cache in a Redis server, which programs on several machines can share."""

from __future__ import annotations

import logging
from typing import Any

try:
    import redis  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    redis = None  # type: ignore[assignment, unused-ignore]

from .._json.text import as_json
from .._packages import missing_package
from ._entry import read_entry
from .abstract_cache_base import AbstractCache

__all__ = ("RedisCache",)

logger = logging.getLogger("autogen.cache.redis_cache")

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0


class RedisCache(AbstractCache):
    """Keep values as JSON texts in Redis.

    Args:
        seed: put before every key, so that caches can be told apart.
        redis_url: the address of the server, such as ``redis://localhost:6379/0``.

    Raises:
        ImportError: the redis package is not installed.
        ValueError: the address cannot be read.

    Attributes:
        cache: the redis client.
    """

    def __init__(self, seed: str | int, redis_url: str) -> None:
        if redis is None:
            raise missing_package("Cache.redis", "redis", "redis")
        self.seed = seed
        try:
            self.cache = redis.Redis.from_url(redis_url)
        except ValueError:  # it quotes parts of the address, of which one may be the password
            raise ValueError(
                "redis_url cannot be read. It looks like redis://localhost:6379/0 or redis://:password@host:6379/0; "
                "characters such as / and @ in a password are written as in any URL, as %2F and %40."
            ) from None
        _do_not_wait_long(self.cache)

    def _prefixed_key(self, key: str) -> str:
        return f"autogen:{self.seed}:{key}"

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default if it has no value in JSON."""
        text = self.cache.get(self._prefixed_key(key))
        return default if text is None else read_entry(text, f"Redis under autogen:{self.seed}", default, logger)

    def set(self, key: str, value: object) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
        """
        self.cache.set(self._prefixed_key(key), as_json(value))

    def close(self) -> None:
        """Close the connections to the server."""
        self.cache.close()


def _do_not_wait_long(client: Any) -> None:
    """A server that is lost must not hold up a chat: the model can be asked instead.

    The limits that the address itself gives, such as ``?socket_timeout=60``, stay.
    """
    settings = client.connection_pool.connection_kwargs
    settings["socket_connect_timeout"] = settings.get("socket_connect_timeout") or CONNECT_SECONDS
    settings["socket_timeout"] = settings.get("socket_timeout") or ANSWER_SECONDS
    # Once more at once, because servers close connections that were idle; by default redis waits and tries on.
    client.set_retry(redis.retry.Retry(redis.backoff.NoBackoff(), 1))
