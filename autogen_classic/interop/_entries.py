"""The configuration from which a bridge makes a model of another framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..llm_config import LLMConfig

__all__ = ("first_entry",)


def first_entry(llm_config: LLMConfig | Mapping[str, Any]) -> dict[str, Any]:
    """The first configuration of a list, with its key as a text.

    Args:
        llm_config: an `LLMConfig`, or what one can be made of.

    Raises:
        LLMConfigError: it cannot be used.
        TypeError: it is of the wrong type.
    """
    entry: dict[str, Any] = LLMConfig.ensure_config(llm_config).model_dump()["config_list"][0]
    return entry
