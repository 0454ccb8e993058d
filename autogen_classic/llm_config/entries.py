"""The configuration of each provider as a class: what type each setting has. Ranges, and what a client
sends for a setting that is left out, are in `oai._specs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from pydantic import Field, SecretStr, field_serializer

from ..oai._specs import COHERE, DEEPSEEK, MISTRAL, TOGETHER
from .entry import LLMConfigEntry, LLMConfigEntryDict

__all__ = (
    "AnthropicEntryDict",
    "AnthropicLLMConfigEntry",
    "AzureOpenAIEntryDict",
    "AzureOpenAILLMConfigEntry",
    "BedrockEntryDict",
    "BedrockLLMConfigEntry",
    "CerebrasEntryDict",
    "CerebrasLLMConfigEntry",
    "CohereEntryDict",
    "CohereLLMConfigEntry",
    "DeepSeekEntryDict",
    "DeepSeekLLMConfigEntry",
    "GeminiEntryDict",
    "GeminiLLMConfigEntry",
    "GroqEntryDict",
    "GroqLLMConfigEntry",
    "MistralEntryDict",
    "MistralLLMConfigEntry",
    "OllamaEntryDict",
    "OllamaLLMConfigEntry",
    "OpenAIEntryDict",
    "OpenAILLMConfigEntry",
    "OpenAIResponsesEntryDict",
    "OpenAIResponsesLLMConfigEntry",
    "OpenAIV2EntryDict",
    "OpenAIV2LLMConfigEntry",
    "TogetherEntryDict",
    "TogetherLLMConfigEntry",
)

HideTools: TypeAlias = Literal["if_all_run", "if_any_run", "never"]
ToolChoice: TypeAlias = Literal["none", "auto", "required"] | dict[str, Any]


class OpenAILLMConfigEntry(LLMConfigEntry):
    """A model of OpenAI, or of any service that speaks its protocol."""

    api_type: str = "openai"
    tool_choice: ToolChoice | None = None
    user: str | None = None
    verbosity: str | None = None
    extra_body: dict[str, Any] | None = None
    extra_headers: dict[str, str] | None = None
    reasoning_effort: str | None = None
    max_completion_tokens: int | None = None


class OpenAIV2LLMConfigEntry(OpenAILLMConfigEntry):
    """A model of OpenAI, under AG2's name for its second client."""

    api_type: str = "openai_v2"


class OpenAIResponsesLLMConfigEntry(OpenAILLMConfigEntry):
    """A model of OpenAI that is asked through the Responses interface."""

    api_type: str = "responses"
    tool_choice: ToolChoice | None = "auto"
    built_in_tools: list[str | dict[str, Any]] | None = None
    workspace_dir: str | None = None
    allowed_paths: list[str] | None = None
    allowed_commands: list[str] | None = None
    denied_commands: list[str] | None = None
    enable_command_filtering: bool = True
    dangerous_patterns: list[str | tuple[str, str]] | None = None


class AzureOpenAILLMConfigEntry(LLMConfigEntry):
    """A model of OpenAI on Azure."""

    api_type: str = "azure"
    azure_ad_token_provider: str | Callable[[], str] | None = None
    tool_choice: ToolChoice | None = None
    user: str | None = None
    extra_headers: dict[str, str] | None = None
    reasoning_effort: str | None = None
    max_completion_tokens: int | None = None


class DeepSeekLLMConfigEntry(LLMConfigEntry):
    """A model of DeepSeek."""

    api_type: str = "deepseek"
    base_url: str | None = DEEPSEEK.base_url
    max_tokens: int | None = 8192
    tool_choice: ToolChoice | None = None


class AnthropicLLMConfigEntry(LLMConfigEntry):
    """A model of Anthropic, also on Bedrock (``aws_...``) and Vertex (``gcp_...``)."""

    api_type: str = "anthropic"
    max_tokens: int | None = 4096
    timeout: float | None = Field(default=None, gt=0)
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    tool_choice: ToolChoice | Literal["any"] | None = None
    thinking: dict[str, Any] | None = None
    gcp_project_id: str | None = None
    gcp_region: str | None = None
    gcp_auth_token: str | None = None


