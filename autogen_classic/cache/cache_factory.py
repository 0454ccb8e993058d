"""Choose the kind of cache from what is configured."""

from __future__ import annotations

import logging
import os
from typing import Any

from .abstract_cache_base import AbstractCache

__all__ = ("CacheFactory",)

logger = logging.getLogger("autogen.cache.cache_factory")


class CacheFactory:
    """Makes caches."""

    @staticmethod
    def cache_factory(
        seed: str | int,
        redis_url: str | None = None,
        cache_path_root: str = ".cache",
        cosmosdb_config: dict[str, Any] | None = None,
        **disk_settings: Any,
    ) -> AbstractCache:
        """Make a cache: in Redis or Cosmos DB when an address is given and the package is there, else on disk.

        Args:
            seed: which cache, of those in one place.
            redis_url: the address of a Redis server.
            cache_path_root: the directory of the caches on disk.
            cosmosdb_config: see `cosmos_db_cache.CosmosDBConfig`.
            disk_settings: see `disk_cache.DiskCache`.

        Returns:
            The cache.
        """
        if redis_url is not None:
            try:
                from .redis_cache import RedisCache

                return RedisCache(seed, redis_url)
            except ImportError as error:
                logger.warning("%s. Keeping the cache on disk instead.", error)
        elif cosmosdb_config:
            try:
                from .cosmos_db_cache import CosmosDBCache

                return CosmosDBCache.create_cache(seed, cosmosdb_config)  # type: ignore[arg-type]
            except ImportError as error:
                logger.warning("%s. Keeping the cache on disk instead.", error)
        from .disk_cache import DiskCache

        return DiskCache(os.path.join(".", cache_path_root or ".cache", str(seed)), **disk_settings)
