"""The accepted forms of one configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from .entry import LLMConfigEntry

__all__ = ("ConfigItem",)

ConfigItem: TypeAlias = LLMConfigEntry | Mapping[str, Any]
