"""What spans say about requests to models, their answers, and errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .. import events
from ._names import REQUEST_ATTRIBUTES

__all__ = ("answer_of", "error_type", "known", "provider_name", "server_of", "settings_of")

_PROVIDERS = {
    "azure": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "google": "gcp.gemini",
    "mistral": "mistral_ai",
}


def provider_name(client: object) -> str:
    """Return the ``gen_ai.provider.name`` of what a model client asks.

    Args:
        client: the client; of one that the program has written itself, its class counts.
    """
    if client is None:  # a recording answers in its place
        return "unknown"
    if "Azure" in type(getattr(client, "_oai_client", None)).__name__:
        return _PROVIDERS["azure"]
    spec = getattr(client, "spec", None)
    name = getattr(spec, "name", None) or getattr(client, "provider", None) or type(client).__name__
    return _PROVIDERS.get(str(name), str(name))


def known(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not known.

    Args:
        attributes: attributes, whose values may be None.
    """
    return {name: value for name, value in attributes.items() if value is not None}


def answer_of(event: events.ModelAnswered) -> dict[str, Any]:
    """What a span says about an answer, besides its model.

    Args:
        event: the answer.
    """
    choices = getattr(event.response, "choices", None) or []
    reasons = [getattr(choice, "finish_reason", None) for choice in choices]
    return known(
        {
            "gen_ai.response.id": getattr(event.response, "id", None) or None,
            "gen_ai.response.finish_reasons": [reason for reason in reasons if isinstance(reason, str)] or None,
            "gen_ai.usage.input_tokens": event.usage.get("prompt_tokens"),
            "gen_ai.usage.output_tokens": event.usage.get("completion_tokens"),
            "gen_ai.usage.cost": event.cost,
            "autogen_classic.from_cache": event.from_cache,
        }
    )


def error_type(error: object) -> str:
    """Return the ``error.type`` of an error: its class.

    Args:
        error: what was raised.
    """
    return type(error).__qualname__


def settings_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a span says about the settings of a request.

    Args:
        request: the request.
    """
    shown = {name: request[key] for key, name in REQUEST_ATTRIBUTES.items() if key in request}
    plain: dict[str, Any] = {name: value for name, value in shown.items() if isinstance(value, (bool, int, float))}
    return {**plain, "gen_ai.output.type": "json"} if request.get("response_format") else plain


def server_of(client: object) -> dict[str, Any]:
    """Where a client sends its requests.

    Args:
        client: the client of a model.
    """
    address = getattr(client, "address", None)
    if not isinstance(address, str) or "://" not in address:
        return {}
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return {"server.address": parts.hostname, "server.port": port}
