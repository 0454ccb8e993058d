"""An answer of a model, in whatever form it came, as the ChatCompletion that old programs read."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from .._messages.translation import ToolCall

__all__ = ("Answer",)

# An answer that could not be finished is one that was cut off.
_KNOWN_TO_OPENAI: dict[str | None, str | None] = {None: "stop", "error": "length"}


@dataclass
class Answer:
    """An answer of a model, gathered in one go or piece by piece from a stream.

    Attributes:
        model: the model's name as the provider gives it.
        text: what was said; None or "" if the model only calls tools.
        calls: the calls it asks for.
        finish_reason: ``"stop"``, ``"length"``, ``"tool_calls"``, ``"content_filter"``, or ``"error"`` if the
            provider could not finish it; None in a stream that has not come to its end.
        prompt_tokens: how many tokens were sent, as the provider counts them; None if it does not.
        completion_tokens: how many came back.
        cached_tokens: how many of the prompt's were read from the provider's cache; None if it does not say.
        reasoning_tokens: how many of those that came back are thoughts; None if it does not say.
        id: the provider's id of the answer.
        said_besides: further fields of the message, such as ``refusal`` or ``extra_content``.
    """

    model: str
    text: str | None = None
    calls: list[ToolCall] = field(default_factory=list)
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    id: str = ""
    said_besides: dict[str, Any] = field(default_factory=dict)

    def completion(self) -> Any:
        """Write the answer as the ChatCompletion of the openai package that old programs read.

        Returns:
            The ChatCompletion; ``usage`` is None if the provider counted nothing.
        """
        from openai.types.chat import ChatCompletion

        reason = "tool_calls" if self.calls else _KNOWN_TO_OPENAI.get(self.finish_reason, self.finish_reason)
        return ChatCompletion.model_validate(
            {
                "id": self.id or f"answer-{uuid.uuid4().hex}",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": self.model,
                "choices": [{"index": 0, "finish_reason": reason, "logprobs": None, "message": self._message()}],
                "usage": self._usage(),
            }
        )

    def _message(self) -> dict[str, Any]:
        calls = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
                **({"extra_content": call.extra_content} if call.extra_content else {}),
            }
            for call in self.calls
        ]
        content = self.text or (None if calls else "")
        message = {"role": "assistant", "content": content, "function_call": None, "tool_calls": calls or None}
        return {**message, **self.said_besides}

    def _usage(self) -> dict[str, Any] | None:
        if self.prompt_tokens is None and self.completion_tokens is None:
            return None
        sent, received = self.prompt_tokens or 0, self.completion_tokens or 0
        usage: dict[str, Any] = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
        if self.cached_tokens is not None:
            usage["prompt_tokens_details"] = {"cached_tokens": self.cached_tokens}
        if self.reasoning_tokens is not None:
            usage["completion_tokens_details"] = {"reasoning_tokens": self.reasoning_tokens}
        return usage
