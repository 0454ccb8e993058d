"""Connecting through the openai package: to OpenAI, to Azure, and to others that speak the same protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openai

from ._http.connections import async_pool, sync_pool
from ._provider_client import key_for, missing_key, tell_of_foreign_settings
from ._specs import AZURE, AZURE_ONLY, ProviderSpec, asks_azure
from .providers import azure_model_name, place_of_key

if TYPE_CHECKING:
    from ._openai_client import OpenAIClient

__all__ = ("connected",)


def connected(client: Callable[[Any], OpenAIClient], spec: ProviderSpec, entry: dict[str, Any]) -> OpenAIClient:
    """Make a client through the names in `client`, which programs patch there.

    Args:
        client: the class of the client.
        spec: the provider.
        entry: one configuration.

    Raises:
        openai.OpenAIError: there is no key.
    """
    from . import client as patched

    tell_of_foreign_settings(entry, spec)
    on_azure = asks_azure(spec, entry)
    keys = spec.client_keys if on_azure else spec.client_keys - AZURE_ONLY
    given = {key: entry[key] for key in entry if key in keys}
    settings = _azure_settings(given, spec, entry) if on_azure else _openai_settings(given, spec, entry)
    address = str(settings.get("azure_endpoint" if on_azure else "base_url") or "")
    own_http = settings.get("http_client") is not None
    if not own_http:
        settings["http_client"] = sync_pool(address)
    sdk_class = "AzureOpenAI" if on_azure else "OpenAI"
    try:
        made = client(getattr(patched, sdk_class)(**settings))
    except openai.OpenAIError:
        if place_of_key(entry) is not None:
            raise
        raise openai.OpenAIError(missing_key(entry, AZURE if on_azure else spec)) from None
    if not own_http:

        async def connect_async() -> Any:
            return getattr(patched, f"Async{sdk_class}")(**{**settings, "http_client": await async_pool(address)})

        made.connect_async = connect_async
    return made


def _openai_settings(settings: dict[str, Any], spec: ProviderSpec, entry: dict[str, Any]) -> dict[str, Any]:
    """What the SDK is made with. Another provider's address never gets the key that the environment has for OpenAI."""
    if spec.base_url:
        return {**settings, "api_key": key_for(entry, spec), "base_url": entry.get("base_url") or spec.base_url}
    if settings.get("api_key") == "":
        if settings.get("base_url") or settings.get("http_client") is not None:
            return _without_a_key(settings)
        raise openai.OpenAIError(
            f"The api_key of model {entry.get('model')!r} is empty. Give a key, or leave api_key out to take "
            f"{' or '.join(spec.key_variables)} from the environment."
        )
    return settings


def _without_a_key(settings: dict[str, Any]) -> dict[str, Any]:
    """For a server that asks for no key, or a client of HTTP that has its own. The SDK insists on one."""
    own = getattr(settings.get("http_client"), "headers", {}).get("Authorization")
    headers = {"Authorization": own} if own else {}
    return {**settings, "api_key": "none", "default_headers": {**headers, **(settings.get("default_headers") or {})}}


def _azure_settings(settings: dict[str, Any], spec: ProviderSpec, entry: dict[str, Any]) -> dict[str, Any]:
    if "base_url" in settings:
        base_url = settings.pop("base_url")
        settings.setdefault("azure_endpoint", base_url)
    model = entry.get("model")
    if model and "azure_deployment" not in settings and spec is AZURE:  # the Responses API takes it as the model
        settings["azure_deployment"] = azure_model_name(model)
    if settings.get("azure_ad_token_provider") == "DEFAULT":
        settings["azure_ad_token_provider"] = _default_azure_token_provider()
    return settings


def _default_azure_token_provider() -> Callable[[], str]:
    try:
        import azure.identity as identity  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise ModuleNotFoundError(
            "azure_ad_token_provider 'DEFAULT' needs the azure-identity package: pip install azure-identity",
            name="azure.identity",
        ) from error
    provider: Callable[[], str] = identity.get_bearer_token_provider(
        identity.DefaultAzureCredential(), "https://cognitiveservices.azure.com/.default"
    )
    return provider