class BedrockLLMConfigEntry(LLMConfigEntry):
    """A model on Amazon Bedrock."""

    api_type: str = "bedrock"
    aws_region: str
    aws_access_key: SecretStr | None = None
    aws_secret_key: SecretStr | None = None
    aws_session_token: SecretStr | None = None
    aws_profile_name: str | None = None
    top_k: int | None = None
    k: int | None = None
    seed: int | None = None
    cache_seed: int | None = None
    supports_system_prompts: bool = True
    timeout: float | None = None
    additional_model_request_fields: dict[str, Any] | None = None
    total_max_attempts: int | None = None
    max_attempts: int | None = None
    mode: Literal["standard", "adaptive", "legacy"] = "standard"

    @field_serializer("aws_access_key", "aws_secret_key", "aws_session_token")
    def serialize_aws_secrets(self, v: SecretStr | None) -> str | None:
        """Give the keys themselves, for a request."""
        return None if v is None else v.get_secret_value()


class CerebrasLLMConfigEntry(LLMConfigEntry):
    """A model on Cerebras."""

    api_type: str = "cerebras"
    seed: int | None = None
    hide_tools: HideTools = "never"
    tool_choice: ToolChoice | None = None
    reasoning_effort: str | None = None


class CohereLLMConfigEntry(LLMConfigEntry):
    """A model of Cohere."""

    api_type: str = "cohere"
    k: int = COHERE.default("k", int)
    seed: int | None = None
    frequency_penalty: float = COHERE.default("frequency_penalty", int)
    presence_penalty: float = COHERE.default("presence_penalty", int)
    client_name: str | None = None
    strict_tools: bool = False
    tool_choice: Literal["NONE", "REQUIRED", "none", "required"] | None = None


class GeminiLLMConfigEntry(LLMConfigEntry):
    """A model of Google, through the Gemini interface or on Vertex."""

    api_type: str = "google"
    project_id: str | None = None
    location: str | None = None
    google_application_credentials: str | None = None
    credentials: Any = None
    safety_settings: list[dict[str, Any]] | dict[str, Any] | None = None
    tool_config: Any = None
    proxy: str | None = None
    include_thoughts: bool | None = None
    thinking_budget: int | None = None
    thinking_level: str | None = None


class GroqLLMConfigEntry(LLMConfigEntry):
    """A model on Groq."""

    api_type: str = "groq"
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    hide_tools: HideTools = "never"
    tool_choice: ToolChoice | None = None


class MistralLLMConfigEntry(LLMConfigEntry):
    """A model of Mistral."""

    api_type: str = "mistral"
    safe_prompt: bool = MISTRAL.default("safe_prompt", bool)
    random_seed: int | None = None
    hide_tools: HideTools = "never"
    tool_choice: ToolChoice | Literal["any"] | None = None


class OllamaLLMConfigEntry(LLMConfigEntry):
    """A model that Ollama runs, usually on your own machine."""

    api_type: str = "ollama"
    client_host: str | None = None
    num_predict: int = -1
    num_ctx: int = 2048
    repeat_penalty: float = 1.1
    seed: int = 0
    top_k: int = 40
    hide_tools: HideTools = "never"
    native_tool_calls: bool = False


class TogetherLLMConfigEntry(LLMConfigEntry):
    """A model on Together."""

    api_type: str = "together"
    max_tokens: int | None = TOGETHER.default("max_tokens", int)
    top_k: int | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    min_p: float | None = None
    safety_model: str | None = None
    hide_tools: HideTools = "never"
    tool_choice: str | dict[str, Any] | None = None


# A configuration as a dict has the same form for every provider.
AnthropicEntryDict: TypeAlias = LLMConfigEntryDict
AzureOpenAIEntryDict: TypeAlias = LLMConfigEntryDict
BedrockEntryDict: TypeAlias = LLMConfigEntryDict
CerebrasEntryDict: TypeAlias = LLMConfigEntryDict
CohereEntryDict: TypeAlias = LLMConfigEntryDict
DeepSeekEntryDict: TypeAlias = LLMConfigEntryDict
GeminiEntryDict: TypeAlias = LLMConfigEntryDict
GroqEntryDict: TypeAlias = LLMConfigEntryDict
MistralEntryDict: TypeAlias = LLMConfigEntryDict
OllamaEntryDict: TypeAlias = LLMConfigEntryDict
OpenAIEntryDict: TypeAlias = LLMConfigEntryDict
OpenAIResponsesEntryDict: TypeAlias = LLMConfigEntryDict
OpenAIV2EntryDict: TypeAlias = LLMConfigEntryDict
TogetherEntryDict: TypeAlias = LLMConfigEntryDict
