"""Anthropic's Messages API. The rules are those of its documentation; the forms are the models of its SDK."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from anthropic.types import Message, RawMessageStreamEvent
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, words_of
from pydantic import TypeAdapter

from autogen_classic.testing.http_server import HttpRequest

MODEL = "claude-sonnet-4-6"
SAMPLING = ("temperature", "top_p", "top_k")
_REQUESTS: dict[bool, TypeAdapter[Any]] = {
    False: TypeAdapter(MessageCreateParamsNonStreaming),
    True: TypeAdapter(MessageCreateParamsStreaming),
}
_EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
_ERRORS = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error", 500: "api_error"}


class AnthropicServer(WireServer):
    """Speaks ``/v1/messages``."""

    #: the version of the API that still knows sampling
    version_with_sampling: ClassVar[str] = "2023-06-01"

    def read(self, http: HttpRequest) -> Seen:
        if (http.method, http.path) != ("POST", "/v1/messages"):
            raise WireError(f"{http.method} {http.path} is not POST /v1/messages")
        if http.headers.get("authorization") != f"Bearer {KEY}" and http.headers.get("x-api-key") != KEY:
            raise WireError("the key stands in no header")
        return self.read_body(json.loads(http.body), http.headers.get("anthropic-version", ""))

    def read_body(self, body: dict[str, Any], version: str) -> Seen:
        """Hold the body of a request against the SDK's models and the rules of the API, and read it."""
        check_form(body)
        used = [name for name in SAMPLING if name in body]
        if used and version != self.version_with_sampling:
            raise WireError(f"{used}: extra inputs are not permitted in version {version!r} of the API")
        seen = Seen(body["model"], stream=bool(body.get("stream")), body=body)
        seen.system = system_text(body.get("system"))
        seen.tools = [tool["name"] for tool in body.get("tools") or ()]
        seen.schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
        if seen.schema is None and "final_answer" in seen.tools:
            seen.schema = body["tools"][-1]["input_schema"]
        read_messages(seen, body["messages"])
        return seen

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        body = {
            **_head(seen),
            "content": blocks_of(seen, reply),
            "stop_reason": stop_reason(seen, reply),
            "usage": {"input_tokens": reply.prompt_tokens, "output_tokens": reply.completion_tokens},
        }
        Message.model_validate(body, strict=True)
        return body

    def events(self, seen: Seen, reply: Say | Call) -> Iterator[dict[str, Any]]:
        """The events of a streamed answer, each held against the SDK's model."""
        for data in stream_of(seen, reply):
            _EVENT.validate_python(data)
            yield data

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        return (event(data, data["type"]) for data in self.events(seen, reply))

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"type": "error", "error": {"type": _ERRORS[reply.status], "message": reply.message}}


def check_form(body: dict[str, Any]) -> None:
    """Hold a request against the SDK's model of it, and against the names that the API knows."""
    kind = MessageCreateParamsStreaming if body.get("stream") else MessageCreateParamsNonStreaming
    unknown = set(body) - set(kind.__required_keys__ | kind.__optional_keys__) - set(SAMPLING)
    if unknown:
        raise WireError(f"the API knows no parameter {sorted(unknown)}")
    consume(_REQUESTS[bool(body.get("stream"))].validate_python(body, strict=True))


def consume(value: Any) -> None:
    """Walk through what pydantic has validated: it checks the items of an Iterable when they are taken."""
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        for item in value:
            consume(item)


def system_text(system: Any) -> str:
    return system if isinstance(system, str) else "".join(block["text"] for block in system or ())


def read_messages(seen: Seen, messages: list[dict[str, Any]]) -> None:
    """Read the messages. Calls are answered in the message after them, and no text is blank."""
    roles = [message["role"] for message in messages]
    if roles != [("user", "assistant")[number % 2] for number in range(len(roles))] or roles[-1] != "user":
        raise WireError(f"the roles are {roles}")
    open_calls: set[str] = set()
    for message in messages:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        answered = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
        if answered != open_calls:
            raise WireError(f"the calls {open_calls} are followed by answers to {answered}")
        texts = [_read_block(seen, block) for block in blocks]
        open_calls = {block["id"] for block in blocks if block["type"] == "tool_use"}
        said = "\n".join(text for text in texts if text is not None)
        if said:
            seen.said.append((message["role"], said))
    if (seen.calls or seen.answers) and not seen.tools:
        raise WireError("there are tool_use blocks, but no tools are defined")
    if len({call_id for call_id, _, _ in seen.calls}) != len(seen.calls):
        raise WireError("the ids of tool_use blocks are not unique")


