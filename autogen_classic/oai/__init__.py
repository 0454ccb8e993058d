"""Models: configuration lists, the wrapper that asks them in turn, and one file per provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load

if TYPE_CHECKING:
    from ..cache.cache import (
        Cache,
    )
    from ..llm_config.entries import (
        AnthropicLLMConfigEntry,
        AzureOpenAILLMConfigEntry,
        BedrockLLMConfigEntry,
        CerebrasLLMConfigEntry,
        CohereLLMConfigEntry,
        DeepSeekLLMConfigEntry,
        GeminiLLMConfigEntry,
        GroqLLMConfigEntry,
        MistralLLMConfigEntry,
        OllamaLLMConfigEntry,
        OpenAILLMConfigEntry,
        OpenAIResponsesLLMConfigEntry,
        OpenAIV2LLMConfigEntry,
        TogetherLLMConfigEntry,
    )
    from .client import (
        ModelClient,
        OpenAIWrapper,
    )
    from .completion import (
        ChatCompletion,
        Completion,
    )
    from .openai_utils import (
        config_list_from_dotenv,
        config_list_from_json,
        config_list_from_models,
        config_list_gpt4_gpt35,
        config_list_openai_aoai,
        filter_config,
        get_config_list,
        get_first_llm_config,
    )

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
    "get_first_llm_config",
]

_HOMES = {
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
    "get_first_llm_config": ".openai_utils",
}

# Programs say `autogen.oai.client` without importing it.
_SUBMODULES = ("client", "client_utils", "completion", "openai_utils", "rate_limiters")

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
