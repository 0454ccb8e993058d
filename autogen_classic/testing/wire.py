"""Scripted replies in the form that OpenAI's API gives them: completions, chunks of a stream, errors, vectors.

Pure functions over plain dicts; the server sends them, `ScriptedClient` builds the SDK's objects from them.
"""

from __future__ import annotations

import base64
import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from math import sqrt
from time import time
from typing import Any

from .._core.content import texts_of
from .replies import Choices, ErrorReply, ModelRequest, Reply, ToolCall

__all__ = (
    "chunks",
    "completion",
    "embeddings",
    "error_body",
    "model_list",
    "replies_for",
    "server_sent_event",
    "split_text",
    "text_chunks",
    "text_completion",
    "usage_of",
)

STREAM_END = b"data: [DONE]\n\n"


def replies_for(answer: Reply | Choices, request: ModelRequest) -> list[Reply]:
    """Spread an answer over the choices that a request asks for.

    Args:
        answer: what was scripted.
        request: the request; its ``n`` repeats a single reply, its JSON mode wraps a text that is not JSON.

    Returns:
        A reply for each choice.
    """
    replies = list(answer.replies) if isinstance(answer, Choices) else [answer] * int(request.get("n") or 1)
    form = request.get("response_format")  # a class where the request has not been translated for HTTP
    if isinstance(form, Mapping) and form.get("type") == "json_object":
        return [_as_json(reply) for reply in replies]
    return replies


def completion(answer: Reply | Choices, request: ModelRequest, number: int) -> dict[str, Any]:
    """Build the body of a chat completion.

    Args:
        answer: what was scripted.
        request: the request it answers.
        number: the number of the request, from which ids are made.

    Returns:
        A dict in the form of OpenAI's ``chat.completion``.
    """
    replies = replies_for(answer, request)
    return {
        **_head("chat.completion", request, number),
        "choices": [
            {
                "index": index,
                "message": _message(reply, number, index),
                "logprobs": None,
                "finish_reason": _finish_reason(reply),
            }
            for index, reply in enumerate(replies)
        ],
        "usage": usage_of(replies, request),
    }


def chunks(answer: Reply | Choices, request: ModelRequest, number: int) -> Iterator[dict[str, Any]]:
    """Build the chunks of a streamed chat completion.

    Args:
        answer: what was scripted.
        request: the request it answers. With ``stream_options={"include_usage": True}`` a last chunk has the usage.
        number: the number of the request, from which ids are made.

    Yields:
        Dicts in the form of OpenAI's ``chat.completion.chunk``.
    """
    replies = replies_for(answer, request)
    with_usage = bool((request.get("stream_options") or {}).get("include_usage"))
    head = _head("chat.completion.chunk", request, number)
    if with_usage:
        head["usage"] = None
    for index, reply in enumerate(replies):
        for delta in _deltas(reply, number, index):
            yield {**head, "choices": [_chunk_choice(index, delta, None)]}
        yield {**head, "choices": [_chunk_choice(index, {}, _finish_reason(reply))]}
    if with_usage:
        yield {**head, "choices": [], "usage": usage_of(replies, request)}


def text_completion(answer: Reply | Choices, request: ModelRequest, number: int) -> dict[str, Any]:
    """Build the body of a completion of a prompt.

    Args:
        answer: what was scripted.
        request: the request it answers.
        number: the number of the request, from which ids are made.

    Returns:
        A dict in the form of OpenAI's ``text_completion``.
    """
    replies = replies_for(answer, request)
    return {
        **_head("text_completion", request, number),
        "choices": [
            _text_choice(index, reply.content or "", _finish_reason(reply)) for index, reply in enumerate(replies)
        ],
        "usage": usage_of(replies, request),
    }


def text_chunks(answer: Reply | Choices, request: ModelRequest, number: int) -> Iterator[dict[str, Any]]:
    """Build the chunks of a streamed completion of a prompt.

    Args:
        answer: what was scripted.
        request: the request it answers. With ``stream_options={"include_usage": True}`` a last chunk has the usage.
        number: the number of the request, from which ids are made.

    Yields:
        Dicts in the form of OpenAI's ``text_completion``.
    """
    replies = replies_for(answer, request)
    head = _head("text_completion", request, number)
    for index, reply in enumerate(replies):
        for text in reply.pieces if reply.pieces is not None else split_text(reply.content or ""):
            yield {**head, "choices": [_text_choice(index, text, None)]}
        yield {**head, "choices": [_text_choice(index, "", _finish_reason(reply))]}
    if (request.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": usage_of(replies, request)}


def server_sent_event(data: dict[str, Any]) -> bytes:
    """Write one event of a stream.

    Args:
        data: a JSON object; its ``type``, if it has one, names the event.

    Returns:
        The bytes of the event, with the empty line that ends it.
    """
    name = f"event: {data['type']}\n".encode() if "type" in data else b""
    return name + b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n"


def split_text(text: str) -> list[str]:
    """Split a text as a model streams it: words with the spaces that follow them.

    Args:
        text: any text.

    Returns:
        Pieces that together make up the text.
    """
    return re.findall(r"\S+\s*|\s+", text)


def error_body(error: ErrorReply) -> dict[str, Any]:
    """Build the body of an error answer.

    Args:
        error: what was scripted.

    Returns:
        A dict with the key ``error``.
    """
    return {"error": {"message": error.message, "type": error.type, "param": error.param, "code": error.code}}


def model_list(models: Iterable[str]) -> dict[str, Any]:
    """Build the answer of ``/v1/models``.

    Args:
        models: the names of the models.

    Returns:
        A dict in the form of OpenAI's list of models.
    """
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "autogen-classic"} for name in models]
    return {"object": "list", "data": data}


