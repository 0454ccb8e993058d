"""The cache that programs make and hand to agents."""

from __future__ import annotations

from contextvars import ContextVar
from types import TracebackType
from typing import Any

from .abstract_cache_base import AbstractCache
from .cache_factory import CacheFactory

__all__ = ("Cache",)

_in_use: ContextVar[tuple[Cache, ...]] = ContextVar("autogen_classic_caches", default=())


class Cache(AbstractCache):
    """A cache, made from a configuration. Use it in ``with``, or close it.

    Args:
        config: may have the keys in ``ALLOWED_CONFIG_KEYS``.

    Attributes:
        config: the configuration.
        cache: the cache behind it.

    Raises:
        ValueError: the configuration has another key.
    """

    ALLOWED_CONFIG_KEYS = (
        "cache_seed",
        "redis_url",
        "cache_path_root",
        "cosmos_db_config",
        "in_memory",
        "size_limit",
        "eviction_policy",
    )

    cache: AbstractCache

    def __init__(self, config: dict[str, Any]) -> None:
        for key in config:
            if key not in self.ALLOWED_CONFIG_KEYS:
                raise ValueError(f"Invalid config key: {key}. A cache knows {', '.join(self.ALLOWED_CONFIG_KEYS)}.")
        self.config = config
        seed = str(config.get("cache_seed", "42"))
        if config.get("in_memory"):
            from .in_memory_cache import InMemoryCache

            self.cache = InMemoryCache(seed)
        else:
            self.cache = CacheFactory.cache_factory(
                seed,
                redis_url=config.get("redis_url"),
                cache_path_root=config.get("cache_path_root", ".cache"),
                cosmosdb_config=config.get("cosmos_db_config"),
                **{name: config[name] for name in ("size_limit", "eviction_policy") if config.get(name) is not None},
            )

    @staticmethod
    def disk(
        cache_seed: str | int = 42,
        cache_path_root: str = ".cache",
        *,
        size_limit: int | None = None,
        eviction_policy: str | None = None,
    ) -> Cache:
        """Make a cache on disk, in ``cache_path_root/cache_seed``.

        Args:
            cache_seed: which cache; another seed is another cache.
            cache_path_root: the directory of the caches.
            size_limit: the most bytes; beyond it, older entries are evicted. It is kept with the directory, where it
                applies to ``cache_seed`` too; 1 GiB unless it was ever set.
            eviction_policy: which entries are evicted first: ``"least-recently-stored"`` (unless it was ever set),
                ``"least-recently-used"``, ``"least-frequently-used"``, or ``"none"`` for no eviction.

        Returns:
            The cache.

        Raises:
            ValueError: the limit is not a number above 0, or the policy is not known.
        """
        limits = {"size_limit": size_limit, "eviction_policy": eviction_policy}
        return Cache(
            {
                "cache_seed": cache_seed,
                "cache_path_root": cache_path_root,
                **{name: value for name, value in limits.items() if value is not None},
            }
        )

    @staticmethod
    def in_memory(cache_seed: str | int = 42) -> Cache:
        """Make a cache that ends with the program.

        Args:
            cache_seed: put before every key.

        Returns:
            The cache.
        """
        return Cache({"cache_seed": cache_seed, "in_memory": True})

    @staticmethod
    def redis(cache_seed: str | int = 42, redis_url: str = "redis://localhost:6379/0") -> Cache:
        """Make a cache in Redis; it is on disk when the redis package is not installed.

        Args:
            cache_seed: which cache; another seed is another cache.
            redis_url: the address of the server.

        Returns:
            The cache.
        """
        return Cache({"cache_seed": cache_seed, "redis_url": redis_url})

    @staticmethod
    def cosmos_db(
        connection_string: str | None = None,
        container_id: str | None = None,
        cache_seed: str | int = 42,
        client: Any | None = None,
    ) -> Cache:
        """Make a cache in Azure Cosmos DB, in the database ``autogen_cache``.

        It is on disk when the azure-cosmos package is not installed.

        Args:
            connection_string: how to reach the account, unless a client is given.
            container_id: the container.
            cache_seed: which cache; another seed is another cache.
            client: your own CosmosClient.

        Returns:
            The cache.
        """
        place = {
            "connection_string": connection_string,
            "database_id": "autogen_cache",
            "container_id": container_id,
            "client": client,
        }
        return Cache({"cache_seed": str(cache_seed), "cosmos_db_config": place})

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key.

        Args:
            key: the key.
            default: what is returned if it has no value.
        """
        return self.cache.get(key, default)

    def set(self, key: str, value: object) -> None:
        """Keep a value under a key.

        Args:
            key: the key.
            value: the value, in place of an earlier one.

        Raises:
            NotJSONError: the cache is not in memory, and JSON cannot hold the value.
        """
        self.cache.set(key, value)

    def close(self) -> None:
        """Let go of files and connections."""
        self.cache.close()

    @classmethod
    def get_current_cache(cls, cache: Cache | None = None) -> Cache | None:
        """Return a cache, or if it is None, that of the innermost ``with`` block that is running.

        Agents use a cache only if a chat is given one, as in AutoGen 0.2: ``initiate_chat(..., cache=cache)``.

        Args:
            cache: a cache, which is returned as it is.

        Returns:
            The cache; None outside of such a block.
        """
        if cache is not None:
            return cache
        in_use = _in_use.get()
        return in_use[-1] if in_use else None

    def __enter__(self) -> AbstractCache:
        """Return the cache behind this one."""
        _in_use.set((*_in_use.get(), self))
        return self.cache.__enter__()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the cache."""
        in_use = list(_in_use.get())
        if self in in_use:  # a block of an asynchronous program may end in another task than it began
            in_use.remove(self)
            _in_use.set(tuple(in_use))
        self.cache.__exit__(exc_type, exc_value, traceback)
