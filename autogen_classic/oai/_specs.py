"""Every fact about every provider, once: what a configuration may call it, where its client is, what it accepts.

The registry, the clients, `LLMConfig`, the command line, prices, recordings and the docs read here. Nothing but data:
no SDK is loaded, so that a configuration can be checked before anything is installed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

__all__ = (
    "AZURE_ONLY",
    "COMMON_SETTINGS",
    "EVERY_CLIENT_KEY",
    "GOOGLE_SEARCH",
    "NUMBER",
    "OPENAI_CLIENT_KEYS",
    "RESPONSES",
    "SPECS",
    "ProviderSpec",
    "Setting",
    "asks_azure",
    "spec_of",
)

ValueT = TypeVar("ValueT")

NUMBER = (int, float)


class Setting(NamedTuple):
    """A setting of a request: its types, its range, and its name in the provider's API.

    Attributes:
        name: the name in the configuration.
        types: the types that a value may have.
        low: the lowest number allowed, or None.
        high: the highest number allowed, or None.
        default: what is sent when the configuration has no usable value; None sends nothing.
        choices: the values to choose from, or None.
        sent_as: the name in the provider's API, if it is a different one.
        place: the part of the provider's request that it belongs in, if not the top level.
    """

    name: str
    types: type | tuple[type, ...]
    low: float | None = None
    high: float | None = None
    default: Any = None
    choices: tuple[Any, ...] | None = None
    sent_as: str = ""
    place: str = ""


class ProviderSpec(NamedTuple):
    """What is known about one provider.

    Attributes:
        api_types: the names that a configuration may give it, its own first.
        title: its name for people.
        module: the file in this folder that has its client.
        client: the class of the client.
        entry: the class of `autogen_classic.llm_config.entries` that checks its configurations.
        package: the SDK, as it is imported.
        extra: what installs the SDK; empty if every installation has it.
        base_url: the address, if the SDK is made for another provider and would go there.
        key_variables: the environment variables that may hold the key, best first.
        other_credentials: sets of client keys, each of which can replace ``api_key``.
        other_variables: sets of environment variables, each of which can replace a key.
        finder: what looks for credentials in places of its own, such as files and the role of the machine; empty if
            nothing does.
        client_keys: what the client takes from a configuration, and what is never part of a request.
        settings: what goes from a configuration into the request by the name and place given here.
        own_settings: further settings, which the client writes into the request in its own way.
        accepts_all: whether a request may have any other setting as well, which the SDK then checks.
        prices: the section of the table of prices; None if models cost nothing.
    """

    api_types: tuple[str, ...]
    title: str
    module: str
    client: str
    entry: str
    package: str
    extra: str = ""
    base_url: str = ""
    key_variables: tuple[str, ...] = ()
    other_credentials: tuple[tuple[str, ...], ...] = ()
    other_variables: tuple[tuple[str, ...], ...] = ()
    finder: str = ""
    client_keys: frozenset[str] = frozenset()
    settings: tuple[Setting, ...] = ()
    own_settings: tuple[Setting, ...] = ()
    accepts_all: bool = False
    prices: str | None = None

    @property
    def name(self) -> str:
        """Its own name in configurations."""
        return self.api_types[0]

    def setting(self, name: str) -> Setting | None:
        """Look up a setting.

        Args:
            name: the name in the configuration.
        """
        return next((one for one in (*self.settings, *self.own_settings) if one.name == name), None)

    def default(self, name: str, kind: type[ValueT]) -> ValueT:
        """The value of a setting that a configuration leaves out.

        Args:
            name: the name in the configuration.
            kind: its type.

        Raises:
            TypeError: the provider has no such setting, or no default of this type for it.
        """
        value = getattr(self.setting(name), "default", None)
        if not isinstance(value, kind):
            raise TypeError(f"{self.title} has no default of type {kind.__name__} for {name!r}.")
        return value

    def knows(self, name: str) -> bool:
        """Tell whether a configuration may have a setting.

        Args:
            name: the name in the configuration.
        """
        known = name in COMMON_SETTINGS or name in self.client_keys
        return self.accepts_all or known or self.setting(name) is not None

    def key_in_environment(self) -> str | None:
        """The first environment variable that holds a key, or stands for one; None if none does."""
        single = ((name,) for name in self.key_variables)
        ready = (names for names in (*single, *self.other_variables) if all(map(os.environ.get, names)))
        return next((" and ".join(names) for names in ready), None)

    def credentials_in(self, entry: Mapping[str, Any]) -> str | None:
        """The setting of a configuration that holds a key, or stands for one; None if none does.

        Args:
            entry: one configuration.
        """
        if entry.get("api_key"):
            return "api_key"
        ready = (names for names in self.other_credentials if all(map(entry.get, names)))
        return next((" and ".join(names) for names in ready), None)


COMMON_SETTINGS = frozenset(
    {
        "api_rate_limit",
        "api_type",
        "cache_seed",
        "functions",
        "hide_tools",
        "messages",
        "model",
        "model_client_cls",
        "price",
        "response_format",
        "stream",
        "stream_options",
        "tags",
        "tools",
    }
)
"""What a configuration or a request may have whatever the provider, and what no client takes as a setting."""

DEFAULT_TIMEOUT = 600
"""How many seconds a client waits for an answer if a configuration does not say; as with OpenAI."""

# --- providers asked through the openai package ------------------------------------------------------------------

# A plain set, so that the openai package need not be loaded to read a configuration.
OPENAI_CLIENT_KEYS = frozenset(
    {
        "_enforce_credentials",
        "_strict_response_validation",
        "admin_api_key",
        "api_key",
        "api_version",
        "azure_ad_token",
        "azure_ad_token_provider",
        "azure_deployment",
        "azure_endpoint",
        "base_url",
        "data_residency",
        "default_headers",
        "default_query",
        "http_client",
        "max_retries",
        "organization",
        "project",
        "provider",
        "timeout",
        "webhook_secret",
        "websocket_base_url",
        "workload_identity",
    }
)
AZURE_ONLY = frozenset(
    {"api_version", "azure_ad_token", "azure_ad_token_provider", "azure_deployment", "azure_endpoint"}
)
_OPENAI_SETTINGS = (
    Setting("extra_body", dict),
    Setting("extra_headers", dict),
    Setting("max_completion_tokens", int),
    Setting("max_tokens", int, 0),
    Setting("reasoning_effort", str, choices=("none", "low", "minimal", "medium", "high", "xhigh")),
    Setting("temperature", NUMBER, 0, 2),
    Setting("tool_choice", (str, dict)),
    Setting("top_p", NUMBER, 0, 1),
    Setting("user", str),
    Setting("verbosity", str, choices=("low", "medium", "high")),
)

OPENAI = ProviderSpec(
    api_types=("openai", "open_ai"),
    title="OpenAI",
    module="client",
    client="OpenAIClient",
    entry="OpenAILLMConfigEntry",
    package="openai",
    key_variables=("OPENAI_API_KEY",),
    client_keys=OPENAI_CLIENT_KEYS - AZURE_ONLY,
    settings=_OPENAI_SETTINGS,
    accepts_all=True,
    prices="openai",
)
OPENAI_V2 = OPENAI._replace(api_types=("openai_v2",), entry="OpenAIV2LLMConfigEntry")
AZURE = OPENAI._replace(
    api_types=("azure",),
    title="Azure OpenAI",
    entry="AzureOpenAILLMConfigEntry",
    key_variables=("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
    other_credentials=(("azure_ad_token",), ("azure_ad_token_provider",)),
    client_keys=OPENAI_CLIENT_KEYS,
)
RESPONSES = AZURE._replace(  # with an azure_endpoint it asks there
    api_types=("responses", "responses_v2"),
    title="OpenAI (Responses)",
    module="openai_responses",
    client="OpenAIResponsesClient",
    entry="OpenAIResponsesLLMConfigEntry",
    key_variables=("OPENAI_API_KEY",),
    settings=(
        Setting("context_management", list),
        Setting("conversation", (str, dict)),
        Setting("extra_body", dict),
        Setting("extra_headers", dict),
        Setting("extra_query", dict),
        Setting("include", list),
        Setting("instructions", str),
        Setting("max_tokens", int, 0, sent_as="max_output_tokens"),
        Setting("max_completion_tokens", int, 0, sent_as="max_output_tokens"),
        Setting("max_output_tokens", int, 0),
        Setting("max_tool_calls", int, 0),
        Setting("metadata", dict),
        Setting("previous_response_id", str),
        Setting("prompt_cache_key", str),
        Setting("prompt_cache_retention", str, choices=("in_memory", "24h")),
        Setting("reasoning", dict),
        Setting("reasoning_effort", str, sent_as="effort", place="reasoning"),
        Setting("safety_identifier", str),
        Setting("service_tier", str),
        Setting("store", bool),
        Setting("temperature", NUMBER, 0, 2),
        Setting("text", dict),
        Setting("verbosity", str, choices=("low", "medium", "high"), place="text"),
        Setting("top_logprobs", int, 0, 20),
        Setting("top_p", NUMBER, 0, 1),
        Setting("truncation", str, choices=("auto", "disabled")),
        Setting("user", str),
    ),
    own_settings=(
        Setting("allowed_commands", list),
        Setting("allowed_paths", list),
        Setting("built_in_tools", list),
        Setting("dangerous_patterns", list),
        Setting("denied_commands", list),
        Setting("enable_command_filtering", bool),
        Setting("function_call", (str, dict)),
        Setting("parallel_tool_calls", bool),
        Setting("prompt", str),
        Setting("tool_choice", (str, dict)),
        Setting("workspace_dir", str),
    ),
    accepts_all=False,
)
DEEPSEEK = OPENAI._replace(
    api_types=("deepseek",),
    title="DeepSeek",
    module="deepseek",
    client="DeepSeekClient",
    entry="DeepSeekLLMConfigEntry",
    base_url="https://api.deepseek.com/v1",
    key_variables=("DEEPSEEK_API_KEY",),
    prices="deepseek",
)

# --- providers with an API of OpenAI's shape, and their own SDK ------------------------------------------------

_REMOTE = frozenset({"api_key", "base_url", "default_headers", "http_client", "max_retries", "timeout"})
_EXTRAS = (Setting("extra_body", dict), Setting("extra_headers", dict), Setting("extra_query", dict))
_PENALTIES = (Setting("frequency_penalty", NUMBER, -2, 2), Setting("presence_penalty", NUMBER, -2, 2))
_CHAT_SETTINGS = (
    *_EXTRAS,
    *_PENALTIES,
    Setting("logit_bias", dict),
    Setting("max_completion_tokens", int, 0),
    Setting("max_tokens", int, 0),
    Setting("parallel_tool_calls", bool),
    Setting("reasoning_effort", str),
    Setting("seed", int),
    Setting("service_tier", str),
    Setting("stop", (str, list)),
    Setting("stream", bool, default=False),
    Setting("tool_choice", (str, dict)),
    Setting("top_p", NUMBER, 0, 1),
    Setting("user", str),
)

CEREBRAS = ProviderSpec(
    api_types=("cerebras",),
    title="Cerebras",
    module="cerebras",
    client="CerebrasClient",
    entry="CerebrasLLMConfigEntry",
    package="cerebras.cloud.sdk",
    extra="cerebras",
    key_variables=("CEREBRAS_API_KEY",),
    client_keys=_REMOTE | {"default_query"},
    settings=(*_CHAT_SETTINGS, Setting("temperature", NUMBER, 0, 1.5, default=1)),
    prices="cerebras",
)
GROQ = ProviderSpec(
    api_types=("groq",),
    title="Groq",
    module="groq",
    client="GroqClient",
    entry="GroqLLMConfigEntry",
    package="groq",
    extra="groq",
    key_variables=("GROQ_API_KEY",),
    client_keys=_REMOTE | {"default_query"},
    settings=(
        *_CHAT_SETTINGS,
        Setting("include_reasoning", bool),
        Setting("reasoning_format", str, choices=("hidden", "parsed", "raw")),
        Setting("temperature", NUMBER, 0, 2, default=1),
    ),
    prices="groq",
)
TOGETHER = ProviderSpec(
    api_types=("together",),
    title="Together",
    module="together",
    client="TogetherClient",
    entry="TogetherLLMConfigEntry",
    package="together",
    extra="together",
    key_variables=("TOGETHER_API_KEY",),
    client_keys=_REMOTE | {"default_query"},
    settings=(
        Setting("context_length_exceeded_behavior", str, choices=("error", "truncate")),
        *_EXTRAS,
        *_PENALTIES,
        Setting("logit_bias", dict),
        Setting("max_tokens", int, 0, default=512),
        Setting("min_p", NUMBER, 0, 1),
        Setting("reasoning_effort", str),
        Setting("repetition_penalty", NUMBER),
        Setting("safety_model", str),
        Setting("seed", int),
        Setting("stop", (str, list)),
        Setting("stream", bool, default=False),
        Setting("temperature", NUMBER, 0),
        Setting("tool_choice", (str, dict)),
        Setting("top_k", int),
        Setting("top_p", NUMBER, 0, 1),
    ),
    prices="together",
)

# --- providers with their own API ------------------------------------------------------------------------------

AWS_KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_AWS = frozenset({"aws_access_key", "aws_secret_key", "aws_session_token", "aws_profile_name", "aws_region"})

ANTHROPIC = ProviderSpec(
    api_types=("anthropic", "anthropic_v2"),
    title="Anthropic",
    module="anthropic",
    client="AnthropicClient",
    entry="AnthropicLLMConfigEntry",
    package="anthropic",
    extra="anthropic",
    key_variables=("ANTHROPIC_API_KEY",),
    other_credentials=(("aws_access_key", "aws_secret_key"), ("aws_profile_name",), ("gcp_region",)),
    other_variables=(AWS_KEY_VARIABLES,),
    client_keys=_REMOTE | _AWS | {"credentials", "default_query", "gcp_auth_token", "gcp_project_id", "gcp_region"},
    settings=(
        Setting("max_tokens", int, 1),
        Setting("stop_sequences", list),
        Setting("temperature", NUMBER, 0.0, 1.0),
        Setting("top_k", int, 1),
        Setting("top_p", NUMBER, 0.0, 1.0),
    ),
    own_settings=(
        Setting("cache_control", dict),
        *_EXTRAS,
        Setting("max_completion_tokens", int, 1),
        Setting("metadata", dict),
        Setting("parallel_tool_calls", bool),
        Setting("service_tier", str),
        Setting("stop", (str, list)),
        Setting("thinking", dict),
        Setting("tool_choice", (str, dict)),
    ),
    prices="anthropic",
)
BEDROCK = ProviderSpec(
    api_types=("bedrock", "bedrock_v2"),
    title="Amazon Bedrock",
    module="bedrock",
    client="BedrockClient",
    entry="BedrockLLMConfigEntry",
    package="boto3",
    extra="bedrock",
    finder="boto3",
    other_credentials=(("aws_access_key", "aws_secret_key"), ("aws_profile_name",)),
    client_keys=_AWS
    | {"base_url", "max_attempts", "max_retries", "mode", "supports_system_prompts", "timeout", "total_max_attempts"},
    settings=(
        Setting("maxTokens", int, 1, place="inferenceConfig"),
        Setting("stopSequences", list, place="inferenceConfig"),
        Setting("temperature", NUMBER, 0.0, 1.0, place="inferenceConfig"),
        Setting("topP", NUMBER, 0.0, 1.0, place="inferenceConfig"),
        # Only some models know these.
        Setting("k", int, 0, place="additionalModelRequestFields"),
        Setting("seed", int, place="additionalModelRequestFields"),
        Setting("top_k", int, 0, place="additionalModelRequestFields"),
        Setting("top_p", NUMBER, 0.0, 1.0, place="additionalModelRequestFields"),
    ),
    own_settings=(
        Setting("additional_model_request_fields", dict),
        Setting("max_tokens", int, 1),
        Setting("stop", (str, list)),
        Setting("stop_sequences", (str, list)),
        Setting("tool_choice", (str, dict)),
    ),
    prices="bedrock",
)
COHERE = ProviderSpec(
    api_types=("cohere",),
    title="Cohere",
    module="cohere",
    client="CohereClient",
    entry="CohereLLMConfigEntry",
    package="cohere",
    extra="cohere",
    key_variables=("COHERE_API_KEY", "CO_API_KEY"),
    client_keys=_REMOTE | {"client_name"},
    settings=(
        Setting("frequency_penalty", NUMBER, 0, 1, default=0),
        Setting("k", int, 0, 500, default=0),
        Setting("max_tokens", int, 0),
        Setting("p", NUMBER, 0.01, 0.99, default=0.75),
        Setting("top_p", NUMBER, 0.01, 0.99, sent_as="p"),
        Setting("presence_penalty", NUMBER, 0, 1, default=0),
        Setting("safety_mode", str, choices=("CONTEXTUAL", "STRICT", "OFF")),
        Setting("seed", int),
        Setting("stop", (str, list), sent_as="stop_sequences"),
        Setting("stop_sequences", (str, list)),
        Setting("temperature", NUMBER, 0, default=0.3),
        Setting("thinking", dict),
    ),
    own_settings=(Setting("strict_tools", bool), Setting("tool_choice", (str, dict))),
    prices="cohere",
)
GOOGLE = ProviderSpec(
    api_types=("google",),
    title="Gemini",
    module="gemini",
    client="GeminiClient",
    entry="GeminiLLMConfigEntry",
    package="google.genai",
    extra="gemini",
    key_variables=("GOOGLE_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
    other_credentials=(("project_id",), ("location",), ("google_application_credentials",), ("credentials",)),
    other_variables=(("GOOGLE_CLOUD_PROJECT",), ("GOOGLE_APPLICATION_CREDENTIALS",)),
    client_keys=_REMOTE
    | {"api_version", "credentials", "google_application_credentials", "location", "project_id", "proxy"},
    settings=(
        *_PENALTIES,
        Setting("max_output_tokens", int, 1),
        Setting("max_tokens", int, 1, sent_as="max_output_tokens"),
        Setting("safety_settings", (list, dict)),
        Setting("seed", int),
        Setting("stop", (str, list), sent_as="stop_sequences"),
        Setting("stop_sequences", (str, list)),
        Setting("temperature", NUMBER, 0, 2),
        Setting("top_k", NUMBER, 1),
        Setting("top_p", NUMBER, 0, 1),
        Setting("thinking_config", dict),
        Setting("include_thoughts", bool, place="thinking_config"),
        Setting("thinking_budget", int, place="thinking_config"),
        Setting("thinking_level", str, choices=("High", "Medium", "Low", "Minimal"), place="thinking_config"),
    ),
    own_settings=(Setting("tool_choice", (str, dict)), Setting("tool_config", object)),
    prices="gemini",
)
GOOGLE_SEARCH = "prebuilt_google_search"
"""The name of the tool that stands for the search which Google's models do by themselves, as in AG2."""

