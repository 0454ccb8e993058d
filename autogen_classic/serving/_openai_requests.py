"""What an OpenAI client asks, read and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..agentchat.remote.protocol import checked_tools
from ._casts import Message
from ._refused import RequestRefused

__all__ = ("ChatRequest", "json_type", "object_in", "read_request", "request_of", "text_of")

Content: TypeAlias = str | list[dict[str, Any]] | None
"""The content of a message: a text, parts, or nothing beside calls."""

_ROLES = ("system", "developer", "user", "assistant", "tool")
_PICTURE_ADDRESSES = ("https://", "http://", "data:image/")


@dataclass(frozen=True)
class ChatRequest:
    """A request for a chat completion.

    Attributes:
        model: with whom the client talks.
        said: what was said so far. Messages have a role, ``user``, ``assistant`` or ``tool``, and a content;
            an assistant's may have ``tool_calls``, those of tools have ``tool_responses``. The last one is answered.
        tools: the schemas of the client's tools.
        stream: whether the answer goes out in pieces.
        include_usage: whether a last piece has the usage.
    """

    model: str
    said: Sequence[Message]
    tools: Sequence[Message]
    stream: bool
    include_usage: bool


def read_request(raw: bytes) -> ChatRequest:
    """Read the body of a request.

    Args:
        raw: the body.

    Raises:
        RequestRefused: it cannot be understood, or asks for what agents do not do.
    """
    return request_of(object_in(raw))


def request_of(body: Mapping[str, Any]) -> ChatRequest:
    """Check a request.

    The settings of a model, such as ``temperature``, are those of the agents, and passed over here.

    Args:
        body: the request.

    Raises:
        RequestRefused: it cannot be understood, or asks for what agents do not do.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise RequestRefused("'model' is missing: the name of one of /v1/models.", "model")
    _refuse_what_agents_do_not_do(body)
    options = body.get("stream_options") or {}
    if not isinstance(body.get("stream"), bool | None):
        raise RequestRefused(f"'stream' is true or false, not {body['stream']!r}.", "stream")
    return ChatRequest(
        model,
        _said(body.get("messages")),
        [] if body.get("tool_choice") == "none" else _tools(body.get("tools") or []),
        bool(body.get("stream")),
        isinstance(options, Mapping) and bool(options.get("include_usage")),
    )


def object_in(raw: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        raw: its text.

    Raises:
        RequestRefused: it is none.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise RequestRefused(f"The body is not JSON: {reason}.") from None
    if not isinstance(body, dict):
        raise RequestRefused("The body is not a JSON object.")
    return body


def json_type(value: object) -> str:
    """Say of what type a value of a request is.

    Args:
        value: a value as JSON has them.
    """
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "null")


def _refuse_what_agents_do_not_do(body: Mapping[str, Any]) -> None:
    if body.get("n") not in (None, 1):
        raise RequestRefused("An answer has one choice here: leave 'n' out.", "n")
    if body.get("functions") or body.get("function_call") not in (None, "none"):
        raise RequestRefused("Functions are given as 'tools' here, not as 'functions'.", "functions")
    if body.get("tool_choice") not in (None, "auto", "none"):
        raise RequestRefused(
            "An agent decides itself which tools it calls: 'tool_choice' is auto or none.", "tool_choice"
        )
    form = body.get("response_format")
    if form is not None and (not isinstance(form, Mapping) or form.get("type") != "text"):
        raise RequestRefused(
            "The form of an answer is set at the agent (response_format in its llm_config), not in a request.",
            "response_format",
        )


def text_of(content: Content, where: str) -> str:
    """Return the text of what only texts may stand in: what a system says, and what a tool answers.

    Args:
        content: parts that were checked, or a text.
        where: where it stands in the request.

    Raises:
        RequestRefused: there is a picture in it.
    """
    if isinstance(content, str):
        return content
    if any(part.get("type") == "image_url" for part in content or ()):
        raise RequestRefused(
            f"{where}: an instruction and the answer of a tool are texts here. Pictures belong in what the user says.",
            where,
        )
    return "\n".join(part["text"] for part in content or ())


# --- messages --------------------------------------------------------------------------------------------------------


