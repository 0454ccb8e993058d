"""Models: configuration lists, the wrapper that asks them in turn, and one file per provider."""

from __future__ import annotations

import importlib
from typing import Any

_ROOMS = {
    "AbstractCache": "..cache.abstract_cache_base",
    "AnthropicLLMConfigEntry": "..llm_config.entries",
    "AzureOpenAILLMConfigEntry": "..llm_config.entries",
    "BedrockLLMConfigEntry": "..llm_config.entries",
    "Cache": "..cache.cache",
    "CerebrasLLMConfigEntry": "..llm_config.entries",
    "ChatCompletion": ".completion",
    "CohereLLMConfigEntry": "..llm_config.entries",
    "Completion": ".completion",
    "DeepSeekLLMConfigEntry": "..llm_config.entries",
    "GeminiLLMConfigEntry": "..llm_config.entries",
    "GroqLLMConfigEntry": "..llm_config.entries",
    "MistralLLMConfigEntry": "..llm_config.entries",
    "ModelClient": ".client",
    "OllamaLLMConfigEntry": "..llm_config.entries",
    "OpenAILLMConfigEntry": "..llm_config.entries",
    "OpenAIResponsesLLMConfigEntry": "..llm_config.entries",
    "OpenAIV2LLMConfigEntry": "..llm_config.entries",
    "OpenAIWrapper": ".client",
    "TogetherLLMConfigEntry": "..llm_config.entries",
    "config_list_from_dotenv": ".openai_utils",
    "config_list_from_json": ".openai_utils",
    "config_list_from_models": ".openai_utils",
    "config_list_gpt4_gpt35": ".openai_utils",
    "config_list_openai_aoai": ".openai_utils",
    "filter_config": ".openai_utils",
    "get_config_list": ".openai_utils",
}

__all__ = [
    "AnthropicLLMConfigEntry",
    "AzureOpenAILLMConfigEntry",
    "BedrockLLMConfigEntry",
    "Cache",
    "CerebrasLLMConfigEntry",
    "ChatCompletion",
    "CohereLLMConfigEntry",
    "Completion",
    "DeepSeekLLMConfigEntry",
    "GeminiLLMConfigEntry",
    "GroqLLMConfigEntry",
    "MistralLLMConfigEntry",
    "ModelClient",
    "OllamaLLMConfigEntry",
    "OpenAILLMConfigEntry",
    "OpenAIResponsesLLMConfigEntry",
    "OpenAIV2LLMConfigEntry",
    "OpenAIWrapper",
    "TogetherLLMConfigEntry",
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
