"""The message of an answer. Annotations are known from release 1.66 of the openai package on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from openai.types.chat.chat_completion_message import (
        Annotation,
        AnnotationURLCitation,
        ChatCompletionMessage,
        FunctionCall,
    )

__all__ = (
    "Annotation",
    "AnnotationURLCitation",
    "ChatCompletionMessage",
    "FunctionCall",
)

_HOMES = {
    "Annotation": "openai.types.chat.chat_completion_message",
    "AnnotationURLCitation": "openai.types.chat.chat_completion_message",
    "ChatCompletionMessage": "openai.types.chat.chat_completion_message",
    "FunctionCall": "openai.types.chat.chat_completion_message",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)
