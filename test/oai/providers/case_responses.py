"""OpenAI's Responses API: items in place of messages, and events in place of chunks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, hold_against, words_of, written_for
from openai._models import construct_type
from openai.types.responses import Response, ResponseStreamEvent, ResponseUsage
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from pydantic import BaseModel, TypeAdapter

from autogen_classic.testing.http_server import HttpRequest

MODEL = "gpt-4o-mini"
ONE_WORD = Say()
WHOLE: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsNonStreaming)
STREAMED: TypeAdapter[Any] = TypeAdapter(ResponseCreateParamsStreaming)


class ResponsesServer(WireServer):
    """Speaks ``/v1/responses``. A model whose name begins with "o" or "gpt-5" thinks before it answers."""

    path = "/v1/responses"

    def read(self, http: HttpRequest) -> Seen:
        if http.path != self.path:
            raise WireError(f"the path is {http.path}, not {self.path}")
        if http.headers.get("authorization") != f"Bearer {KEY}":
            raise WireError("the key does not stand in the authorization header")
        body = json.loads(http.body)
        hold_against(STREAMED if body.get("stream") else WHOLE, body)
        return read_request(body)

    def output(self, seen: Seen, reply: Say | Call) -> list[dict[str, Any]]:
        """Write the items of an answer."""
        number = len(self.seen)
        items: list[dict[str, Any]] = []
        if thinks(seen.model):
            items.append(reasoning(f"rs_{number}", encrypted="reasoning.encrypted_content" in include_of(seen)))
        if isinstance(reply, Say):
            return [*items, message(f"msg_{number}", reply.text)]
        calls = enumerate(reply.calls)
        return items + [
            function_call(f"{number}_{index}", name, json.dumps(arguments)) for index, (name, arguments) in calls
        ]

    def response(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        """Write an answer that comes whole."""
        return response_of(seen, self.output(seen, reply), reply)

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        return written_for(Response, self.response(seen, reply))

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for number, data in enumerate(events_of(self.response(seen, reply))):
            yield event(written_as_event({**data, "sequence_number": number}), data["type"])

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"error": {"message": reply.message, "type": "refused", "param": None, "code": None}}


def thinks(model: str) -> bool:
    """Tell whether a model thinks before it answers."""
    return model.startswith(("o", "gpt-5"))


def include_of(seen: Seen) -> list[str]:
    """What a request wants to have besides."""
    include: list[str] = seen.body.get("include") or []
    return include


def written_as_event(data: dict[str, Any]) -> dict[str, Any]:
    """Hold an event against the SDK's model of it, and leave out what a release of the SDK does not know yet."""
    kind: Any = type(construct_type(type_=ResponseStreamEvent, value=data))
    return written_for(kind, {name: data[name] for name in data if name in kind.model_fields})


