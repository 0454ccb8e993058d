"""Mistral's chat completions."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, words_of
from mistralai.client.models import ChatCompletionRequest, ChatCompletionResponse, CompletionChunk

from autogen_classic.testing.http_server import HttpRequest

MODEL = "mistral-small-latest"
_MAY_FOLLOW = {
    None: ("system", "user"),
    "system": ("user",),
    "user": ("assistant", "user"),
    "assistant": ("user",),
    "calls": ("tool",),
    "tool": ("tool", "assistant"),
}


class MistralServer(WireServer):
    """Speaks ``/v1/chat/completions`` as Mistral does, with its rules for the order of messages and for ids."""

    def read(self, http: HttpRequest) -> Seen:
        if http.path != "/v1/chat/completions":
            raise WireError(f"the API has no {http.path}")
        if http.headers.get("authorization") != f"Bearer {KEY}":
            raise WireError("the key does not stand in the authorization header")
        body = json.loads(http.body)
        check_request(body)
        return read_request(body)

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        if isinstance(reply, Say):
            message: dict[str, Any] = {"role": "assistant", "content": reply.text, "tool_calls": None}
        else:
            message = {"role": "assistant", "content": "", "tool_calls": calls_of(reply)}
        reason = "stop" if isinstance(reply, Say) else "tool_calls"
        body = {
            "id": "answer1",
            "object": "chat.completion",
            "created": 1,
            "model": seen.model,
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": usage_of(reply),
        }
        ChatCompletionResponse.model_validate(body, strict=True)
        return body

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for choice in choices_of(reply):
            chunk = {"id": "answer1", "object": "chat.completion.chunk", "created": 1, "model": seen.model}
            chunk["choices"] = [{"index": 0, "finish_reason": None, **choice}]
            if "finish_reason" in choice:
                chunk["usage"] = usage_of(reply)
            CompletionChunk.model_validate(chunk, strict=True)
            yield event(chunk)
        yield b"data: [DONE]\n\n"

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"object": "error", "message": reply.message, "type": "refused", "param": None, "code": "1000"}


def check_request(body: dict[str, Any]) -> None:
    """Hold a request against the SDK's model of it, which must know every field, and against the API's rules."""
    understood = ChatCompletionRequest.model_validate(body).model_dump(mode="json", by_alias=True, exclude_none=True)
    missed = [name for name in body if body[name] is not None and name not in understood]
    if missed:
        raise WireError(f"the API knows no parameter {missed}")
    before = None
    for number, message in enumerate(body["messages"]):
        unknown = set(message) - set(understood["messages"][number])
        if unknown - {"content"}:
            raise WireError(f"a message has the unknown fields {sorted(unknown)}")
        role = message["role"]
        if role not in _MAY_FOLLOW[before]:
            raise WireError(f"Unexpected role '{role}' after role '{before}'")
        before = "calls" if message.get("tool_calls") else role
        ids = [call["id"] for call in message.get("tool_calls") or ()] + [message.get("tool_call_id", "aaaaaaaaa")]
        if not all(re.fullmatch("[a-zA-Z0-9]{9}", name) for name in ids):
            raise WireError(f"a tool call id must be a-z, A-Z, 0-9, with a length of 9: {ids}")
    if before not in ("user", "tool"):
        raise WireError("Expected last role User or Tool")


def read_request(body: dict[str, Any]) -> Seen:
    """Read a request in neutral words."""
    seen = Seen(body["model"], stream=bool(body.get("stream")), body=body)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools") or ()]
    for message in body["messages"]:
        content = message.get("content") or ""
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        text = "\n".join(part["text"] for part in parts if part["type"] == "text")
        if message["role"] == "tool":
            seen.answers.append((message["tool_call_id"], text))
        elif message["role"] == "system":
            seen.system += text
        elif text:
            seen.said.append((message["role"], text))
        for part in parts:
            if part["type"] == "image_url":
                address = part["image_url"] if isinstance(part["image_url"], str) else part["image_url"]["url"]
                seen.images.append(base64.b64decode(address.partition(",")[2]))
        for call in message.get("tool_calls") or ():
            function = call["function"]
            seen.calls.append((call["id"], function["name"], json.loads(function["arguments"])))
    form = body.get("response_format") or {}
    seen.schema = (form.get("json_schema") or {}).get("schema")
    return seen


def usage_of(reply: Say | Call) -> dict[str, int]:
    """Write the usage."""
    total = reply.prompt_tokens + reply.completion_tokens
    sent, received = reply.prompt_tokens, reply.completion_tokens
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": total}


def calls_of(reply: Call) -> list[dict[str, Any]]:
    """Write calls, each with an id as Mistral makes them."""
    return [
        {"id": f"Call{number:05}", "function": {"name": name, "arguments": json.dumps(arguments)}, "index": number}
        for number, (name, arguments) in enumerate(reply.calls)
    ]


def choices_of(reply: Say | Call) -> Iterator[dict[str, Any]]:
    """Write what each chunk of a stream adds. Calls come whole, together with the end."""
    yield {"delta": {"role": "assistant", "content": ""}}
    if isinstance(reply, Say):
        yield from ({"delta": {"content": word}} for word in words_of(reply.text))
        yield {"delta": {"content": ""}, "finish_reason": "stop"}
    else:
        yield {"delta": {"content": "", "tool_calls": calls_of(reply)}, "finish_reason": "tool_calls"}


CASE = Case(
    name="Mistral",
    server=MistralServer,
    entry=lambda server: {"api_type": "mistral", "model": MODEL, "api_key": KEY, "base_url": server.url},
    price=(0.0001, 0.0003),
    package="mistralai",
)
