"""OpenAI, and servers that speak its protocol, with unified answers."""

from __future__ import annotations

from typing import Any

from ..oai.providers import connect
from .client_v2 import UnifiedClient

__all__ = ("OpenAICompletionsClient",)


class OpenAICompletionsClient(UnifiedClient):
    """Asks OpenAI through chat completions.

    Args:
        api_key: the key; None takes OPENAI_API_KEY.
        base_url: the address of the server; None for OpenAI itself.
        timeout: how long a request may take, in seconds.
        response_format: the form of every answer whose request does not ask for another one.
        **kwargs: further settings of a configuration.
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float = 60.0,
        response_format: object = None,
        **kwargs: Any,
    ) -> None:
        given = {"api_key": api_key, "base_url": base_url, "timeout": timeout}
        entry = {"api_type": "openai", **{name: value for name, value in given.items() if value is not None}, **kwargs}
        client = connect(entry)
        client.response_format = response_format
        super().__init__(client, "openai", is_structured=response_format is not None)
