"""OpenAI, and the shape that many servers share with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any, ClassVar

from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, hold_against, words_of, written_for
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from pydantic import BaseModel, TypeAdapter

from autogen_classic.testing.http_server import HttpRequest

MODEL = "gpt-4o-mini"


class OpenAIServer(WireServer):
    """Speaks ``/v1/chat/completions``.

    Attributes:
        path: where requests go.
        whole: the SDK's model of a request for an answer that comes whole.
        streamed: of one for a stream.
        answer: of an answer.
        chunk: of a part of a stream.
    """

    path: ClassVar[str] = "/v1/chat/completions"
    whole: ClassVar[TypeAdapter[Any]] = TypeAdapter(CompletionCreateParamsNonStreaming)
    streamed: ClassVar[TypeAdapter[Any]] = TypeAdapter(CompletionCreateParamsStreaming)
    answer: ClassVar[type[BaseModel]] = ChatCompletion
    chunk: ClassVar[type[BaseModel]] = ChatCompletionChunk

    def read(self, http: HttpRequest) -> Seen:
        if http.path != self.path:
            raise WireError(f"the path is {http.path}, not {self.path}")
        self.check_key(http)
        body = json.loads(http.body)
        hold_against(self.streamed if body.get("stream") else self.whole, body)
        return read_chat(body)

    def check_key(self, http: HttpRequest) -> None:
        """Raise a WireError unless the key stands where it should."""
        if http.headers.get("authorization") != f"Bearer {KEY}":
            raise WireError("the key does not stand in the authorization header")

    def completion(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        """Write an answer that comes whole."""
        return completion_of(seen, reply)

    def chunks(self, seen: Seen, reply: Say | Call) -> Iterable[dict[str, Any]]:
        """Write an answer that comes in parts."""
        return chunks_of(seen, reply)

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        return written_for(self.answer, self.completion(seen, reply))

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for chunk in self.chunks(seen, reply):
            yield event(written_for(self.chunk, chunk))
        yield b"data: [DONE]\n\n"

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"error": {"message": reply.message, "type": "refused", "param": None, "code": None}}


def read_chat(body: dict[str, Any]) -> Seen:
    """Read a request in the OpenAI form."""
    seen = Seen(body["model"], stream=bool(body.get("stream")), body=body)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools") or ()]
    asked: set[str] = set()
    for message in [*body["messages"], {"role": "end"}]:
        role, content = message["role"], message.get("content")
        if role == "tool":
            if message["tool_call_id"] not in asked:
                raise WireError(f"an answer to a call that nobody made: {message['tool_call_id']}")
            asked.remove(message["tool_call_id"])
            seen.answers.append((message["tool_call_id"], content))
            continue
        if asked:
            raise WireError(f"the calls {asked} must be followed by answers")
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


def usage_of(reply: Say | Call) -> dict[str, int]:
    """Write how many tokens an answer took."""
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
        "usage": usage_of(reply),
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
        yield {**head, "choices": [], "usage": usage_of(reply)}


CASE = Case(
    name="OpenAI",
    server=OpenAIServer,
    entry=lambda server: {"model": MODEL, "api_key": KEY, "base_url": f"{server.url}/v1"},
    price=(0.00015, 0.0006),
)
