"""Clients whose answers have one form for all providers, as in AG2; `autogen_classic.oai` has those that agents use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from .anthropic_v2 import AnthropicV2Client, AnthropicV2LLMConfigEntry
    from .bedrock_v2 import BedrockV2Client, BedrockV2LLMConfigEntry
    from .client_v2 import ModelClientV2
    from .models.content_blocks import (
        AudioContent,
        BaseContent,
        CitationContent,
        ContentBlock,
        ContentParser,
        GenericContent,
        ImageContent,
        ReasoningContent,
        TextContent,
        ToolCallContent,
        ToolResultContent,
        VideoContent,
    )
    from .models.unified_message import UnifiedMessage
    from .models.unified_response import UnifiedResponse
    from .openai_completions_client import OpenAICompletionsClient

__all__ = (
    "AnthropicV2Client",
    "AnthropicV2LLMConfigEntry",
    "AudioContent",
    "BaseContent",
    "BedrockV2Client",
    "BedrockV2LLMConfigEntry",
    "CitationContent",
    "ContentBlock",
    "ContentParser",
    "GenericContent",
    "ImageContent",
    "ModelClientV2",
    "OpenAICompletionsClient",
    "ReasoningContent",
    "TextContent",
    "ToolCallContent",
    "ToolResultContent",
    "UnifiedMessage",
    "UnifiedResponse",
    "VideoContent",
)

_HOMES = {
    "AnthropicV2Client": ".anthropic_v2",
    "AnthropicV2LLMConfigEntry": ".anthropic_v2",
    "AudioContent": ".models.content_blocks",
    "BaseContent": ".models.content_blocks",
    "BedrockV2Client": ".bedrock_v2",
    "BedrockV2LLMConfigEntry": ".bedrock_v2",
    "CitationContent": ".models.content_blocks",
    "ContentBlock": ".models.content_blocks",
    "ContentParser": ".models.content_blocks",
    "GenericContent": ".models.content_blocks",
    "ImageContent": ".models.content_blocks",
    "ModelClientV2": ".client_v2",
    "OpenAICompletionsClient": ".openai_completions_client",
    "ReasoningContent": ".models.content_blocks",
    "TextContent": ".models.content_blocks",
    "ToolCallContent": ".models.content_blocks",
    "ToolResultContent": ".models.content_blocks",
    "UnifiedMessage": ".models.unified_message",
    "UnifiedResponse": ".models.unified_response",
    "VideoContent": ".models.content_blocks",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
