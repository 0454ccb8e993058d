"""How likely each token of an answer was."""

from __future__ import annotations

from openai.types.chat.chat_completion_token_logprob import ChatCompletionTokenLogprob, TopLogprob

__all__ = ("ChatCompletionTokenLogprob", "TopLogprob")
