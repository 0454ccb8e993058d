"""Configurations of models as objects: checked on creation, a default within ``with``, and never printing a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load

if TYPE_CHECKING:
    from .client import ModelClient
    from .config import LLMConfig

__all__ = ["LLMConfig", "ModelClient"]

_HOMES = {"LLMConfig": ".config", "ModelClient": ".client"}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES)
