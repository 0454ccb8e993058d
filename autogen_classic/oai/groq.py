"""Models at Groq, through the ``groq`` package. ``api_type`` is ``"groq"``; the key may be in GROQ_API_KEY."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import groq

from .._warn import warn_once
from ..errors import BrokenStreamError
from ..llm_config.entries import GroqEntryDict, GroqLLMConfigEntry
from ._chat_completions import ChatCompletionsClient, chat_messages, cost_by_table
from ._messages.schemas import told_in_words
from ._messages.translation import tools_of, turns_of
from ._provider_client import logger
from ._request.structured import wanted_form
from ._specs import GROQ
from .prices import Price, prices_of

__all__ = (
    "GROQ_PRICING_1K",
    "GroqClient",
    "GroqEntryDict",
    "GroqLLMConfigEntry",
    "calculate_groq_cost",
    "oai_messages_to_groq_messages",
)

GROQ_PRICING_1K: dict[str, Price] = prices_of("groq")

_WITH_SCHEMAS = "openai/gpt-oss"  # these models are held to a schema; all others just to JSON


class GroqClient(ChatCompletionsClient):
    """Asks Groq.

    Args:
        **kwargs: the configuration. ``base_url``, ``max_retries``, ``timeout`` (in seconds), ``default_headers``,
            ``default_query`` and ``http_client`` go to the SDK.

    Raises:
        MissingKeyError: neither ``api_key`` nor the environment variable GROQ_API_KEY is set.
    """

    spec = GROQ
    sdk_path = "/openai/v1"
    new_http_client = groq.DefaultHttpxClient
    fallback_errors = (groq.APIError, BrokenStreamError)

    def connect(self, **settings: Any) -> groq.Groq:
        """Make the client of the SDK.

        Args:
            **settings: for its constructor.
        """
        return groq.Groq(**settings)

    def request(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request for the SDK. The API takes tools or a form of the answer, not both.

        Args:
            params: a request in the OpenAI form.

        Returns:
            The arguments of ``chat.completions.create``.
        """
        wanted, model = wanted_form(params), str(params.get("model"))
        if wanted is not None and tools_of(params):
            params = told_in_words(params)
        elif wanted is not None and wanted.schema is not None and not model.startswith(_WITH_SCHEMAS):
            params = {**told_in_words(params), "response_format": {"type": "json_object"}}
        return super().request(params)

    def _wants_stream(self, params: Mapping[str, Any]) -> bool:
        if params.get("stream") and wanted_form(params) is not None:
            warn_once(logger, "groq does not stream an answer that has to have a form; such answers come whole.")
            return False
        return super()._wants_stream(params)


def oai_messages_to_groq_messages(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write messages as Groq takes them.

    Args:
        messages: messages in the OpenAI form.
    """
    return chat_messages(turns_of(messages))


def calculate_groq_cost(input_tokens: int, output_tokens: int, model: str) -> float:
    """Work out what a request costs.

    Args:
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model: the model.

    Returns:
        US dollars; 0.0 with a warning for a model without a known price.
    """
    return cost_by_table("groq", model, input_tokens, output_tokens)