GOOGLE_VERTEX = GOOGLE._replace(
    api_types=("google_vertex",),
    key_variables=(),  # those of the environment are for the Gemini API
    finder="google-auth",
)
MISTRAL = ProviderSpec(
    api_types=("mistral",),
    title="Mistral",
    module="mistral",
    client="MistralAIClient",
    entry="MistralLLMConfigEntry",
    package="mistralai",
    extra="mistral",
    key_variables=("MISTRAL_API_KEY",),
    client_keys=_REMOTE,
    settings=(
        *_PENALTIES,
        Setting("max_tokens", int, 0),
        Setting("parallel_tool_calls", bool),
        Setting("prompt_mode", str, choices=("reasoning",)),
        Setting("random_seed", int, 0),
        Setting("reasoning_effort", str),
        Setting("response_format", dict),
        Setting("safe_prompt", bool, default=False),
        Setting("seed", int, 0, sent_as="random_seed"),
        Setting("stop", (str, list)),
        Setting("temperature", NUMBER, 0, 1.5, default=0.7),
        Setting("tool_choice", (str, dict)),
        Setting("top_p", NUMBER, 0, 1),
    ),
    prices="mistral",
)
OLLAMA = ProviderSpec(
    api_types=("ollama",),
    title="Ollama",
    module="ollama",
    client="OllamaClient",
    entry="OllamaLLMConfigEntry",
    package="ollama",
    extra="ollama",
    client_keys=_REMOTE - {"http_client"} | {"client_host"},
    settings=(
        Setting("format", (str, dict)),
        Setting("keep_alive", (*NUMBER, str)),
        Setting("options", dict),
        Setting("stream", bool, default=False),
        Setting("think", (bool, str)),
        Setting("frequency_penalty", NUMBER, -2, 2, place="options"),
        Setting("min_p", NUMBER, 0, 1, place="options"),
        Setting("num_ctx", int, 1, place="options"),
        Setting("num_predict", int, -2, place="options"),
        Setting("max_tokens", int, 1, sent_as="num_predict", place="options"),  # before Ollama's own name for it
        Setting("presence_penalty", NUMBER, -2, 2, place="options"),
        Setting("repeat_last_n", int, -1, place="options"),
        Setting("repeat_penalty", NUMBER, 0, place="options"),
        Setting("seed", int, place="options"),
        Setting("stop", (str, list), place="options"),
        Setting("temperature", NUMBER, 0, place="options"),
        Setting("top_k", int, 0, place="options"),
        Setting("top_p", NUMBER, 0, 1, place="options"),
    ),
    own_settings=(
        Setting("manual_tool_call_instruction", str),
        Setting("manual_tool_call_step1", str),
        Setting("manual_tool_call_step2", str),
        Setting("native_tool_calls", bool),
    ),
)
LOCAL = ProviderSpec(
    api_types=("local",),
    title="the local model",
    module="local",
    client="LocalClient",
    entry="LLMConfigEntry",
    package="xllamacpp",
    extra="local",
    client_keys=frozenset({"api_key", "n_ctx", "n_threads", "timeout"}),
    settings=(
        *_PENALTIES,
        Setting("max_tokens", int, 1, default=512),
        Setting("min_p", NUMBER, 0, 1),
        Setting("repeat_penalty", NUMBER, 0),
        Setting("seed", int, 0, 2**32 - 2, default=41),
        Setting("stop", (str, list)),
        Setting("temperature", NUMBER, 0, default=0.2),
        Setting("top_k", int, 0),
        Setting("top_p", NUMBER, 0, 1, default=0.9),
    ),
    own_settings=(
        Setting("max_completion_tokens", int, 1),
        Setting("parallel_tool_calls", bool),
        Setting("tool_choice", (str, dict)),
    ),
)

