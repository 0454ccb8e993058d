"""Answers in the form of OpenAI's Responses API."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from ._conversations import Answer
from ._openai_answers import Body, server_sent_event

__all__ = ("Response",)


class Response:
    """One response, whole or as events.

    Args:
        model: who answers.
    """

    def __init__(self, model: str) -> None:
        self._number = uuid.uuid4().hex
        self._message_id = f"msg_{self._number}"
        self._said: list[str] = []
        self._events = 0
        self._head = {
            "id": f"resp_{self._number}",
            "object": "response",
            "created_at": int(time.time()),
            "model": model,
            **{"error": None, "instructions": None, "metadata": {}, "parallel_tool_calls": True},
            **{"previous_response_id": None, "store": False, "temperature": None, "top_p": None},
            **{"text": {"format": {"type": "text"}}, "tool_choice": "auto", "tools": [], "truncation": "disabled"},
        }

    def whole(self, answer: Answer) -> Body:
        """The body of an answer.

        Args:
            answer: the answer.
        """
        message = [] if answer.tool_calls and not answer.text else [self._message(answer.text)]
        return self._ended(answer, [*message, *self._calls(answer)])

    def begin(self) -> Iterator[str]:
        """What a stream begins with."""
        going_on = {**self._head, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None}
        yield self._event("response.created", response=going_on)
        yield self._event("response.in_progress", response=going_on)

    def piece(self, text: str) -> Iterator[str]:
        """What a stream tells of a piece of text.

        Args:
            text: what is new.
        """
        if not self._said:
            item = {**self._message(""), "status": "in_progress", "content": []}
            yield self._event("response.output_item.added", output_index=0, item=item)
            yield self._event("response.content_part.added", **self._place(), part=_part(""))
        self._said.append(text)
        yield self._event("response.output_text.delta", **self._place(), delta=text, logprobs=[])

    def end(self, answer: Answer) -> Iterator[str]:
        """What ends a stream, after the text.

        Args:
            answer: the answer.
        """
        if not self._said and not answer.tool_calls:
            yield from self.piece("")
        output: list[Body] = []
        if self._said:
            text = "".join(self._said)
            output.append(self._message(text))
            yield self._event("response.output_text.done", **self._place(), text=text, logprobs=[])
            yield self._event("response.content_part.done", **self._place(), part=_part(text))
            yield self._event("response.output_item.done", output_index=0, item=output[0])
        for call in self._calls(answer):
            place = {"item_id": call["id"], "output_index": len(output)}
            begun = {**call, "status": "in_progress", "arguments": ""}
            yield self._event("response.output_item.added", output_index=len(output), item=begun)
            yield self._event("response.function_call_arguments.delta", **place, delta=call["arguments"])
            yield self._event(
                "response.function_call_arguments.done", **place, name=call["name"], arguments=call["arguments"]
            )
            yield self._event("response.output_item.done", output_index=len(output), item=call)
            output.append(call)
        ended = self._ended(answer, output)
        yield self._event(f"response.{ended['status']}", response=ended)

    def fail(self, body: Body) -> str:
        """What ends a stream that cannot go on.

        Args:
            body: the body of the error.
        """
        error = body["error"]
        return self._event("error", **{key: error[key] for key in ("code", "message", "param")}, error=error)

    def _event(self, kind: str, **rest: Any) -> str:
        event = server_sent_event({"type": kind, "sequence_number": self._events, **rest})
        self._events += 1
        return f"event: {kind}\n{event}"

    def _ended(self, answer: Answer, output: list[Body]) -> Body:
        sent, received = answer.prompt_tokens, answer.completion_tokens
        return {
            **self._head,
            "status": "incomplete" if answer.was_cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if answer.was_cut else None,
            "output": output,
            "usage": {
                "input_tokens": sent,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": received,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": sent + received,
            },
        }

    def _place(self) -> Body:
        return {"item_id": self._message_id, "output_index": 0, "content_index": 0}

    def _message(self, text: str) -> Body:
        head = {"id": self._message_id, "type": "message", "role": "assistant", "status": "completed"}
        return {**head, "content": [_part(text)]}

    def _calls(self, answer: Answer) -> list[Body]:
        return [
            {
                "id": f"fc_{self._number}_{place}",
                "type": "function_call",
                "status": "completed",
                "call_id": call["id"],
                "name": call["function"]["name"],
                "arguments": call["function"]["arguments"],
            }
            for place, call in enumerate(answer.tool_calls)
        ]


def _part(text: str) -> Body:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
