"""The classes of answers at the paths that AG2 gave its copies of them: here they are those of the openai package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from .chat_completion import ChatCompletion, Choice
    from .chat_completion_message import ChatCompletionMessage
    from .chat_completion_message_tool_call import (
        ChatCompletionMessageCustomToolCall,
        ChatCompletionMessageFunctionToolCall,
        ChatCompletionMessageToolCall,
    )
    from .completion_usage import CompletionUsage

__all__ = (
    "ChatCompletion",
    "ChatCompletionMessage",
    "ChatCompletionMessageCustomToolCall",
    "ChatCompletionMessageFunctionToolCall",
    "ChatCompletionMessageToolCall",
    "Choice",
    "CompletionUsage",
)

_HOMES = {
    "ChatCompletion": ".chat_completion",
    "ChatCompletionMessage": ".chat_completion_message",
    "ChatCompletionMessageCustomToolCall": ".chat_completion_message_tool_call",
    "ChatCompletionMessageFunctionToolCall": ".chat_completion_message_tool_call",
    "ChatCompletionMessageToolCall": ".chat_completion_message_tool_call",
    "Choice": ".chat_completion",
    "CompletionUsage": ".completion_usage",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