def _read_block(seen: Seen, block: dict[str, Any]) -> str | None:
    if block["type"] == "tool_use":
        if not block["id"].replace("_", "").replace("-", "").isalnum():
            raise WireError(f"the id {block['id']!r} has characters that are not allowed")
        seen.calls.append((block["id"], block["name"], block["input"]))
    elif block["type"] == "tool_result":
        seen.answers.append((block["tool_use_id"], block["content"]))
    elif block["type"] == "image" and block["source"]["type"] == "base64":
        seen.images.append(base64.b64decode(block["source"]["data"], validate=True))
    elif block["type"] == "text":
        if not block["text"].strip():
            raise WireError("text content blocks must contain non-whitespace text")
        return str(block["text"])
    return None


def _head(seen: Seen) -> dict[str, Any]:
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": seen.model, "stop_sequence": None}


def calls_of(seen: Seen, reply: Say | Call) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The tools that a reply calls; a JSON that was asked for by way of a tool is one as well."""
    if isinstance(reply, Call):
        return reply.calls
    return (("final_answer", json.loads(reply.text)),) if "final_answer" in seen.tools else ()


def blocks_of(seen: Seen, reply: Say | Call) -> list[dict[str, Any]]:
    """The content of an answer; a thought stands before it, as models that think send it."""
    thought = {"type": "thinking", "thinking": "Let me see.", "signature": "c2lnbmVk"}
    calls = calls_of(seen, reply)
    if not calls:
        assert isinstance(reply, Say)
        return [thought, {"type": "text", "text": reply.text, "citations": None}]
    return [
        thought,
        *(
            {
                "type": "tool_use",
                "id": f"toolu_{number}",
                "name": name,
                "input": arguments,
                "caller": {"type": "direct"},
            }
            for number, (name, arguments) in enumerate(calls)
        ),
    ]


def stop_reason(seen: Seen, reply: Say | Call) -> str:
    return "tool_use" if calls_of(seen, reply) else "end_turn"


def stream_of(seen: Seen, reply: Say | Call) -> Iterator[dict[str, Any]]:
    """Write the events of a stream."""
    usage = {"input_tokens": reply.prompt_tokens, "output_tokens": 1}
    yield {"type": "message_start", "message": {**_head(seen), "content": [], "stop_reason": None, "usage": usage}}
    for index, block in enumerate(blocks_of(seen, reply)):
        kind = block["type"]
        if kind == "text":
            yield {"type": "content_block_start", "index": index, "content_block": {**block, "text": ""}}
            deltas = [{"type": "text_delta", "text": word} for word in words_of(block["text"])]
        elif kind == "thinking":
            empty = {**block, "thinking": "", "signature": ""}
            yield {"type": "content_block_start", "index": index, "content_block": empty}
            deltas = [
                {"type": "thinking_delta", "thinking": block["thinking"]},
                {"type": "signature_delta", "signature": block["signature"]},
            ]
        elif kind == "redacted_thinking":  # it comes whole
            yield {"type": "content_block_start", "index": index, "content_block": block}
            deltas = []
        else:
            yield {"type": "content_block_start", "index": index, "content_block": {**block, "input": {}}}
            written = json.dumps(block["input"])
            halves = (written[: len(written) // 2], written[len(written) // 2 :])
            deltas = [{"type": "input_json_delta", "partial_json": half} for half in halves]
        yield from ({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        yield {"type": "content_block_stop", "index": index}
    delta = {"stop_reason": stop_reason(seen, reply), "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": reply.completion_tokens}}
    yield {"type": "message_stop"}


CASE = Case(
    name="Anthropic",
    server=AnthropicServer,
    entry=lambda server: {"api_type": "anthropic", "model": MODEL, "api_key": KEY, "base_url": server.url},
    price=(0.003, 0.015),
    package="anthropic",
)
