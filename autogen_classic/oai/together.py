"""Models at Together AI, through the ``together`` package.

``api_type`` is ``"together"``; the key may be in TOGETHER_API_KEY.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import together

from ..errors import BrokenStreamError
from ..llm_config.entries import TogetherEntryDict, TogetherLLMConfigEntry
from ._chat_completions import ChatCompletionsClient, chat_messages, cost_by_table
from ._messages.translation import turns_of
from ._specs import TOGETHER

__all__ = (
    "TogetherClient",
    "TogetherEntryDict",
    "TogetherLLMConfigEntry",
    "calculate_together_cost",
    "oai_messages_to_together_messages",
)


class TogetherClient(ChatCompletionsClient):
    """Asks Together AI. As in AutoGen 0.2, an answer has at most 512 tokens unless ``max_tokens`` says otherwise.

    Args:
        **kwargs: the configuration. ``base_url``, ``max_retries``, ``timeout`` (in seconds), ``default_headers``,
            ``default_query`` and ``http_client`` go to the SDK.

    Raises:
        MissingKeyError: neither ``api_key`` nor the environment variable TOGETHER_API_KEY is set.
    """

    spec = TOGETHER
    new_http_client = together.DefaultHttpxClient
    fallback_errors = (together.APIError, BrokenStreamError)

    def connect(self, **settings: Any) -> together.Together:
        """Make the client of the SDK.

        Args:
            **settings: for its constructor.
        """
        return together.Together(**settings)

    def parse_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take from a request the settings that the API knows, and check them.

        Args:
            params: a request in the OpenAI form. A value that cannot be used is reported by a warning, and left out.

        Returns:
            What to send besides the messages and the tools; ``stop`` is always a list, as this API wants it.

        Raises:
            MissingModelError: no model is named.
        """
        sent = super().parse_params(params)
        return {**sent, "stop": [sent["stop"]]} if isinstance(sent.get("stop"), str) else sent

    def write_messages(self, messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Write messages as the API takes them.

        Args:
            messages: messages in the OpenAI form.
        """
        return oai_messages_to_together_messages(messages)


def oai_messages_to_together_messages(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write messages as Together takes them: with the names of speakers, and with calls that are numbered.

    Args:
        messages: messages in the OpenAI form.
    """
    written = chat_messages(turns_of(messages), with_names=True)
    for message in written:
        for index, call in enumerate(message.get("tool_calls", ())):
            call["index"] = index
    return written


def calculate_together_cost(input_tokens: int, output_tokens: int, model_name: str) -> float:
    """Work out what a request costs.

    Args:
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model_name: the model.

    Returns:
        US dollars; 0.0 with a warning for a model without a known price.
    """
    return cost_by_table("together", model_name, input_tokens, output_tokens)
