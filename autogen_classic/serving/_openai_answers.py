"""Answers in the form of OpenAI's API."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from ._conversations import Answer
from ._refused import RequestRefused

__all__ = ("Body", "Completion", "error_body", "error_of", "model_card", "model_list", "server_sent_event")

Body = dict[str, Any]

_TYPES = {401: "authentication_error", 429: "rate_limit_error", 500: "server_error"}


class Completion:
    """One chat completion, whole or in chunks that have its id in common.

    Args:
        model: who answers.
        include_usage: whether the client of a stream wants to know the usage.
    """

    def __init__(self, model: str, include_usage: bool = False) -> None:
        self._include_usage = include_usage
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

    def begin(self) -> Iterator[str]:
        """What a stream begins with."""
        yield server_sent_event(self._chunk({"role": "assistant", "content": ""}))

    def piece(self, text: str) -> Iterator[str]:
        """What a stream tells of a piece of text.

        Args:
            text: what is new.
        """
        yield server_sent_event(self._chunk({"content": text}))

    def end(self, answer: Answer) -> Iterator[str]:
        """What ends a stream, after the text.

        Args:
            answer: the answer.
        """
        if answer.tool_calls:
            calls = [{"index": place, **one} for place, one in enumerate(answer.tool_calls)]
            yield server_sent_event(self._chunk({"tool_calls": calls}))
        yield server_sent_event(self._chunk({}, _finish_reason(answer)))
        if self._include_usage:
            yield server_sent_event({**self._chunk({}), "choices": [], "usage": _usage(answer)})
        yield "data: [DONE]\n\n"

    def fail(self, body: Body) -> str:
        """What ends a stream that cannot go on.

        Args:
            body: the body of the error.
        """
        return server_sent_event(body)

    def _chunk(self, delta: Body, finish_reason: str | None = None) -> Body:
        """A chunk of a stream; it has a finish reason when it ends."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}


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