def embeddings(request: ModelRequest, dimensions: int) -> dict[str, Any]:
    """Build the answer of ``/v1/embeddings``.

    Equal inputs get equal vectors in every process; texts that share words get vectors that are near each other.

    Args:
        request: the request, with ``input`` (a text, texts, tokens, or lists of tokens), and perhaps
            ``dimensions`` and ``encoding_format``.
        dimensions: the length of a vector if the request does not say.

    Returns:
        A dict in the form of OpenAI's list of embeddings.
    """
    given = request["input"]
    inputs = [given] if isinstance(given, str) or (given and isinstance(given[0], int)) else given
    length = int(request.get("dimensions") or dimensions)
    vectors = [_vector(one, length) for one in inputs]
    as_base64 = request.get("encoding_format") == "base64"
    count = _tokens(one if isinstance(one, str) else "x" * 4 * len(one) for one in inputs)
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": _base64(vector) if as_base64 else vector}
            for index, vector in enumerate(vectors)
        ],
        "model": request.model,
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def _head(kind: str, request: ModelRequest, number: int) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-mock-{number}",
        "object": kind,
        "created": int(time()),
        "model": request.model,
        "system_fingerprint": None,
    }


def _message(reply: Reply, number: int, choice: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.content, "refusal": None}
    if reply.tool_calls:
        message["tool_calls"] = [
            _tool_call(call, number, choice, position) for position, call in enumerate(reply.tool_calls)
        ]
    if reply.function_call is not None:
        message["function_call"] = {"name": reply.function_call.name, "arguments": reply.function_call.arguments}
    return message


def _tool_call(call: ToolCall, number: int, choice: int, position: int) -> dict[str, Any]:
    return {
        "id": call.id or f"call_{number}_{choice}_{position}",
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _deltas(reply: Reply, number: int, choice: int) -> Iterator[dict[str, Any]]:
    """The deltas of one choice: the role first, then text, then calls with their arguments in pieces."""
    yield {"role": "assistant", "content": "" if reply.content is not None else None, "refusal": None}
    texts = reply.pieces if reply.pieces is not None else split_text(reply.content or "")
    for text in texts:
        yield {"content": text}
    for position, call in enumerate(reply.tool_calls):
        opening = _tool_call(call, number, choice, position)
        opening["function"]["arguments"] = ""
        yield {"tool_calls": [{"index": position, **opening}]}
        for part in split_text(call.arguments):
            yield {"tool_calls": [{"index": position, "function": {"arguments": part}}]}
    if reply.function_call is not None:
        yield {"function_call": {"name": reply.function_call.name, "arguments": ""}}
        for part in split_text(reply.function_call.arguments):
            yield {"function_call": {"arguments": part}}


def _chunk_choice(index: int, delta: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _text_choice(index: int, text: str, finish_reason: str | None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": None, "finish_reason": finish_reason}


def _finish_reason(reply: Reply) -> str:
    if reply.finish_reason is not None:
        return reply.finish_reason
    if reply.tool_calls:
        return "tool_calls"
    return "stop" if reply.function_call is None else "function_call"


def usage_of(replies: Sequence[Reply], request: ModelRequest) -> dict[str, int]:
    """Count the tokens of a request and its answers: as scripted, or a quarter of the characters.

    Args:
        replies: the answers.
        request: the request.

    Returns:
        ``prompt_tokens``, ``completion_tokens`` and ``total_tokens``.
    """
    stated = [reply.usage for reply in replies if reply.usage is not None]
    if stated:
        prompt, answered = stated[0][0], sum(usage[1] for usage in stated)
    else:
        prompt = _tokens(text for message in request.messages for text in texts_of(message.get("content")))
        answered = _tokens(text for reply in replies for text in _texts(reply))
    return {"prompt_tokens": prompt, "completion_tokens": answered, "total_tokens": prompt + answered}


def _texts(reply: Reply) -> Iterator[str]:
    yield reply.content or ""
    for call in (*reply.tool_calls, *filter(None, [reply.function_call])):
        yield call.name + call.arguments


def _tokens(texts: Iterable[str]) -> int:
    """Estimate tokens: a quarter of the characters, rounded up."""
    return (sum(map(len, texts)) + 3) // 4


def _as_json(reply: Reply) -> Reply:
    """A reply that a model in JSON mode may give; a text that is not a JSON object becomes one."""
    if reply.content is None:
        return reply
    try:
        is_object = isinstance(json.loads(reply.content), dict)
    except ValueError:
        is_object = False
    if is_object:
        return reply
    wrapped = json.dumps({"reply": reply.content})
    return Reply(wrapped, reply.tool_calls, finish_reason=reply.finish_reason, usage=reply.usage, delay=reply.delay)


def _vector(item: str | Sequence[int], length: int) -> list[float]:
    """A unit vector that adds up a pseudo-random direction for each word (or token)."""
    words: Sequence[object] = re.findall(r"\w+", item.lower()) if isinstance(item, str) else item
    total = [0.0] * length
    for word in words or [""]:
        for position, value in enumerate(_direction(str(word), length)):
            total[position] += value
    norm = sqrt(sum(value * value for value in total)) or 1.0
    return [value / norm for value in total]


def _direction(word: str, length: int) -> list[float]:
    values: list[float] = []
    block = 0
    while len(values) < length:
        values.extend(byte - 127.5 for byte in sha256(f"{block}:{word}".encode()).digest())
        block += 1
    return values[:length]


def _base64(vector: Sequence[float]) -> str:
    return base64.b64encode(array("f", vector).tobytes()).decode()
