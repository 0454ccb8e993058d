"""Models: configuration lists, the wrapper that asks them in turn, and one file per provider."""

from __future__ import annotations

import importlib
from typing import Any

_ROOMS = {
    "AbstractCache": "..cache.abstract_cache_base",
    "Cache": "..cache.cache",
    "ChatCompletion": ".completion",
    "Completion": ".completion",
    "ModelClient": ".client",
    "OpenAIWrapper": ".client",
    "config_list_from_dotenv": ".openai_utils",
    "config_list_from_json": ".openai_utils",
    "config_list_from_models": ".openai_utils",
    "config_list_gpt4_gpt35": ".openai_utils",
    "config_list_openai_aoai": ".openai_utils",
    "filter_config": ".openai_utils",
    "get_config_list": ".openai_utils",
}

__all__ = [
    "Cache",
    "ChatCompletion",
    "Completion",
    "ModelClient",
    "OpenAIWrapper",
    "config_list_from_dotenv",
    "config_list_from_json",
    "config_list_from_models",
    "config_list_gpt4_gpt35",
    "config_list_openai_aoai",
    "filter_config",
    "get_config_list",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(importlib.import_module(_ROOMS[name], __name__), name)
    if name in ("client", "client_utils", "completion", "openai_utils", "rate_limiters"):
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