def _said(given: object) -> list[Message]:
    """The messages as agents keep them. What a client's system says comes first in what its user says."""
    if given is None or given == []:
        raise RequestRefused("'messages' is missing: a list with at least one message.", "messages")
    if not isinstance(given, list):
        raise RequestRefused(f"'messages' must be a list of messages, not {json_type(given)}.", "messages")
    instructions: list[str] = []
    said: list[Message] = []
    for place, one in enumerate(given):
        where = f"messages[{place}]"
        if not isinstance(one, Mapping) or one.get("role") not in _ROLES:
            raise RequestRefused(f"{where} must be an object whose role is one of {', '.join(_ROLES)}.", where)
        content = _content(one, where)
        if one["role"] in ("system", "developer"):
            instructions.append(text_of(content, where))
        elif one["role"] == "tool":
            _add_response(said, one, content, where)
        else:
            said.append({"role": one["role"], "content": content, **_calls(one, where)})
    if not said or said[-1]["role"] == "assistant":
        raise RequestRefused("The last message must be one of the user, or the answer of a tool.", "messages")
    return _with_instructions(said, "\n\n".join(instructions)) if instructions else said


def _content(message: Mapping[str, Any], where: str) -> Content:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if content is None and message["role"] == "assistant":
        return content
    if not isinstance(content, list) or not all(isinstance(part, Mapping) for part in content):
        raise RequestRefused(f"{where}.content must be a text or a list of parts.", where)
    for part in content:
        _check_part(part, where)
    return content


def _check_part(part: Mapping[str, Any], where: str) -> None:
    if part.get("type") == "text" and isinstance(part.get("text"), str):
        return
    picture = part.get("image_url")
    if part.get("type") == "image_url" and isinstance(picture, Mapping) and isinstance(picture.get("url"), str):
        if picture["url"].startswith(_PICTURE_ADDRESSES):
            return
        raise RequestRefused(f"{where}: a picture is a data: URI or has an address that begins with https://.", where)
    if part.get("type") == "image_url":
        raise RequestRefused(f"{where}: a picture needs 'image_url', which is an object with a text 'url'.", where)
    if part.get("type") == "text":
        raise RequestRefused(f"{where}: a part of the type 'text' needs 'text', which is a text.", where)
    raise RequestRefused(
        f"{where}: parts are texts and pictures ('text', 'image_url'), not {part.get('type')!r}.", where
    )


def _calls(message: Mapping[str, Any], where: str) -> Message:
    calls = message.get("tool_calls") if message["role"] == "assistant" else None
    if not calls:
        return {}
    for call in calls if isinstance(calls, list) else [calls]:
        function = call.get("function") if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str) or not call.get("id"):
            raise RequestRefused(f"{where}.tool_calls: each call has an id and a function with a name.", where)
    return {"tool_calls": calls}


def _add_response(said: list[Message], message: Mapping[str, Any], content: Content, where: str) -> None:
    """Add what a tool answers; the answers to one message stand together, as agents keep them."""
    call_id = message.get("tool_call_id")
    if not isinstance(call_id, str):
        raise RequestRefused(f"{where}.tool_call_id is missing: the id of the call that it answers.", where)
    if not said or said[-1]["role"] == "user":
        raise RequestRefused(f"{where} answers a call, but no message with tool_calls stands before it.", where)
    text = text_of(content, where)
    if said[-1]["role"] == "assistant":
        said.append({"role": "tool", "content": "", "tool_responses": []})
    said[-1]["tool_responses"].append({"role": "tool", "tool_call_id": call_id, "content": text})
    said[-1]["content"] = "\n\n".join(one["content"] for one in said[-1]["tool_responses"])


def _with_instructions(said: list[Message], text: str) -> list[Message]:
    first, *rest = said
    if first["role"] != "user":
        return [{"role": "user", "content": text}, *said]
    content = first["content"]
    if isinstance(content, str):
        return [{**first, "content": f"{text}\n\n{content}"}, *rest]
    return [{**first, "content": [{"type": "text", "text": f"{text}\n\n"}, *content]}, *rest]


# --- tools -----------------------------------------------------------------------------------------------------------


def _tools(given: object) -> list[Message]:
    try:
        return checked_tools(given)
    except ValueError as error:
        raise RequestRefused(str(error), "tools") from None
