"""Which models a builder and its agents may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....oai.openai_utils import config_list_from_json
from .contract import Builder

__all__ = ("entries_of", "shared_settings", "without_tools")

_SHARED = ("cache_seed",)
_NOT_OF_AN_ENTRY = ("cache", "cache_seed", "config_list", "functions", "tools")


def without_tools(llm_config: Mapping[str, Any]) -> dict[str, Any]:
    """An ``llm_config`` without the tools that the program offers to the model of another agent."""
    return {key: value for key, value in llm_config.items() if key not in ("functions", "tools")}


def shared_settings(builder: Builder) -> dict[str, Any]:
    """What the models of agents have in common with the model of their builder: the same cached answers."""
    return {key: value for key, value in (builder.llm_config or {}).items() if key in _SHARED}


def entries_of(builder: Builder, models: list[str], tags: list[str]) -> list[dict[str, Any]]:
    """The entries of the configuration list that have one of the models and one of the tags; empty lists fit all.

    Of an ``llm_config`` all entries fit, if none has what is asked for: it was given for this builder.
    """
    wanted = {key: values for key, values in (("model", models), ("tags", tags)) if values}
    if builder.llm_config is None:
        return config_list_from_json(builder.config_file_or_env, builder.config_file_location, filter_dict=wanted)
    entries = list(builder.llm_config.get("config_list") or [])
    if not entries:
        return [{key: value for key, value in builder.llm_config.items() if key not in _NOT_OF_AN_ENTRY}]
    return [entry for entry in entries if all(_has(entry, key, wanted[key]) for key in wanted)] or entries


def _has(entry: Mapping[str, Any], key: str, values: list[str]) -> bool:
    found = entry.get(key) or []
    return not set(values).isdisjoint([found] if isinstance(found, str) else found)
