"""Keep the answers of models: on disk, in memory, in Redis, or in Azure Cosmos DB. Entries are JSON, never pickles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load

if TYPE_CHECKING:
    from .abstract_cache_base import AbstractCache
    from .cache import Cache

__all__ = ["AbstractCache", "Cache"]

_HOMES = {"AbstractCache": ".abstract_cache_base", "Cache": ".cache"}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
