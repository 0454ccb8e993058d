"""OpenAI, and the shape that many servers share with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, hold_against, words_of
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from pydantic import TypeAdapter

from autogen_classic.testing.http_server import HttpRequest

MODEL = "gpt-4o-mini"
_WHOLE: TypeAdapter[Any] = TypeAdapter(CompletionCreateParamsNonStreaming)
_STREAMED: TypeAdapter[Any] = TypeAdapter(CompletionCreateParamsStreaming)


class OpenAIServer(WireServer):
    """Speaks ``/v1/chat/completions``."""

    path = "/v1/chat/completions"

    def read(self, http: HttpRequest) -> Seen:
        if http.path != self.path:
            raise WireError(f"the path is {http.path}, not {self.path}")
        if http.headers.get("authorization") != f"Bearer {KEY}":
            raise WireError("the key does not stand in the authorization header")
        body = json.loads(http.body)
        check_request(body)
        return read_chat(body)

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        body = completion_of(seen, reply)
        ChatCompletion.model_validate(body, strict=True)
        return body

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for chunk in chunks_of(seen, reply):
            ChatCompletionChunk.model_validate(chunk, strict=True)
            yield event(chunk)
        yield b"data: [DONE]\n\n"

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"error": {"message": reply.message, "type": "refused", "param": None, "code": None}}


def check_request(body: dict[str, Any]) -> None:
    """Hold a request against the SDK's model of it."""
    streams = bool(body.get("stream"))
    hold_against(_STREAMED if streams else _WHOLE, body)


def read_chat(body: dict[str, Any]) -> Seen:
    """Read a request in the OpenAI form."""
    seen = Seen(body["model"], stream=bool(body.get("stream")), body=body)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools") or ()]
    asked: set[str] = set()
    for message in body["messages"]:
        role, content = message["role"], message.get("content")
        if role == "tool":
            if message["tool_call_id"] not in asked:
                raise WireError(f"an answer to a call that nobody made: {message['tool_call_id']}")
            seen.answers.append((message["tool_call_id"], content))
            continue
        for call in message.get("tool_calls") or ():
            asked.add(call["id"])
            seen.calls.append((call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])))
        texts = [content] if isinstance(content, str) else []
        for part in content if isinstance(content, list) else ():
            if part["type"] == "text":
                texts.append(part["text"])
            else:
                seen.images.append(base64.b64decode(part["image_url"]["url"].partition("base64,")[2]))
        if role in ("system", "developer"):
            seen.system += "".join(texts)
        elif texts:
            seen.said.append((role, "\n".join(texts)))
    form = body.get("response_format") or {}
    seen.schema = (form.get("json_schema") or {}).get("schema")
    return seen


def _usage(reply: Say | Call) -> dict[str, int]:
    total = reply.prompt_tokens + reply.completion_tokens
    return {
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "total_tokens": total,
    }


def _calls(reply: Call) -> list[dict[str, Any]]:
    return [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for number, (name, arguments) in enumerate(reply.calls)
    ]


def completion_of(seen: Seen, reply: Say | Call) -> dict[str, Any]:
    """Write an answer in the OpenAI form."""
    if isinstance(reply, Say):
        message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    else:
        message = {"role": "assistant", "content": None, "tool_calls": _calls(reply)}
    reason = "stop" if isinstance(reply, Say) else "tool_calls"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": seen.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": _usage(reply),
    }


def chunks_of(seen: Seen, reply: Say | Call) -> Iterable[dict[str, Any]]:
    """Write a streamed answer in the OpenAI form."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": seen.model}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}]}

    yield chunk({"role": "assistant", "content": ""})
    if isinstance(reply, Say):
        yield from (chunk({"content": word}) for word in words_of(reply.text))
        yield chunk({}, "stop")
    else:
        for index, call in enumerate(_calls(reply)):
            yield chunk({"tool_calls": [{**call, "index": index}]})
        yield chunk({}, "tool_calls")
    if (seen.body.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": _usage(reply)}


CASE = Case(
    name="OpenAI",
    server=OpenAIServer,
    entry=lambda server: {"model": MODEL, "api_key": KEY, "base_url": f"{server.url}/v1"},
    price=(0.00015, 0.0006),
)
