"""Models at DeepSeek, whose API is that of OpenAI except for structured output.

``api_type`` is ``"deepseek"``; the key may be in DEEPSEEK_API_KEY.
"""

from __future__ import annotations

from typing import Any

from ._messages.schemas import schema_of, told_in_words
from ._openai_client import OpenAIClient

__all__ = ("DeepSeekClient",)


class DeepSeekClient(OpenAIClient):
    """Asks DeepSeek through the openai package.

    Args:
        client: an ``OpenAI`` object of the openai package.
    """

    provider = "deepseek"

    def _written(self, params: dict[str, Any]) -> dict[str, Any]:
        """The API promises JSON, but does not enforce a schema, so the model is told about it."""
        if schema_of(params) is None:
            return params
        return {**told_in_words(params), "response_format": {"type": "json_object"}}
