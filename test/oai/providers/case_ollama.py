"""Ollama: ``/api/chat``, streams as lines of JSON, calls without ids, pictures in base 64 beside the text."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, words_of, written_for
from ollama import ChatResponse
from ollama._types import ChatRequest, Message, Options, Tool
from pydantic import TypeAdapter

from autogen_classic.testing.http_server import HttpRequest

MODEL = "llama3.2"
_REQUEST: TypeAdapter[Any] = TypeAdapter(ChatRequest)


class OllamaServer(WireServer):
    """Speaks ``/api/chat``."""

    stream_type: ClassVar[str] = "application/x-ndjson"

    def read(self, http: HttpRequest) -> Seen:
        if http.path != "/api/chat":
            raise WireError(f"the path is {http.path}, not /api/chat")
        body = json.loads(http.body)
        check_request(body)
        return read_chat(body)

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        if isinstance(reply, Say):
            message: dict[str, Any] = {"role": "assistant", "content": reply.text}
        else:
            message = {"role": "assistant", "content": "", "tool_calls": _calls(reply)}
        return written_for(ChatResponse, {**_part(seen, message), **_end(reply)})

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        if isinstance(reply, Say):
            messages = [{"role": "assistant", "content": word} for word in words_of(reply.text)]
        else:
            messages = [{"role": "assistant", "content": "", "tool_calls": [call]} for call in _calls(reply)]
        for message in messages:
            yield _line(_part(seen, message))
        yield _line({**_part(seen, {"role": "assistant", "content": ""}), **_end(reply)})

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"error": reply.message}


def check_request(body: dict[str, Any]) -> None:
    """Hold a request against the SDK's models, whose parts stand in fields that take any dict."""
    if unknown := set(body) - set(ChatRequest.model_fields):
        raise WireError(f"the API does not know {sorted(unknown)}")
    _REQUEST.validate_python(body)
    for message in body["messages"]:
        if message["role"] not in ("system", "user", "assistant", "tool"):
            raise WireError(f"the API has no role {message['role']}")
        images = {"images": [{"value": image} for image in message["images"]]} if "images" in message else {}
        _hold(Message, message, images)
    for tool in body.get("tools") or ():
        _hold(Tool, tool)
    if unknown := set(body.get("options") or {}) - set(Options.model_fields) - {"min_p"}:
        raise WireError(f"the API has no options {sorted(unknown)}")


def _hold(kind: Any, sent: dict[str, Any], images: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Hold a part of a request against its model; it reads ``images`` in another form than it writes them."""
    understood = kind.model_validate({**sent, **images}).model_dump(exclude_none=True, by_alias=True)
    if understood != sent:
        raise WireError(f"the API reads {understood} in {sent}")


def read_chat(body: dict[str, Any]) -> Seen:
    """Read a request. Calls have no ids here, so a call and its answers are paired by their order."""
    seen = Seen(body["model"], stream=body["stream"], body=body)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools") or ()]
    seen.schema = body.get("format") if isinstance(body.get("format"), dict) else None
    for message in body["messages"]:
        content = message.get("content", "")
        if message["role"] == "tool":
            number = len(seen.answers)
            if number >= len(seen.calls) or seen.calls[number][1] != message["tool_name"]:
                raise WireError(f"an answer to a call that nobody made: {message}")
            seen.answers.append((seen.calls[number][0], content))
            continue
        for call in message.get("tool_calls") or ():
            function = call["function"]
            seen.calls.append((f"call {len(seen.calls)}", function["name"], function["arguments"]))
        seen.images += [base64.b64decode(image, validate=True) for image in message.get("images") or ()]
        if message["role"] == "system":
            seen.system += content
        elif content:
            seen.said.append((message["role"], content))
    return seen


def _calls(reply: Call) -> list[dict[str, Any]]:
    return [{"function": {"name": name, "arguments": arguments}} for name, arguments in reply.calls]


def _part(seen: Seen, message: dict[str, Any]) -> dict[str, Any]:
    return {"model": seen.model, "created_at": "2026-01-01T00:00:00Z", "message": message, "done": False}


def _end(reply: Say | Call) -> dict[str, Any]:
    return {
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": reply.prompt_tokens,
        "eval_count": reply.completion_tokens,
        "total_duration": 3000,
    }


def _line(part: dict[str, Any]) -> bytes:
    return json.dumps(written_for(ChatResponse, part)).encode() + b"\n"


CASE = Case(
    name="Ollama",
    server=OllamaServer,
    entry=lambda server: {"api_type": "ollama", "model": MODEL, "api_key": KEY, "client_host": server.url},
    package="ollama",
)
