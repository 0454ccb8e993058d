"""Keep the answers of models: on disk, in memory, in Redis, or in Azure Cosmos DB. Entries are JSON, never pickles."""

from __future__ import annotations

from typing import Any

__all__ = ["AbstractCache", "Cache"]


def __getattr__(name: str) -> Any:
    if name == "Cache":
        from .cache import Cache

        return Cache
    if name == "AbstractCache":
        from .abstract_cache_base import AbstractCache

        return AbstractCache
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
