"""The table of providers: which function makes the client for an ``api_type``.

Your own package can add a provider through the entry point group ``autogen_classic.providers``, a program through
`register_provider`. A provider is a function that takes one configuration (a dict) and returns a `ModelClient`.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from .._packages import missing_package
from .._secrets import keys_hidden
from .._warn import warn_once
from ..errors import UnknownProviderError
from ._specs import AZURE, EVERY_CLIENT_KEY, OPENAI, OPENAI_CLIENT_KEYS, SPECS, ProviderSpec, asks_azure, spec_of

__all__ = (
    "ENTRY_POINT_GROUP",
    "UnknownProviderError",
    "api_type_of",
    "client_keys",
    "connect",
    "find_provider",
    "has_credentials",
    "place_of_key",
    "register_provider",
    "runs_here",
)

logger = logging.getLogger("autogen.oai.client")

Provider = Callable[[dict[str, Any]], Any]

ENTRY_POINT_GROUP = "autogen_classic.providers"

CLIENT_KEYS = OPENAI_CLIENT_KEYS  # what goes to the client of the openai package rather than into a request


def register_provider(api_type: str, provider: Provider) -> None:
    """Add a provider, or replace one.

    Args:
        api_type: the name in a configuration, in lower case.
        provider: a function that takes one configuration and returns a `ModelClient`.
    """
    _providers[api_type.lower()] = provider


def find_provider(entry: dict[str, Any]) -> Provider:
    """Find the provider for a configuration.

    An unknown ``api_type`` with a ``base_url`` is assumed to be an OpenAI-compatible server, with a warning.

    Args:
        entry: one configuration; without an ``api_type`` it is for OpenAI.

    Returns:
        The provider.

    Raises:
        UnknownProviderError: the ``api_type`` is not known.
    """
    name = api_type_of(entry)
    provider = _providers.get(name) or _from_entry_point(name)
    if provider is not None:
        return provider
    if entry.get("base_url"):
        warn_once(logger, f"api_type '{name}' is not known; its base_url is used as an OpenAI-compatible server.")
        return _providers[OPENAI.name]
    raise UnknownProviderError(
        f"api_type {entry['api_type']!r} is not known. Known are {', '.join(sorted(_providers))}. For an "
        "OpenAI-compatible server leave api_type out and give its base_url; for another provider install a package "
        f"with an entry point in the group {ENTRY_POINT_GROUP!r}, or use model_client_cls and register_model_client."
    )


def has_credentials(entry: dict[str, Any]) -> bool:
    """Tell whether a configuration certainly has a key, without loading anything.

    Args:
        entry: one configuration.

    Returns:
        False when it takes an attempt to connect to find out.

    Raises:
        UnknownProviderError: the ``api_type`` is not known.
    """
    spec = getattr(find_provider(entry), "spec", None)
    environment = os.environ
    if spec is None or not _reads_openai_keys(spec):
        return True
    on_azure = asks_azure(spec, entry)
    if _place_of_key(AZURE if on_azure else spec, entry) is None:
        return False
    if not on_azure:
        return True
    address = entry.get("base_url") or entry.get("azure_endpoint") or environment.get("AZURE_OPENAI_ENDPOINT")
    version = entry.get("api_version") or environment.get("OPENAI_API_VERSION")
    return bool(address and version) and entry.get("azure_ad_token_provider") != "DEFAULT"


def place_of_key(entry: dict[str, Any]) -> str | None:
    """Say where a configuration has its key, or what stands for one.

    Args:
        entry: one configuration.

    Returns:
        ``"its own api_key"``, for instance, or ``"the key in OPENAI_API_KEY"``; None if there is none in it or in the
        environment.
    """
    spec: ProviderSpec | None = getattr(find_provider(entry), "spec", None)
    if spec is None:
        return "its own api_key" if entry.get("api_key") else None
    return _place_of_key(AZURE if asks_azure(spec, entry) else spec, entry)


def _place_of_key(spec: ProviderSpec, entry: Mapping[str, Any]) -> str | None:
    given = spec.credentials_in(entry)
    if given is not None:
        return f"its own {given}"
    if entry.get("api_key") == "" and _reads_openai_keys(spec):
        return None  # the openai package takes an empty key for one
    found = spec.key_in_environment()
    return None if found is None else f"the key in {found}"


def _reads_openai_keys(spec: ProviderSpec) -> bool:
    """Whether the openai package looks for the key itself."""
    return spec.package == OPENAI.package and not spec.base_url


def client_keys(entry: dict[str, Any]) -> frozenset[str]:
    """Name the settings of a configuration that its client takes, and that are not part of a request.

    Args:
        entry: one configuration.
    """
    spec = spec_of(api_type_of(entry))
    return CLIENT_KEYS if spec is None or spec.accepts_all else EVERY_CLIENT_KEY


def runs_here(entry: Mapping[str, Any]) -> bool:
    """Tell whether a configuration is for a model that runs in this process.

    Args:
        entry: one configuration. Besides ``api_type`` ``"local"``, a model ``"local"`` or the name of a GGUF file says
            so if neither an ``api_type`` nor a ``base_url`` says otherwise.
    """
    if entry.get("api_type"):
        return str(entry["api_type"]).lower() == "local"
    model = str(entry.get("model") or "")
    return not entry.get("base_url") and (model == "local" or model.lower().endswith(".gguf"))


def api_type_of(entry: Mapping[str, Any]) -> str:
    """Name the provider of a configuration, in lower case; ``"openai"`` if nothing says otherwise.

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


def azure_model_name(model: str) -> str:
    """Names of Azure deployments for OpenAI models have no dots: gpt-3.5-turbo is called gpt-35-turbo."""
    return model.replace(".", "")


def _from_entry_point(name: str) -> Provider | None:
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name.lower() == name:
            provider: Provider = point.load()
            register_provider(name, provider)
            return provider
    return None


class _Described:
    """One of our providers. The file of its client is loaded when a configuration first names it.

    Args:
        spec: what is known about it.
    """

    def __init__(self, spec: ProviderSpec) -> None:
        self.spec = spec

    def __call__(self, entry: dict[str, Any]) -> Any:
        spec = self.spec
        try:
            client = getattr(importlib.import_module(f".{spec.module}", __package__), spec.client)
        except ImportError as error:
            if (error.name or "").partition(".")[0] != spec.package.partition(".")[0]:
                raise
            raise missing_package(f"api_type {entry.get('api_type')!r}", error, spec.extra) from error
        if spec.package != OPENAI.package:
            return client(**entry)
        from . import _openai_package

        return _openai_package.connected(client, spec, entry)


_providers: dict[str, Provider] = {
    api_type: provider for spec in SPECS for provider in [_Described(spec)] for api_type in spec.api_types
}
