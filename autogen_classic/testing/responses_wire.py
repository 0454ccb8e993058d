"""Scripted replies in the form of OpenAI's Responses API: responses, and the events of a stream.

Pure functions over plain dicts, as in ``wire``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import time
from typing import Any

from .replies import Choices, ModelRequest, Reply
from .wire import replies_for, split_text, usage_of

__all__ = ("Item", "as_items", "is_last_event", "response", "response_events")

Item = dict[str, Any]
"""One item of a conversation, in the form of OpenAI."""


def response(answer: Reply | Choices, request: ModelRequest, number: int) -> dict[str, Any]:
    """Build the body of a response.

    Args:
        answer: what was scripted; of several messages the first one counts.
        request: the request it answers.
        number: the number of the request, from which ids are made.

    Returns:
        A dict in the form of OpenAI's ``response``.
    """
    reply = replies_for(answer, request)[0]
    usage = usage_of([reply], request)
    return {
        **_head(request, number),
        "status": "incomplete" if reply.finish_reason == "length" else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if reply.finish_reason == "length" else None,
        "output": _output(reply, number),
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": usage["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage["total_tokens"],
        },
    }


def response_events(answer: Reply | Choices, request: ModelRequest, number: int) -> Iterator[dict[str, Any]]:
    """Build the events of a streamed response.

    Args:
        answer: what was scripted.
        request: the request it answers.
        number: the number of the request, from which ids are made.

    Yields:
        Dicts in the form of OpenAI's events, from ``response.created`` to ``response.completed``.
    """
    reply = replies_for(answer, request)[0]
    whole = response(answer, request, number)
    started = {**whole, "status": "in_progress", "output": [], "usage": None}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": started}]
    for place, item in enumerate(whole["output"]):
        opened = {**item, "content": []} if item["type"] == "message" else item
        events.append({"type": "response.output_item.added", "output_index": place, "item": opened})
        if item["type"] == "message":
            events += _text_events(reply, item, place)
        events.append({"type": "response.output_item.done", "output_index": place, "item": item})
    events.append({"type": f"response.{whole['status']}", "response": whole})
    for sequence_number, event in enumerate(events):
        yield {**event, "sequence_number": sequence_number}


def is_last_event(event: Mapping[str, Any]) -> bool:
    """Tell whether an event ends a stream."""
    return event["type"] in ("response.completed", "response.incomplete")


def as_items(given: object) -> list[Item]:
    """Read the ``input`` of a request: items, or a text that stands for one message of the user.

    Args:
        given: the value of ``input``.

    Returns:
        New items, each with a type.
    """
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    return [_as_kept(item) for item in given] if isinstance(given, list) else []


def _as_kept(item: Item) -> Item:
    """An item as a server keeps it: a message has parts and a status."""
    if item.get("type", "message") != "message":
        return {**item, "status": item.get("status", "completed")}
    content = item.get("content")
    if isinstance(content, str):
        text = {"type": "output_text", "annotations": []} if item.get("role") == "assistant" else {"type": "input_text"}
        content = [{**text, "text": content}]
    return {**item, "type": "message", "status": "completed", "content": content}


def _head(request: ModelRequest, number: int) -> dict[str, Any]:
    """What a response says of itself and its request, without what the model said."""
    conversation = request.get("conversation")
    return {
        "id": f"resp_mock_{number}",
        "object": "response",
        "created_at": int(time()),
        "model": request.model,
        "error": None,
        "instructions": request.get("instructions"),
        "metadata": request.get("metadata") or {},
        "parallel_tool_calls": True,
        "temperature": request.get("temperature"),
        "tool_choice": request.get("tool_choice", "auto"),
        "tools": request.get("tools") or [],
        "top_p": request.get("top_p"),
        "previous_response_id": request.get("previous_response_id"),
        "conversation": {"id": conversation} if isinstance(conversation, str) else conversation,
    }


def _output(reply: Reply, number: int) -> list[Item]:
    """The items of a response: those of the script, then the text, then calls of functions."""
    items: list[Item] = [dict(item) for item in reply.items]
    if reply.content is not None:
        part = {"type": "output_text", "text": reply.content, "annotations": [dict(note) for note in reply.annotations]}
        items.append({"type": "message", "role": "assistant", "status": "completed", "content": [part]})
    for place, call in enumerate(reply.tool_calls):
        call_id = call.id or f"call_{number}_{place}"
        function = {"call_id": call_id, "name": call.name, "arguments": call.arguments}
        items.append({"type": "function_call", **function, "status": "completed"})
    return [{"id": f"item_mock_{number}_{place}", **item} for place, item in enumerate(items)]


def _text_events(reply: Reply, item: Item, place: int) -> Iterator[dict[str, Any]]:
    part = item["content"][0]
    where = {"item_id": item["id"], "output_index": place, "content_index": 0}
    yield {"type": "response.content_part.added", **where, "part": {**part, "text": "", "annotations": []}}
    for text in reply.pieces if reply.pieces is not None else split_text(part["text"]):
        yield {"type": "response.output_text.delta", **where, "delta": text, "logprobs": []}
    yield {"type": "response.output_text.done", **where, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **where, "part": part}