SPECS = (
    ANTHROPIC,
    AZURE,
    BEDROCK,
    CEREBRAS,
    COHERE,
    DEEPSEEK,
    GOOGLE,
    GOOGLE_VERTEX,
    GROQ,
    LOCAL,
    MISTRAL,
    OLLAMA,
    OPENAI,
    OPENAI_V2,
    RESPONSES,
    TOGETHER,
)
_SPEC_OF = {api_type: spec for spec in SPECS for api_type in spec.api_types}

EVERY_CLIENT_KEY = OPENAI_CLIENT_KEYS.union(*(spec.client_keys for spec in SPECS))
"""What goes to a client rather than into a request: credentials, places, and how to connect."""


def asks_azure(spec: ProviderSpec, entry: Mapping[str, Any]) -> bool:
    """Tell whether a configuration is for an endpoint of Azure, which has its own credentials.

    Args:
        spec: the provider.
        entry: one configuration.
    """
    return spec is AZURE or (spec is RESPONSES and bool(entry.get("azure_endpoint")))


def spec_of(api_type: str) -> ProviderSpec | None:
    """Look up a provider.

    Args:
        api_type: its name in a configuration, in any case.

    Returns:
        What is known about it; None if it is not one of ours.
    """
    return _SPEC_OF.get(api_type.lower())
