"""Requests and answers as messages of NLIP, and back.

A message of NLIP is a text for a reader who knows no more. What goes along with it is in submessages with the labels of
AG2: the conversation, the context variables, the tools of whoever asks; and, with a label of ours, the calls of these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...._core.content import content_str
from ...._packages import missing_package
from ...remote import RequestMessage, ResponseMessage
from ...remote.protocol import sendable

try:
    from nlip_sdk.nlip import AllowedFormats, NLIP_Factory, NLIP_Message  # type: ignore[import-untyped]
except ImportError as error:
    raise missing_package("NLIP", error, "nlip") from error

__all__ = (
    "error_in",
    "error_message",
    "request_message_from_nlip",
    "request_message_to_nlip",
    "response_message_from_nlip",
    "response_message_to_nlip",
)

_HISTORY = "ag2_chat_history"
_CONTEXT = "ag2_context"
_TOOLS = "ag2_client_tools"
_CALLS = "client_tool_calls"


def request_message_to_nlip(request: RequestMessage) -> NLIP_Message:
    """Write a request as a message of NLIP.

    Args:
        request: the request.

    Returns:
        The text of its last message, with the conversation, the context variables and the tools beside it.
    """
    message = _text(request.messages)
    if request.messages:
        message.add_json(sendable({"messages": request.messages}), label=_HISTORY)
    if request.context:
        message.add_json(sendable(request.context), label=_CONTEXT)
    if request.client_tools:
        message.add_json(sendable({"tools": request.client_tools}), label=_TOOLS)
    return message


def request_message_from_nlip(nlip_msg: NLIP_Message) -> RequestMessage:
    """Read a request.

    Args:
        nlip_msg: a message of NLIP from any client. One that brings no conversation is the first of one.

    Returns:
        The request; its last message is what the message of NLIP says.
    """
    messages = _listed(nlip_msg, _HISTORY, "messages")
    said = _said_in(nlip_msg)
    if said and (not messages or content_str(messages[-1].get("content")) != said):
        messages.append({"role": "user", "content": said})
    return RequestMessage(
        messages=messages, context=_labelled(nlip_msg, _CONTEXT), client_tools=_listed(nlip_msg, _TOOLS, "tools")
    )


def response_message_to_nlip(response: ResponseMessage) -> NLIP_Message:
    """Write an answer as a message of NLIP.

    Args:
        response: the answer.

    Returns:
        The text of its last message, with its calls of the client's tools and the context variables beside it; and with
        the question, marked as an error, if a person must be asked first.
    """
    message = _text(response.messages)
    calls = response.messages[-1].get("tool_calls") if response.messages else None
    if calls:
        message.add_json(sendable({"tool_calls": calls}), label=_CALLS)
    if response.context:
        message.add_json(sendable(response.context), label=_CONTEXT)
    if response.input_required is not None:
        message.add_error_code(response.input_required)
    return message


def response_message_from_nlip(nlip_msg: NLIP_Message) -> ResponseMessage:
    """Read an answer.

    Args:
        nlip_msg: a message of NLIP from any server.

    Returns:
        The answer, with what a person is asked first, if the server says so.
    """
    said, calls = _said_in(nlip_msg), _listed(nlip_msg, _CALLS, "tool_calls")
    message: dict[str, Any] = {"role": "assistant", "content": said, **({"tool_calls": calls} if calls else {})}
    asked = [part.content for part in nlip_msg.submessages or () if part.format is AllowedFormats.error]
    return ResponseMessage(
        messages=[message] if said or calls else [],
        context=_labelled(nlip_msg, _CONTEXT),
        input_required=str(asked[0]) if asked else None,
    )


def error_message(text: str) -> NLIP_Message:
    """Write a failure as a message of NLIP.

    Args:
        text: what has failed.
    """
    return NLIP_Factory.create_error_code(text)


def error_in(nlip_msg: NLIP_Message) -> str | None:
    """Return the failure that a message tells; None if it tells something else.

    Args:
        nlip_msg: the message.
    """
    return str(nlip_msg.content) if nlip_msg.format.lower() == AllowedFormats.error.value else None


def _text(messages: Sequence[Mapping[str, Any]]) -> NLIP_Message:
    return NLIP_Factory.create_text(content_str(messages[-1].get("content")) if messages else "")


def _said_in(message: NLIP_Message) -> str:
    """The texts of a message in any language; of one that holds data, these as JSON."""
    texts = message.extract_text(language=None)
    if texts is None and message.format.lower() == AllowedFormats.structured.value:
        return message.content if isinstance(message.content, str) else json.dumps(message.content)
    return str(texts or "")


def _labelled(message: NLIP_Message, label: str) -> dict[str, Any] | None:
    found = [part.content for part in message.submessages or () if part.label == label]
    return found[0] if found and isinstance(found[0], dict) else None


def _listed(message: NLIP_Message, label: str, key: str) -> list[dict[str, Any]]:
    found = (_labelled(message, label) or {}).get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
