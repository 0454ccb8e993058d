"""How many tokens an answer took."""

from __future__ import annotations

from openai.types.completion_usage import CompletionTokensDetails, CompletionUsage, PromptTokensDetails

__all__ = ("CompletionTokensDetails", "CompletionUsage", "PromptTokensDetails")
