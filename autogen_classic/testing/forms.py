"""The forms in which a model can be asked over HTTP: chats, responses and prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .replies import Choices, ModelRequest, Reply
from .responses_wire import is_last_event, response, response_events
from .wire import STREAM_END, chunks, completion, text_chunks, text_completion

__all__ = ("FORMS", "Form")


@dataclass(frozen=True)
class Form:
    """How a request is checked, and its answer written.

    Attributes:
        fault_in: says what is wrong with a request; None if nothing is.
        whole: writes an answer as one body.
        events: writes an answer as the events of a stream.
        is_last: tells whether an event ends the answer.
        end: what follows the last event.
    """

    fault_in: Callable[[ModelRequest], str | None]
    whole: Callable[[Reply | Choices, ModelRequest, int], dict[str, Any]]
    events: Callable[[Reply | Choices, ModelRequest, int], Iterator[dict[str, Any]]]
    is_last: Callable[[Mapping[str, Any]], bool]
    end: bytes = b""


def _fault_in_chat(request: ModelRequest) -> str | None:
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        return _fault_in_any(request) or "'messages' is missing: a list of at least one message."
    for position, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            return _fault_in_any(request) or f"messages[{position}] is not an object with a 'role'."
    return _fault_in_any(request)


def _fault_in_response(request: ModelRequest) -> str | None:
    said = request.get("input")
    items = said if isinstance(said, list) else [{"type": "message", "role": "user"}] if said else []
    if not items and not request.get("conversation") and not request.get("prompt"):
        return "'input' is missing: a text, or a list of at least one item."
    for position, item in enumerate(items):
        if not isinstance(item, dict) or not (item.get("type") or item.get("role")):
            return f"input[{position}] is not an object with a 'type' or a 'role'."
    return None if request.get("prompt") else _fault_in_any(request)


def _fault_in_prompt(request: ModelRequest) -> str | None:
    fault = _fault_in_any(request)
    return fault or (None if isinstance(request.get("prompt"), (str, list)) else "'prompt' is missing: a text.")


def _fault_in_any(request: ModelRequest) -> str | None:
    if not request.model:
        return "'model' is missing."
    count = request.get("n")
    if count is not None and (not isinstance(count, int) or not 1 <= count <= 128):
        return f"'n' is {count!r}; it must be a number from 1 to 128."
    return None


def _is_last_chunk(chunk: Mapping[str, Any]) -> bool:
    return bool(chunk["choices"]) and chunk["choices"][0]["finish_reason"] is not None


FORMS = {
    "/chat/completions": Form(_fault_in_chat, completion, chunks, _is_last_chunk, STREAM_END),
    "/completions": Form(_fault_in_prompt, text_completion, text_chunks, _is_last_chunk, STREAM_END),
    "/responses": Form(_fault_in_response, response, response_events, is_last_event),
}
"""The forms by the ends of their paths; the first one that fits counts."""
