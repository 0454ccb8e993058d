"""A cache in Azure Cosmos DB."""

from __future__ import annotations

import hashlib
import logging
from typing import Any, TypedDict

try:
    from azure.cosmos import CosmosClient, PartitionKey  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from azure.cosmos.exceptions import CosmosResourceNotFoundError  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    CosmosClient = None  # type: ignore[assignment, misc, unused-ignore]

from .._json.text import as_json
from .._packages import missing_package
from ._entry import read_entry
from .abstract_cache_base import AbstractCache

__all__ = ("CosmosDBCache", "CosmosDBConfig")

logger = logging.getLogger("autogen.cache.cosmos_db_cache")


class CosmosDBConfig(TypedDict, total=False):
    """Where the cache is: a connection string or a client, and the names of database and container."""

    connection_string: str
    database_id: str
    container_id: str
    cache_seed: str | int | None
    client: Any


class CosmosDBCache(AbstractCache):
    """Keep values as JSON texts in a container, which is created if it does not exist.

    Args:
        seed: the partition of the entries, so that caches can be told apart.
        cosmosdb_config: needs ``database_id`` and ``container_id``, and one of ``client`` and ``connection_string``.

    Raises:
        ImportError: the azure-cosmos package is not installed.
        ValueError: the configuration lacks something.
    """

    def __init__(self, seed: str | int, cosmosdb_config: CosmosDBConfig) -> None:
        if CosmosClient is None:
            raise missing_package("Cache.cosmos_db", "azure-cosmos", "cosmosdb")
        lacking = [name for name in ("database_id", "container_id") if not cosmosdb_config.get(name)]
        if lacking:
            raise ValueError(f"The configuration of the Cosmos DB cache lacks {' and '.join(lacking)}.")
        self.seed = str(seed)
        client = cosmosdb_config.get("client")
        if client is None:
            if not cosmosdb_config.get("connection_string"):
                raise ValueError("The configuration of the Cosmos DB cache needs a connection_string or a client.")
            client = CosmosClient.from_connection_string(cosmosdb_config["connection_string"])
        self.client = client
        database = client.create_database_if_not_exists(id=cosmosdb_config["database_id"])
        self.container = database.create_container_if_not_exists(
            id=cosmosdb_config["container_id"], partition_key=PartitionKey(path="/partitionKey")
        )

    @classmethod
    def create_cache(cls, seed: str | int, cosmosdb_config: CosmosDBConfig) -> CosmosDBCache:
        """Make a cache from a configuration with a client or a connection string."""
        return cls(seed, cosmosdb_config)

    @classmethod
    def from_config(cls, seed: str | int, cosmosdb_config: CosmosDBConfig) -> CosmosDBCache:
        """Make a cache from a configuration."""
        return cls(seed, cosmosdb_config)

    @classmethod
    def from_connection_string(
        cls, seed: str | int, connection_string: str, database_id: str, container_id: str
    ) -> CosmosDBCache:
        """Make a cache from a connection string."""
        return cls(
            seed,
            {"connection_string": connection_string, "database_id": database_id, "container_id": container_id},
        )

    @classmethod
    def from_existing_client(cls, seed: str | int, client: Any, database_id: str, container_id: str) -> CosmosDBCache:
        """Make a cache that uses your own client."""
        return cls(seed, {"client": client, "database_id": database_id, "container_id": container_id})

    def _item_id(self, key: str) -> str:
        """Cosmos DB allows 255 characters and no slashes in an id."""
        return hashlib.sha256(key.encode()).hexdigest()

    def get(self, key: str, default: Any | None = None) -> Any | None:
        """Return the value of a key, or the default if it has no value in JSON."""
        try:
            item = self.container.read_item(item=self._item_id(key), partition_key=self.seed)
        except CosmosResourceNotFoundError:
            return default
        return read_entry(item.get("data", ""), f"Cosmos DB under {self.seed}", default, logger)

    def set(self, key: str, value: object) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
        """
        self.container.upsert_item({"id": self._item_id(key), "partitionKey": self.seed, "data": as_json(value)})

    def close(self) -> None:
        """Do nothing: the client looks after its connections."""
