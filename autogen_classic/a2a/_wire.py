"""Requests and answers as messages of A2A, and back.

A message of a conversation is one part: its content is the text, and all else, such as its role, its author and what it
calls, is the part's metadata. What goes along with the conversation is the metadata of the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

from a2a.types import Message, Part, Role
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct

from .._core.content import content_str
from .._json.walk import with_leaves
from ..agentchat.remote import RequestMessage, ResponseMessage
from ..agentchat.remote.protocol import sendable

__all__ = (
    "CLIENT_TOOLS_KEY",
    "CONTEXT_KEY",
    "RESULT_ARTIFACT_NAME",
    "answer_in",
    "brings_history",
    "part_of_message",
    "plain",
    "request_from_message",
    "request_to_message",
    "structure",
)

CLIENT_TOOLS_KEY = "ag2_client_tools"
CONTEXT_KEY = "ag2_context_update"
RESULT_ARTIFACT_NAME = "result"

_PARTS_OF_CONTENT = "ag2_content"  # of a content that is a list, so that its pictures are not lost


def structure(values: Mapping[str, Any]) -> Struct:
    """Write what JSON can hold as metadata.

    Args:
        values: values by name.
    """
    return ParseDict(sendable(values), Struct())


def plain(metadata: Struct) -> dict[str, Any]:
    """Read metadata.

    Args:
        metadata: a structure of protobuf.
    """
    return cast(dict[str, Any], with_leaves(MessageToDict(metadata), _whole))


def _whole(value: object) -> object:
    """Turn 1.0, as protobuf reads a 1, into 1 again."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def part_of_message(message: Mapping[str, Any]) -> Part:
    """Write a message of a conversation as a part.

    Args:
        message: a message in OpenAI's form.
    """
    content = message.get("content")
    metadata = {name: message[name] for name in message if name != "content" and message[name] is not None}
    if isinstance(content, list):
        metadata[_PARTS_OF_CONTENT] = content
        content = content_str(content)
    text = content if isinstance(content, str) else "" if content is None else json.dumps(content)
    return Part(text=text, metadata=structure(metadata))


def request_to_message(request: RequestMessage, context_id: str) -> Message:
    """Write a request.

    Args:
        request: the request.
        context_id: which conversation it belongs to.
    """
    metadata: dict[str, Any] = {}
    if request.client_tools:
        metadata[CLIENT_TOOLS_KEY] = request.client_tools
    if request.context:
        metadata[CONTEXT_KEY] = request.context
    return Message(
        role=Role.ROLE_USER,
        message_id=uuid4().hex,
        context_id=context_id,
        parts=[part_of_message(message) for message in request.messages],
        metadata=structure(metadata) if metadata else None,
    )


def brings_history(message: Message) -> bool:
    """Tell whether a message holds the conversation so far, as those of our remote agent do.

    Args:
        message: the message of A2A.
    """
    return any("role" in part.metadata.fields for part in message.parts)


def request_from_message(message: Message) -> RequestMessage:
    """Read a request. One from another library is a single message of the user.

    Args:
        message: the message of A2A.
    """
    metadata = plain(message.metadata)
    return RequestMessage(
        messages=[{"role": "user", **said} for said in _messages_in(message.parts)],
        context=metadata.get(CONTEXT_KEY),
        client_tools=metadata.get(CLIENT_TOOLS_KEY) or [],
    )


def answer_in(parts: Sequence[Part], metadata: Struct) -> ResponseMessage:
    """Read an answer.

    Args:
        parts: the parts of a message or an artifact.
        metadata: its metadata.
    """
    return ResponseMessage(messages=_messages_in(parts), context=plain(metadata).get(CONTEXT_KEY))


def _messages_in(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The messages in parts: each part of our own library is one, and those of other libraries together are one."""
    messages: list[dict[str, Any]] = []
    texts: list[str] = []
    for part in parts:
        metadata = plain(part.metadata)
        if "role" in metadata:
            content = metadata.pop(_PARTS_OF_CONTENT, part.text)
            messages.append({**metadata, "content": content})
        else:
            texts.append(_text_of(part))
    return [*messages, {"content": "\n\n".join(texts)}] if texts else messages


def _text_of(part: Part) -> str:
    kind = part.WhichOneof("content")
    if kind == "data":
        return json.dumps(with_leaves(MessageToDict(part.data), _whole), ensure_ascii=False)
    if kind == "url":
        return f"<{part.media_type or 'file'}: {part.url}>"
    if kind == "raw":
        return f"<{part.media_type or 'file'}: {part.filename or 'without a name'}>"
    return part.text
