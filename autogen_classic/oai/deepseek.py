"""Models at DeepSeek, whose API is that of OpenAI but for structured output.

``api_type`` is ``"deepseek"``; the key may stand in DEEPSEEK_API_KEY.
"""

from __future__ import annotations

from typing import Any

from ._messages.schemas import schema_of, told_in_words
from ._openai_client import OpenAIClient

__all__ = ("DeepSeekClient",)


class DeepSeekClient(OpenAIClient):
    """Asks DeepSeek by way of the openai package.

    Args:
        client: an ``OpenAI`` object of the openai package.
    """

    provider = "deepseek"

    def _ask(self, params: dict[str, Any]) -> Any:
        return super()._ask(_with_schema_in_words(params))

    async def _a_ask(self, client: Any, params: dict[str, Any]) -> Any:
        return await super()._a_ask(client, _with_schema_in_words(params))


def _with_schema_in_words(params: dict[str, Any]) -> dict[str, Any]:
    """The API promises JSON, but enforces no schema, so the model is told it."""
    if schema_of(params) is None:
        return params
    return {**told_in_words(params), "response_format": {"type": "json_object"}}
