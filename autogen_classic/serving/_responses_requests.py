"""What a client of OpenAI's Responses API asks, in the form of a request for a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._openai_requests import ChatRequest, json_type, object_in, request_of, text_of
from ._refused import RequestRefused

__all__ = ("read_responses_request",)

_NOTHING_KEPT = (
    "Nothing is kept here from one request to the next: leave {!r} out, and send all that was said as 'input'."
)
_NOT_DONE_HERE = {
    "background": "Nothing goes on in the background here: leave {!r} out, and wait for the answer or stream it.",
    "conversation": _NOTHING_KEPT,
    "previous_response_id": _NOTHING_KEPT,
    "prompt": "No prompts are kept here: leave {!r} out, and send its text as 'instructions' or 'input'.",
}
_PARTS = {
    **{"input_text": "text", "output_text": "text", "text": "text"},
    **{"refusal": "refusal", "input_image": "image_url"},
}
"""Which key of a part has its text or address, by the type of the part."""


def read_responses_request(raw: bytes) -> ChatRequest:
    """Read the body of a request.

    Args:
        raw: the body.

    Raises:
        RequestRefused: it cannot be understood, or asks for what agents do not do.
    """
    body = object_in(raw)
    for name, why in _NOT_DONE_HERE.items():
        if body.get(name):
            raise RequestRefused(why.format(name), name)
    form = body.get("text")
    return request_of(
        {
            "model": body.get("model"),
            "messages": [*_instructions(body.get("instructions")), *_messages(body.get("input"))],
            "tools": _tools(body.get("tools") or []),
            "tool_choice": body.get("tool_choice"),
            "response_format": form.get("format") if isinstance(form, Mapping) else form,
            "stream": body.get("stream"),
        }
    )


def _instructions(given: object) -> list[dict[str, Any]]:
    if given is None:
        return []
    if not isinstance(given, str):
        raise RequestRefused("'instructions' is a text.", "instructions")
    return [{"role": "system", "content": given}]


def _messages(given: object) -> list[dict[str, Any]]:
    """What was said; calls that follow each other belong to one message, and so does a text between them."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    if given is None or given == []:
        raise RequestRefused("'input' is missing: a text, or a list with at least one item.", "input")
    if not isinstance(given, list):
        raise RequestRefused(f"'input' must be a text or a list of items, not {json_type(given)}.", "input")
    messages: list[dict[str, Any]] = []
    called: set[object] = set()
    for place, item in enumerate(given):
        where = f"input[{place}]"
        kind = item.get("type", "message") if isinstance(item, Mapping) else None
        if kind == "message":
            _add_message(messages, _message(item, where))
        elif kind == "function_call":
            _add_call(messages, item, where)
            called.add(item["call_id"])
        elif kind == "function_call_output":
            if not isinstance(item.get("call_id"), str) or item["call_id"] not in called:
                raise RequestRefused(f"{where}.call_id is not that of a function_call before it.", where)
            output = text_of(_content(item.get("output"), f"{where}.output"), f"{where}.output")
            messages.append({"role": "tool", "tool_call_id": item["call_id"], "content": output})
        elif kind != "reasoning":  # the thoughts of a model are nothing that was said
            raise RequestRefused(
                f"{where} must be a message, a function_call or a function_call_output, not {_kind_of(item)}.", where
            )
    return messages


def _message(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    roles = ("system", "developer", "user", "assistant")
    if item.get("role") not in roles:
        raise RequestRefused(f"{where} must have a role, which is one of {', '.join(roles)}.", where)
    content = _content(item.get("content"), f"{where}.content")
    if item["role"] in ("system", "developer"):
        content = text_of(content, f"{where}.content")
    return {"role": item["role"], "content": content}


def _add_message(messages: list[dict[str, Any]], message: dict[str, Any]) -> None:
    """Add a message. What an agent says before its calls are answered joins them: nothing may part them."""
    calling = _with_open_calls(messages)
    if calling is None or message["role"] != "assistant":
        messages.append(message)
    elif calling["content"] is None:
        calling["content"] = message["content"]
    else:
        calling["content"] = [*_parts_of(calling["content"]), *_parts_of(message["content"])]


def _with_open_calls(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last message of an agent if it has calls that are not answered yet, and the user has not spoken since."""
    answered = set()
    for message in reversed(messages):
        if message["role"] == "tool":
            answered.add(message["tool_call_id"])
        elif message["role"] == "assistant":
            is_open = any(call["id"] not in answered for call in message.get("tool_calls", ()))
            return message if is_open else None
        elif message["role"] == "user":
            return None
    return None


def _parts_of(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _content(given: object, where: str) -> str | list[dict[str, Any]]:
    if isinstance(given, str):
        return given
    if not isinstance(given, list):
        raise RequestRefused(f"{where} must be a text or a list of parts.", where)
    return [_part(part, where) for part in given]


def _part(part: object, where: str) -> dict[str, Any]:
    kind = part.get("type") if isinstance(part, Mapping) else None
    if not isinstance(part, Mapping) or not isinstance(kind, str) or kind not in _PARTS:
        raise RequestRefused(
            f"{where}: parts are texts and pictures with an image_url ('input_text', 'output_text', 'input_image'), "
            f"not {_kind_of(part)}.",
            where,
        )
    key = _PARTS[kind]
    given = part.get(key)
    if not isinstance(given, str):
        raise RequestRefused(f"{where}: a part of the type {kind!r} needs {key!r}, which is a text.", where)
    return {"type": "image_url", "image_url": {"url": given}} if key == "image_url" else {"type": "text", "text": given}


def _kind_of(given: object) -> str:
    """What is told of an item or a part that is not taken."""
    if not isinstance(given, Mapping):
        return json_type(given)
    return "an object without a type" if given.get("type") is None else repr(given["type"])


def _add_call(messages: list[dict[str, Any]], item: Mapping[str, Any], where: str) -> None:
    if not all(isinstance(item.get(key), str) and item[key] for key in ("call_id", "name", "arguments")):
        raise RequestRefused(f"{where}: a function_call has a call_id, a name and arguments.", where)
    calling = _with_open_calls(messages)
    if calling is None:
        if not messages or messages[-1]["role"] != "assistant":
            messages.append({"role": "assistant", "content": None})
        calling = messages[-1]
    function = {"name": item["name"], "arguments": item["arguments"]}
    call = {"id": item["call_id"], "type": "function", "function": function}
    calling.setdefault("tool_calls", []).append(call)


def _tools(given: object) -> object:
    """The tools of a client, which have no object ``function`` here."""
    if not isinstance(given, list):
        return given
    for place, tool in enumerate(given):
        if not isinstance(tool, Mapping) or tool.get("type") != "function":
            kind = tool.get("type") if isinstance(tool, Mapping) else tool
            raise RequestRefused(f"The tools of a client are functions here, not {kind!r}.", "tools")
        if not isinstance(tool.get("name"), str) or not tool["name"]:
            form = "{'type': 'function', 'name': ..., 'parameters': ...}"
            raise RequestRefused(f"tools[{place}] must be {form}.", "tools")
    return [
        {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}} for tool in given
    ]
