"""Cohere's chat API, version 2."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import Iterable, Iterator
from typing import Any

from cohere import types
from cohere.v2.client import V2Client
from cohere.v2.types import V2ChatResponse, V2ChatStreamResponse
from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, words_of
from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model

from autogen_classic.testing.http_server import HttpRequest

MODEL = "command-a-03-2025"
_KNOWN = set(inspect.signature(V2Client.chat).parameters) - {"self", "request_options"} | {"stream"}
_MESSAGES = {
    "system": types.SystemChatMessageV2,
    "user": types.UserChatMessageV2,
    "assistant": types.AssistantChatMessageV2,
    "tool": types.ToolChatMessageV2,
}


class CohereServer(WireServer):
    """Speaks ``/v2/chat``."""

    def read(self, http: HttpRequest) -> Seen:
        if http.path != "/v2/chat":
            raise WireError(f"the API has no {http.path}")
        if http.headers.get("authorization") != f"Bearer {KEY}":
            raise WireError("the key does not stand in the authorization header")
        body = json.loads(http.body)
        check_request(body)
        return read_request(body)

    def failure_headers(self, reply: Fail) -> dict[str, str]:
        """The SDK reads whole seconds only, so that short waits are told in milliseconds."""
        return {} if reply.retry_after is None else {"retry-after-ms": f"{reply.retry_after * 1000:g}"}

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant"}
        if isinstance(reply, Say):
            message["content"] = [{"type": "text", "text": reply.text}]
        else:
            message |= {"tool_plan": "I will calculate.", "tool_calls": calls_of(reply)}
        reason = "COMPLETE" if isinstance(reply, Say) else "TOOL_CALL"
        return checked(
            V2ChatResponse, {"id": "answer-1", "finish_reason": reason, "message": message, "usage": usage_of(reply)}
        )

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for data in events_of(reply):
            checked(V2ChatStreamResponse, data)
            yield event(data, data["type"])
        yield b"data: [DONE]\n\n"

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"id": "refusal-1", "message": reply.message}


def checked(model: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Hold data against an SDK's model, which must know every field of it."""
    understood = TypeAdapter(model).validate_python(data)
    unknown = sorted(unknown_fields(understood))
    if unknown:
        raise WireError(f"the API does not know {unknown}")
    return data


def unknown_fields(value: Any) -> Iterator[str]:
    """The fields that the models of the SDK keep although they do not know them."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name))
    elif isinstance(value, list):
        for part in value:
            yield from unknown_fields(part)


def check_request(body: dict[str, Any]) -> None:
    """Hold a request against the SDK's models, and against the API's rules."""
    unknown = set(body) - _KNOWN
    if unknown:
        raise WireError(f"the API knows no parameter {sorted(unknown)}")
    for message in body["messages"]:
        checked(_MESSAGES[message["role"]], message)
    for tool in body.get("tools") or ():
        checked(types.ToolV2, tool)
    if "response_format" in body:
        checked(types.ResponseFormatV2, body["response_format"])
        if body.get("tools"):
            raise WireError("response_format cannot be combined with tools")
    if body["messages"][-1]["role"] not in ("user", "tool"):
        raise WireError("the last message must be of a user or a tool")
    check_settings(body)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


def check_settings(body: dict[str, Any]) -> None:
    """Hold the plain settings against the types in the signature of the SDK, and the ranges that its texts name."""
    hints = inspect.get_annotations(V2Client.chat, eval_str=False)
    plain = {"max_tokens": int | None, "temperature": float | None, "seed": int | None, "k": int | None}
    plain |= {"p": float | None, "frequency_penalty": float | None, "presence_penalty": float | None}
    plain |= {"stop_sequences": list[str] | None}
    if not set(plain) <= set(hints):
        raise WireError(f"the SDK does not know {sorted(set(plain) - set(hints))}")
    fields: Any = {name: (kind, None) for name, kind in plain.items()}
    create_model("Settings", __base__=_Settings, **fields).model_validate(body)
    if not 0 <= body.get("k", 0) <= 500 or not 0.01 <= body.get("p", 0.75) <= 0.99:
        raise WireError("k or p is out of range")


def read_request(body: dict[str, Any]) -> Seen:
    """Read a request in neutral words."""
    seen = Seen(body["model"], stream=bool(body.get("stream")), body=body)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools") or ()]
    seen.schema = (body.get("response_format") or {}).get("json_schema")
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
        addresses = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        seen.images += [base64.b64decode(address.partition(",")[2]) for address in addresses]
        for call in message.get("tool_calls") or ():
            function = call["function"]
            seen.calls.append((call["id"], function["name"], json.loads(function["arguments"])))
    return seen


def usage_of(reply: Say | Call) -> dict[str, Any]:
    """Write the usage: what is billed is less than what was counted."""
    billed = {"input_tokens": reply.prompt_tokens, "output_tokens": reply.completion_tokens}
    counted = {"input_tokens": reply.prompt_tokens + 200, "output_tokens": reply.completion_tokens + 3}
    return {"billed_units": billed, "tokens": counted}


def calls_of(reply: Call) -> list[dict[str, Any]]:
    """Write calls."""
    return [
        {"id": f"{name}_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for number, (name, arguments) in enumerate(reply.calls)
    ]


def events_of(reply: Say | Call) -> Iterator[dict[str, Any]]:
    """Write the events of a stream. The arguments of calls come in two pieces."""
    yield {"type": "message-start", "id": "answer-1", "delta": {"message": {"role": "assistant"}}}
    if isinstance(reply, Say):
        start = {"content": {"type": "text", "text": ""}}
        yield {"type": "content-start", "index": 0, "delta": {"message": start}}
        for word in words_of(reply.text):
            yield {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": word}}}}
        yield {"type": "content-end", "index": 0}
    else:
        yield {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will calculate."}}}
        for index, call in enumerate(calls_of(reply)):
            arguments = call["function"]["arguments"]
            begun = {**call, "function": {"name": call["function"]["name"], "arguments": ""}}
            yield {"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": begun}}}
            for piece in (arguments[:4], arguments[4:]):
                more = {"function": {"arguments": piece}}
                yield {"type": "tool-call-delta", "index": index, "delta": {"message": {"tool_calls": more}}}
            yield {"type": "tool-call-end", "index": index}
    reason = "COMPLETE" if isinstance(reply, Say) else "TOOL_CALL"
    yield {"type": "message-end", "id": "answer-1", "delta": {"finish_reason": reason, "usage": usage_of(reply)}}


CASE = Case(
    name="Cohere",
    server=CohereServer,
    entry=lambda server: {"api_type": "cohere", "model": MODEL, "api_key": KEY, "base_url": server.url},
    price=(0.0025, 0.01),
    package="cohere",
)