def known_fields(kind: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    """The fields that a release of the SDK knows."""
    known = {name: (data[name], kind.model_fields[name].annotation) for name in data if name in kind.model_fields}
    return {
        name: known_fields(part, value) if isinstance(part, type) and issubclass(part, BaseModel) and value else value
        for name, (value, part) in known.items()
    }


def read_request(body: dict[str, Any]) -> Seen:
    """Read a request, and hold it against the rules of the API for the order of items.

    Raises:
        WireError: a call has no answer, an answer no call, or a thought is not followed by what came of it.
    """
    seen = Seen(body["model"], stream=bool(body.get("stream")), body=body)
    seen.tools = [tool["name"] for tool in body.get("tools") or () if tool["type"] == "function"]
    check_thoughts(body)
    if "reasoning.encrypted_content" in (body.get("include") or ()) and not thinks(seen.model):
        raise WireError("Encrypted content is not supported with this model.")
    open_calls: set[str] = set()
    for item in body["input"]:
        kind = item.get("type", "message")
        if kind == "function_call":
            open_calls.add(item["call_id"])
            seen.calls.append((item["call_id"], item["name"], json.loads(item["arguments"])))
        elif kind == "function_call_output":
            if item["call_id"] not in open_calls:
                raise WireError(f"No tool call found for function call output with call_id {item['call_id']}.")
            open_calls.remove(item["call_id"])
            seen.answers.append((item["call_id"], item["output"]))
        elif kind in ("shell_call", "apply_patch_call"):
            open_calls.add(item["call_id"])
        elif kind in ("shell_call_output", "apply_patch_call_output"):
            open_calls.remove(item["call_id"])
        elif kind == "message":
            read_message(item, seen)
    if open_calls:
        raise WireError(f"No tool output found for function call {sorted(open_calls)}.")
    form = (body.get("text") or {}).get("format") or {}
    seen.schema = form.get("schema")
    return seen


def check_thoughts(body: dict[str, Any]) -> None:
    """A thought stands before the item that came of it, which has an id; a server that keeps nothing needs it whole."""
    for thought, following in zip(body["input"], [*body["input"][1:], {}], strict=True):
        if thought.get("type") != "reasoning":
            continue
        if not str(following.get("id", "")).startswith(("fc_", "msg_", "ws_", "ig_", "rs_", "sh_", "apc_")):
            raise WireError(f"Item '{thought['id']}' of type 'reasoning' was provided without its following item.")
        if body.get("store") is False and not thought.get("encrypted_content"):
            raise WireError(f"Item with id '{thought['id']}' not found.")


def read_message(item: dict[str, Any], seen: Seen) -> None:
    """Read what one side says."""
    content = item["content"]
    parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
    texts = [part["text"] for part in parts if part["type"] in ("input_text", "output_text")]
    for part in parts:
        if part["type"] == "input_image":
            seen.images.append(base64.b64decode(part["image_url"].partition("base64,")[2]))
    if item["role"] in ("system", "developer"):
        seen.system += "".join(texts)
    else:
        seen.said.append((item["role"], "\n".join(texts)))


def message(name: str, text: str, **part: Any) -> dict[str, Any]:
    """Write an item with a text."""
    content = {"type": "output_text", "text": text, "annotations": [], **part}
    return {"id": name, "type": "message", "role": "assistant", "status": "completed", "content": [content]}


def function_call(name: str, function: str, arguments: str) -> dict[str, Any]:
    """Write an item that calls a function."""
    return {
        "id": f"fc_{name}",
        "call_id": f"call_{name}",
        "type": "function_call",
        "name": function,
        "arguments": arguments,
        "status": "completed",
    }


def reasoning(name: str, encrypted: bool) -> dict[str, Any]:
    """Write an item with a thought."""
    secret = {"encrypted_content": f"secret of {name}"} if encrypted else {}
    return {"id": name, "type": "reasoning", "summary": [], **secret}


def usage_of(reply: Say | Call) -> dict[str, Any]:
    """Write how many tokens an answer took."""
    return {
        "input_tokens": reply.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 0},
        "output_tokens": reply.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 3},
        "total_tokens": reply.prompt_tokens + reply.completion_tokens,
    }


def response_of(
    seen: Seen, output: list[dict[str, Any]], reply: Say | Call = ONE_WORD, **besides: Any
) -> dict[str, Any]:
    """Write an answer that comes whole."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1.0,
        "model": seen.model,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "output": output,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": known_fields(ResponseUsage, usage_of(reply)),
        **besides,
    }


def events_of(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Write an answer as events."""
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": begun}
    for index, item in enumerate(response["output"]):
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        place = {"item_id": item.get("id", ""), "output_index": index}
        if item["type"] == "function_call":
            for piece in words_of(item["arguments"]):
                yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
        for number, part in enumerate(item["content"] if item["type"] == "message" else ()):
            kind = "output_text" if part["type"] == "output_text" else "refusal"
            for word in words_of(part.get("text") or part.get("refusal")):
                logprobs = {"logprobs": []} if kind == "output_text" else {}
                yield {"type": f"response.{kind}.delta", **place, "content_index": number, "delta": word, **logprobs}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": f"response.{response['status']}", "response": response}


CASE = Case(
    name="OpenAI (Responses)",
    server=ResponsesServer,
    entry=lambda server: {
        "api_type": "responses",
        "model": MODEL,
        "api_key": KEY,
        "base_url": f"{server.url}/v1",
    },
    price=(0.00015, 0.0006),
    package="openai.types.responses",  # of which the oldest releases have nothing
    lacks=("stop",),
)
