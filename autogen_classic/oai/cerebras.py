"""Models at Cerebras, through the ``cerebras_cloud_sdk`` package.

``api_type`` is ``"cerebras"``; the key may be in CEREBRAS_API_KEY.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from cerebras.cloud import sdk

from ..errors import BrokenStreamError
from ..llm_config.entries import CerebrasEntryDict, CerebrasLLMConfigEntry
from ._chat_completions import ChatCompletionsClient, chat_messages, cost_by_table
from ._messages.translation import turns_of
from ._request.reading import Answer
from ._request.structured import wanted_form
from ._specs import CEREBRAS
from .prices import Price, prices_of

__all__ = (
    "CEREBRAS_PRICING_1K",
    "CerebrasClient",
    "CerebrasEntryDict",
    "CerebrasLLMConfigEntry",
    "calculate_cerebras_cost",
    "oai_messages_to_cerebras_messages",
)

CEREBRAS_PRICING_1K: dict[str, Price] = prices_of("cerebras")


class CerebrasClient(ChatCompletionsClient):
    """Asks Cerebras.

    Args:
        api_key: the key; None to take it from the environment.
        **kwargs: the configuration. ``base_url``, ``max_retries``, ``timeout`` (in seconds), ``default_headers``,
            ``default_query`` and ``http_client`` go to the SDK.

    Raises:
        MissingKeyError: neither ``api_key`` nor the environment variable CEREBRAS_API_KEY is set.
    """

    spec = CEREBRAS
    streaming: ClassVar[dict[str, Any]] = {"stream": True, "stream_options": {"include_usage": True}}
    new_http_client = sdk.DefaultHttpxClient
    fallback_errors = (sdk.APIError, BrokenStreamError)

    def __init__(self, api_key: str | None = None, **kwargs: Any) -> None:
        super().__init__(api_key=api_key, **kwargs)

    def connect(self, **settings: Any) -> sdk.Cerebras:
        """Make the client of the SDK.

        Args:
            **settings: for its constructor.
        """
        # Left to itself, the SDK sends its own requests as soon as the client is made, to be faster later.
        return sdk.Cerebras(**settings, warm_tcp_connection=False)

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        return _without_stray_calls(super().ask(params), params)

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        for piece in super().stream(params):
            yield piece if isinstance(piece, str) else _without_stray_calls(piece, params)


def _without_stray_calls(answer: Answer, params: Mapping[str, Any]) -> Answer:
    """Some models repeat their last call beside the final answer, which would keep the chat going in circles."""
    wanted = wanted_form(params)
    if answer.calls and answer.text and wanted is not None and wanted.fault_of(answer.text) is None:
        answer.calls, answer.finish_reason = [], "stop"
    return answer


def oai_messages_to_cerebras_messages(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write messages as Cerebras takes them.

    Args:
        messages: messages in the OpenAI form.
    """
    return chat_messages(turns_of(messages))


def calculate_cerebras_cost(input_tokens: int, output_tokens: int, model: str) -> float:
    """Work out what a request costs.

    Args:
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model: the model.

    Returns:
        US dollars; 0.0 with a warning for a model without a known price.
    """
    return cost_by_table("cerebras", model, input_tokens, output_tokens)
