"""A call of a tool. From release 1.99 of the openai package on, calls of custom tools have a class of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from openai.types.chat.chat_completion_message_custom_tool_call import ChatCompletionMessageCustomToolCall, Custom
    from openai.types.chat.chat_completion_message_function_tool_call import ChatCompletionMessageFunctionToolCall
    from openai.types.chat.chat_completion_message_tool_call import ChatCompletionMessageToolCall, Function

__all__ = (
    "ChatCompletionMessageCustomToolCall",
    "ChatCompletionMessageFunctionToolCall",
    "ChatCompletionMessageToolCall",
    "Custom",
    "Function",
)

_HOMES = {
    "ChatCompletionMessageCustomToolCall": "openai.types.chat.chat_completion_message_custom_tool_call",
    "ChatCompletionMessageFunctionToolCall": "openai.types.chat.chat_completion_message_function_tool_call",
    "ChatCompletionMessageToolCall": "openai.types.chat.chat_completion_message_tool_call",
    "Custom": "openai.types.chat.chat_completion_message_custom_tool_call",
    "Function": "openai.types.chat.chat_completion_message_tool_call",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)
