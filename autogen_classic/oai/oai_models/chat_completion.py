"""The answer of a model. Moderation is known to newer releases of the openai package only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from openai.types.chat.chat_completion import ChatCompletion, Choice, ChoiceLogprobs

from ..._core.lazy import load

if TYPE_CHECKING:
    from openai.types.chat.chat_completion import (
        Moderation,
        ModerationInputError,
        ModerationInputModerationResults,
        ModerationInputModerationResultsResult,
        ModerationOutputError,
        ModerationOutputModerationResults,
        ModerationOutputModerationResultsResult,
    )

__all__ = (
    "ChatCompletion",
    "ChatCompletionExtended",
    "Choice",
    "ChoiceLogprobs",
    "Moderation",
    "ModerationInputError",
    "ModerationInputModerationResults",
    "ModerationInputModerationResultsResult",
    "ModerationOutputError",
    "ModerationOutputModerationResults",
    "ModerationOutputModerationResultsResult",
)

_HOMES = {
    "Moderation": "openai.types.chat.chat_completion",
    "ModerationInputError": "openai.types.chat.chat_completion",
    "ModerationInputModerationResults": "openai.types.chat.chat_completion",
    "ModerationInputModerationResultsResult": "openai.types.chat.chat_completion",
    "ModerationOutputError": "openai.types.chat.chat_completion",
    "ModerationOutputModerationResults": "openai.types.chat.chat_completion",
    "ModerationOutputModerationResultsResult": "openai.types.chat.chat_completion",
}


class ChatCompletionExtended(ChatCompletion):
    """An answer with what `OpenAIWrapper` sets on it.

    Attributes:
        message_retrieval_function: takes the texts out of the answer, or the messages if they call tools.
        config_id: the place of its configuration in the list.
        pass_filter: whether a ``filter_func`` accepted it.
        cost: in US dollars.
    """

    message_retrieval_function: Callable[[Any], list[Any]] | None = None
    config_id: int | None = None
    pass_filter: bool | None = None
    cost: float | None = None


if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)
