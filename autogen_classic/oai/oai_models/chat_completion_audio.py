"""What a model says aloud."""

from __future__ import annotations

from openai.types.chat import ChatCompletionAudio

__all__ = ("ChatCompletionAudio",)
