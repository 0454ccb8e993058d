"""The configuration of each provider: its own settings, with the range of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, SecretStr, field_serializer

from .entry import LLMConfigEntry, LLMConfigEntryDict, _plain

__all__ = (
    "ENTRY_OF",
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

HideTools = Literal["if_all_run", "if_any_run", "never"]
Price = list[float]
ToolChoice = Literal["none", "auto", "required"]


class OpenAILLMConfigEntry(LLMConfigEntry):
    """A model of OpenAI, or of any service that speaks its protocol."""

    api_type: Literal["openai"] = "openai"
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    tool_choice: ToolChoice | dict[str, Any] | None = None
    user: str | None = None
    stream: bool = False
    verbosity: Literal["low", "medium", "high"] | None = None
    extra_body: dict[str, Any] | None = None
    extra_headers: dict[str, str] | None = None
    reasoning_effort: Literal["none", "low", "minimal", "medium", "high", "xhigh"] | None = None
    max_completion_tokens: int | None = None


class OpenAIV2LLMConfigEntry(OpenAILLMConfigEntry):
    """A model of OpenAI, under AG2's name for its second client."""

    api_type: Literal["openai_v2"] = "openai_v2"  # type: ignore[assignment]


class OpenAIResponsesLLMConfigEntry(OpenAILLMConfigEntry):
    """A model of OpenAI that is asked through the Responses interface."""

    api_type: Literal["responses"] = "responses"  # type: ignore[assignment]
    tool_choice: ToolChoice | dict[str, Any] | None = "auto"
    built_in_tools: list[str] | None = None


class AzureOpenAILLMConfigEntry(LLMConfigEntry):
    """A model of OpenAI on Azure."""

    api_type: Literal["azure"] = "azure"
    azure_ad_token_provider: str | Callable[[], str] | None = None
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    stream: bool = False
    tool_choice: ToolChoice | dict[str, Any] | None = None
    user: str | None = None
    extra_headers: dict[str, str] | None = None
    reasoning_effort: Literal["low", "minimal", "medium", "high"] | None = None
    max_completion_tokens: int | None = None


class DeepSeekLLMConfigEntry(LLMConfigEntry):
    """A model of DeepSeek."""

    api_type: Literal["deepseek"] = "deepseek"
    base_url: str | None = "https://api.deepseek.com/v1"
    max_tokens: int | None = Field(default=8192, ge=1)
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    stream: bool = False
    tool_choice: ToolChoice | dict[str, Any] | None = None


class AnthropicLLMConfigEntry(LLMConfigEntry):
    """A model of Anthropic, also on Bedrock (``aws_...``) and Vertex (``gcp_...``)."""

    api_type: Literal["anthropic"] = "anthropic"
    max_tokens: int | None = Field(default=4096, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=1)
    timeout: float | None = Field(default=None, gt=0)
    top_k: int | None = Field(default=None, ge=1)
    stop_sequences: list[str] | None = None
    stream: bool = False
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    tool_choice: dict[str, Any] | None = None
    thinking: dict[str, Any] | None = None
    gcp_project_id: str | None = None
    gcp_region: str | None = None
    gcp_auth_token: str | None = None


class BedrockLLMConfigEntry(LLMConfigEntry):
    """A model on Amazon Bedrock."""

    api_type: Literal["bedrock"] = "bedrock"
    temperature: float | None = Field(default=None, ge=0, le=1)
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
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    timeout: float | None = None
    additional_model_request_fields: dict[str, Any] | None = None
    total_max_attempts: int | None = 5
    max_attempts: int | None = 5
    mode: Literal["standard", "adaptive", "legacy"] = "standard"

    @field_serializer("aws_access_key", "aws_secret_key", "aws_session_token")
    def serialize_aws_secrets(self, v: SecretStr | None) -> str | None:
        """Give the keys themselves, for a request."""
        secret: str | None = _plain(v)
        return secret


class CerebrasLLMConfigEntry(LLMConfigEntry):
    """A model on Cerebras."""

    api_type: Literal["cerebras"] = "cerebras"
    temperature: float | None = Field(default=None, ge=0, le=1.5)
    seed: int | None = None
    stream: bool = False
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    hide_tools: HideTools = "never"
    tool_choice: ToolChoice | None = None
    reasoning_effort: str | None = None


class CohereLLMConfigEntry(LLMConfigEntry):
    """A model of Cohere."""

    api_type: Literal["cohere"] = "cohere"
    k: int = Field(default=0, ge=0, le=500)
    seed: int | None = None
    frequency_penalty: float = Field(default=0, ge=0, le=1)
    presence_penalty: float = Field(default=0, ge=0, le=1)
    client_name: str | None = None
    strict_tools: bool = False
    stream: bool = False
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    tool_choice: Literal["NONE", "REQUIRED"] | None = None


