"""Answers in the form of OpenAI's API."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable
from typing import Any

from ._conversations import Answer
from ._refused import RequestRefused

__all__ = ("Completion", "error_body", "error_of", "model_card", "model_list", "server_sent_event")

Body = dict[str, Any]

_TYPES = {401: "authentication_error", 429: "rate_limit_error", 500: "server_error"}


class Completion:
    """One chat completion, whole or in chunks that have its id in common.

    Args:
        model: who answers.
    """

    def __init__(self, model: str) -> None:
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}

    def whole(self, answer: Answer) -> Body:
        """The body of an answer.

        Args:
            answer: the answer.
        """
        message: Body = {
            "role": "assistant",
            "content": answer.text or (None if answer.tool_calls else ""),
            "refusal": None,
        }
        if answer.tool_calls:
            message["tool_calls"] = list(answer.tool_calls)
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish_reason(answer)}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": _usage(answer)}

    def chunk(self, delta: Body, finish_reason: str | None = None) -> Body:
        """A chunk of a stream.

        Args:
            delta: what is new in the message.
            finish_reason: why it ends; None while it goes on.
        """
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}

    def last_chunks(self, answer: Answer, include_usage: bool) -> Iterable[Body]:
        """What ends a stream, after the text.

        Args:
            answer: the answer.
            include_usage: whether the client wants to know the usage.
        """
        if answer.tool_calls:
            yield self.chunk({"tool_calls": [{"index": place, **one} for place, one in enumerate(answer.tool_calls)]})
        yield self.chunk({}, _finish_reason(answer))
        if include_usage:
            yield {**self.chunk({}), "choices": [], "usage": _usage(answer)}


def _finish_reason(answer: Answer) -> str:
    return "tool_calls" if answer.tool_calls else "length" if answer.was_cut else "stop"


def _usage(answer: Answer) -> Body:
    sent, received = answer.prompt_tokens, answer.completion_tokens
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


def server_sent_event(body: Body) -> str:
    """An event of a stream.

    Args:
        body: what it tells.
    """
    return f"data: {json.dumps(body, separators=(',', ':'))}\n\n"


def error_body(status: int, message: str, param: str | None = None, code: str | None = None) -> Body:
    """The body of an error.

    Args:
        status: the HTTP status.
        message: what is wrong.
        param: which parameter of the request is meant.
        code: what programs know the fault by.
    """
    kind = _TYPES.get(status, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def error_of(refusal: RequestRefused) -> Body:
    """The body that tells of a refusal."""
    return error_body(refusal.status, str(refusal), refusal.param, refusal.code)


def model_card(name: str, description: str, created: int) -> Body:
    """A model in the list of models."""
    return {
        "id": name,
        "object": "model",
        "created": created,
        "owned_by": "autogen-classic",
        "description": description,
    }


def model_list(cards: Iterable[Body]) -> Body:
    """The list of models."""
    return {"object": "list", "data": list(cards)}
