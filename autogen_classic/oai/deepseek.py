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

    def _written(self, params: dict[str, Any]) -> dict[str, Any]:
        """The API promises JSON, but enforces no schema, so the model is told it."""
        if schema_of(params) is None:
            return params
        return {**told_in_words(params), "response_format": {"type": "json_object"}}
