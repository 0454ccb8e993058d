"""The table of providers: which function makes the client for an ``api_type``.

A package of yours can add a provider by the entry point group ``autogen_classic.providers``, or a program by
`register_provider`. A provider is a function that takes one configuration (a dict) and returns a `ModelClient`.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from .._secrets import keys_hidden
from ..exception_utils import AutogenClassicError

__all__ = (
    "ENTRY_POINT_GROUP",
    "UnknownProviderError",
    "api_type_of",
    "client_keys",
    "connect",
    "find_provider",
    "has_credentials",
    "register_provider",
    "runs_here",
)

logger = logging.getLogger("autogen.oai.client")

Provider = Callable[[dict[str, Any]], Any]

ENTRY_POINT_GROUP = "autogen_classic.providers"

# What goes to the client of the openai package rather than into a request. A plain set, so that the openai package
# need not be loaded to read a configuration.
CLIENT_KEYS = frozenset(
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
# What goes to the clients of other providers rather than into their requests: credentials and places.
PROVIDER_KEYS = CLIENT_KEYS | {
    "aws_access_key",
    "aws_profile_name",
    "aws_region",
    "aws_secret_key",
    "aws_session_token",
    "client_host",
    "credentials",
    "gcp_auth_token",
    "gcp_project",
    "gcp_project_id",
    "gcp_region",
    "google_application_credentials",
    "location",
    "path",
    "project_id",
}
_AZURE_ONLY_KEYS = frozenset(
    ("api_version", "azure_ad_token", "azure_ad_token_provider", "azure_deployment", "azure_endpoint")
)
_OPENAI_NAMES = ("openai", "open_ai")


class UnknownProviderError(AutogenClassicError, ImportError, ValueError):
    """A configuration names an ``api_type`` that nobody provides."""


def register_provider(api_type: str, provider: Provider) -> None:
    """Add a provider, or replace one.

    Args:
        api_type: the name in a configuration, in lower case.
        provider: a function that takes one configuration and returns a `ModelClient`.
    """
    _providers[api_type.lower()] = provider


def find_provider(entry: dict[str, Any]) -> Provider:
    """Find the provider for a configuration.

    An unknown ``api_type`` together with a ``base_url`` is taken for an OpenAI-compatible server, with a warning.

    Args:
        entry: one configuration; without an ``api_type`` it is for OpenAI.

    Returns:
        The provider.

    Raises:
        UnknownProviderError: nobody provides this ``api_type``.
    """
    name = api_type_of(entry)
    provider = _providers.get(name) or _from_entry_point(name)
    if provider is not None:
        return provider
    if entry.get("base_url"):
        _warn_once(name)
        return _connect_openai
    raise UnknownProviderError(
        f"api_type {entry['api_type']!r} is not known. Known are {', '.join(sorted(_providers))}. For an "
        "OpenAI-compatible server leave api_type out and give its base_url; for another provider install a package "
        f"with an entry point in the group {ENTRY_POINT_GROUP!r}, or use model_client_cls and register_model_client."
    )


def has_credentials(entry: dict[str, Any]) -> bool:
    """Tell whether a configuration surely has a key, without loading anything.

    Args:
        entry: one configuration.

    Returns:
        False when it takes an attempt to connect to find out.
    """
    provider = find_provider(entry)
    environment = os.environ
    if provider is _connect_openai:
        return bool(entry.get("api_key") or ("api_key" not in entry and environment.get("OPENAI_API_KEY")))
    if provider is _connect_azure:
        token_provider = entry.get("azure_ad_token_provider")
        key = entry.get("api_key") or entry.get("azure_ad_token") or callable(token_provider)
        key = key or environment.get("AZURE_OPENAI_API_KEY") or environment.get("AZURE_OPENAI_AD_TOKEN")
        address = entry.get("base_url") or entry.get("azure_endpoint") or environment.get("AZURE_OPENAI_ENDPOINT")
        version = entry.get("api_version") or environment.get("OPENAI_API_VERSION")
        return bool(key and address and version) and token_provider != "DEFAULT"
    return True


def client_keys(entry: dict[str, Any]) -> frozenset[str]:
    """Name the settings of a configuration that its client takes, and that are no part of a request.

    Args:
        entry: one configuration.
    """
    return PROVIDER_KEYS if api_type_of(entry) in _LEAVES else CLIENT_KEYS


def runs_here(entry: Mapping[str, Any]) -> bool:
    """Tell whether a configuration is for a model that runs in this process.

    Args:
        entry: one configuration. Besides ``api_type`` ``"local"``, a model ``"local"`` or the name of a GGUF file says
            so where neither an ``api_type`` nor a ``base_url`` says otherwise.
    """
    if entry.get("api_type"):
        return str(entry["api_type"]).lower() == "local"
    model = str(entry.get("model") or "")
    return not entry.get("base_url") and (model == "local" or model.lower().endswith(".gguf"))


def api_type_of(entry: Mapping[str, Any]) -> str:
    """Name the provider of a configuration, in lower case; ``"openai"`` where nothing says otherwise.

    Args:
        entry: one configuration.
    """
    return "local" if runs_here(entry) else str(entry.get("api_type") or "openai").lower()


def connect(entry: dict[str, Any]) -> Any:
    """Make the client for a configuration.

    Args:
        entry: one configuration.

    Returns:
        A `ModelClient`.

    Raises:
        TypeError: ``timeout`` or ``max_retries`` is a text; SDKs fail on that in obscure ways, and late.
    """
    for name, unit in (("timeout", "seconds"), ("max_retries", "tries")):
        given = entry.get(name)
        if isinstance(given, str):
            raise TypeError(
                f"{name} of model {entry.get('model')!r} must be a number of {unit}, but it is the text {given!r}."
            )
    with keys_hidden([entry]):
        return find_provider(entry)(entry)


def _connect_openai(entry: dict[str, Any]) -> Any:
    settings = {key: entry[key] for key in entry if key in CLIENT_KEYS and key not in _AZURE_ONLY_KEYS}
    if settings.get("api_key") == "":  # older releases of the openai package take it, and fail at the first request
        import openai

        raise openai.OpenAIError(
            f"The api_key of model {entry.get('model')!r} is empty. Give a key, or leave api_key out to take "
            "OPENAI_API_KEY from the environment."
        )
    return _client_for(settings, "OpenAI", "AsyncOpenAI", str(settings.get("base_url") or ""))


def _connect_azure(entry: dict[str, Any]) -> Any:
    settings = {key: entry[key] for key in entry if key in CLIENT_KEYS}
    if "base_url" in settings:
        base_url = settings.pop("base_url")
        settings.setdefault("azure_endpoint", base_url)
    model = entry.get("model")
    if model and "azure_deployment" not in settings:
        settings["azure_deployment"] = azure_model_name(model)
    if settings.get("azure_ad_token_provider") == "DEFAULT":
        settings["azure_ad_token_provider"] = _default_azure_token_provider()
    return _client_for(settings, "AzureOpenAI", "AsyncAzureOpenAI", str(settings.get("azure_endpoint") or ""))


def azure_model_name(model: str) -> str:
    """Names of Azure deployments for OpenAI models have no dots: gpt-3.5-turbo is called gpt-35-turbo."""
    return model.replace(".", "")


def _connect_deepseek(entry: dict[str, Any]) -> Any:
    from ._provider_client import key_for
    from .deepseek import BASE_URL, KEY_VARIABLES, DeepSeekClient

    settings = {key: entry[key] for key in entry if key in CLIENT_KEYS and key not in _AZURE_ONLY_KEYS}
    settings["api_key"] = key_for(entry, KEY_VARIABLES, "DeepSeek")
    settings["base_url"] = entry.get("base_url") or BASE_URL
    return _client_for(settings, "OpenAI", "AsyncOpenAI", str(settings["base_url"]), DeepSeekClient)


def _client_for(
    settings: dict[str, Any], sync_name: str, async_name: str, address: str, client_class: Any = None
) -> Any:
    """Connect by way of the names in `client`, which programs patch there."""
    from . import client as room
    from ._http.connections import async_pool, sync_pool

    own_http = settings.get("http_client") is not None
    if not own_http:
        settings = {**settings, "http_client": sync_pool(address)}
    made = (client_class or room.OpenAIClient)(getattr(room, sync_name)(**settings))
    if not own_http:

        async def connect_async() -> Any:
            return getattr(room, async_name)(**{**settings, "http_client": await async_pool(address)})

        made.connect_async = connect_async
    return made


def _default_azure_token_provider() -> Any:
    try:
        import azure.identity as identity  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise ModuleNotFoundError(
            "azure_ad_token_provider 'DEFAULT' needs the azure-identity package: pip install azure-identity",
            name="azure.identity",
        ) from error
    return identity.get_bearer_token_provider(
        identity.DefaultAzureCredential(), "https://cognitiveservices.azure.com/.default"
    )


def _from_entry_point(name: str) -> Provider | None:
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name.lower() == name:
            provider: Provider = point.load()
            register_provider(name, provider)
            return provider
    return None


def _warn_once(name: str) -> None:
    if name not in _warned:
        _warned.add(name)
        logger.warning("api_type '%s' is not known; its base_url is used as an OpenAI-compatible server.", name)


_warned: set[str] = set()


class _Leaf:
    """A provider with a file of its own in this folder, which is loaded when a configuration first names it.

    Args:
        module: the file.
        client: its class.
        package: the SDK that it needs.
        extra: what installs the SDK.
    """

    def __init__(self, module: str, client: str, package: str, extra: str) -> None:
        self.module, self.client, self.package, self.extra = module, client, package, extra

    def __call__(self, entry: dict[str, Any]) -> Any:
        try:
            room = importlib.import_module(f".{self.module}", __package__)
        except ImportError as error:
            if (error.name or "").partition(".")[0] != self.package.partition(".")[0]:
                raise
            raise ImportError(
                f"api_type {entry.get('api_type')!r} needs the package {self.package}: "
                f'pip install "autogen-classic[{self.extra}]"',
                name=error.name,
            ) from error
        return getattr(room, self.client)(**entry)


_LEAVES: dict[str, Provider] = {
    "anthropic": _Leaf("anthropic", "AnthropicClient", "anthropic", "anthropic"),
    "bedrock": _Leaf("bedrock", "BedrockClient", "boto3", "bedrock"),
    "cerebras": _Leaf("cerebras", "CerebrasClient", "cerebras.cloud.sdk", "cerebras"),
    "cohere": _Leaf("cohere", "CohereClient", "cohere", "cohere"),
    "google": _Leaf("gemini", "GeminiClient", "google.genai", "gemini"),
    "groq": _Leaf("groq", "GroqClient", "groq", "groq"),
    "local": _Leaf("local", "LocalClient", "xllamacpp", "local"),
    "mistral": _Leaf("mistral", "MistralAIClient", "mistralai", "mistral"),
    "ollama": _Leaf("ollama", "OllamaClient", "ollama", "ollama"),
    "together": _Leaf("together", "TogetherClient", "together", "together"),
}
_providers: dict[str, Provider] = {
    **dict.fromkeys(_OPENAI_NAMES, _connect_openai),
    "azure": _connect_azure,
    "deepseek": _connect_deepseek,
    **_LEAVES,
}