class GeminiLLMConfigEntry(LLMConfigEntry):
    """A model of Google's, by the Gemini interface or on Vertex."""

    api_type: Literal["google", "google_vertex"] = "google"
    project_id: str | None = None
    location: str | None = None
    google_application_credentials: str | None = None
    credentials: Any = None
    stream: bool = False
    safety_settings: list[dict[str, Any]] | dict[str, Any] | None = None
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    tool_config: Any = None
    proxy: str | None = None
    include_thoughts: bool | None = None
    thinking_budget: int | None = None
    thinking_level: Literal["High", "Medium", "Low", "Minimal"] | None = None


class GroqLLMConfigEntry(LLMConfigEntry):
    """A model on Groq."""

    api_type: Literal["groq"] = "groq"
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    seed: int | None = None
    stream: bool = False
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    hide_tools: HideTools = "never"
    tool_choice: ToolChoice | None = None


class MistralLLMConfigEntry(LLMConfigEntry):
    """A model of Mistral."""

    api_type: Literal["mistral"] = "mistral"
    safe_prompt: bool = False
    random_seed: int | None = None
    stream: bool = False
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    hide_tools: HideTools = "never"
    tool_choice: Literal["none", "auto", "any"] | None = None


class OllamaLLMConfigEntry(LLMConfigEntry):
    """A model that Ollama runs, mostly on a machine of your own."""

    api_type: Literal["ollama"] = "ollama"
    client_host: str | None = None
    stream: bool = False
    num_predict: int = -1
    num_ctx: int = 2048
    repeat_penalty: float = 1.1
    seed: int = 0
    top_k: int = 40
    hide_tools: HideTools = "never"
    native_tool_calls: bool = False


class TogetherLLMConfigEntry(LLMConfigEntry):
    """A model on Together."""

    api_type: Literal["together"] = "together"
    max_tokens: int | None = Field(default=512, ge=0)
    stream: bool = False
    top_k: int | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    min_p: float | None = Field(default=None, ge=0, le=1)
    safety_model: str | None = None
    hide_tools: HideTools = "never"
    price: Price | None = Field(default=None, min_length=2, max_length=2)
    tool_choice: str | dict[str, Any] | None = None


class OpenAIEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `OpenAILLMConfigEntry` as a dict."""


class OpenAIV2EntryDict(LLMConfigEntryDict, total=False):
    """The form of a `OpenAIV2LLMConfigEntry` as a dict."""


class OpenAIResponsesEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `OpenAIResponsesLLMConfigEntry` as a dict."""


class AzureOpenAIEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `AzureOpenAILLMConfigEntry` as a dict."""


class DeepSeekEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `DeepSeekLLMConfigEntry` as a dict."""


class AnthropicEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `AnthropicLLMConfigEntry` as a dict."""


class BedrockEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `BedrockLLMConfigEntry` as a dict."""


class CerebrasEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `CerebrasLLMConfigEntry` as a dict."""


class CohereEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `CohereLLMConfigEntry` as a dict."""


class GeminiEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `GeminiLLMConfigEntry` as a dict."""


class GroqEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `GroqLLMConfigEntry` as a dict."""


class MistralEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `MistralLLMConfigEntry` as a dict."""


class OllamaEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `OllamaLLMConfigEntry` as a dict."""


class TogetherEntryDict(LLMConfigEntryDict, total=False):
    """The form of a `TogetherLLMConfigEntry` as a dict."""


ENTRY_OF: dict[str, type[LLMConfigEntry]] = {
    "anthropic": AnthropicLLMConfigEntry,
    "azure": AzureOpenAILLMConfigEntry,
    "bedrock": BedrockLLMConfigEntry,
    "cerebras": CerebrasLLMConfigEntry,
    "cohere": CohereLLMConfigEntry,
    "deepseek": DeepSeekLLMConfigEntry,
    "google": GeminiLLMConfigEntry,
    "google_vertex": GeminiLLMConfigEntry,
    "groq": GroqLLMConfigEntry,
    "mistral": MistralLLMConfigEntry,
    "ollama": OllamaLLMConfigEntry,
    "openai": OpenAILLMConfigEntry,
    "openai_v2": OpenAIV2LLMConfigEntry,
    "responses": OpenAIResponsesLLMConfigEntry,
    "together": TogetherLLMConfigEntry,
}
"""The class for each ``api_type``."""
