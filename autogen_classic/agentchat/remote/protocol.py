"""What a request to an agent elsewhere holds, and what comes back."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from ..._core.messages import called
from ..._core.tags import keep_foreign_pictures

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent

__all__ = (
    "AgentBusMessage",
    "RequestMessage",
    "ResponseMessage",
    "ServiceResponse",
    "changed_variables",
    "checked",
    "checked_tools",
    "description_told",
    "failure_told",
    "fault_of",
    "get_tool_names",
    "reply_of",
    "sendable",
)

logger = logging.getLogger("autogen.agentchat.remote")

_KEPT = ("content", "name", "tool_call_id", "tool_responses")
_KEPT_OF_AGENT = ("content", "name", "tool_calls")
_PICTURE_ADDRESSES = ("https://", "http://", "data:image/")
_ABSENT = object()


class AgentBusMessage(BaseModel):
    """What goes to an agent elsewhere, and what comes from it.

    Attributes:
        messages: messages in OpenAI's form.
        context: the context variables; None where there are none.
    """

    messages: list[dict[str, Any]] = Field(default_factory=list)
    context: dict[str, Any] | None = None


class RequestMessage(AgentBusMessage):
    """A request: a conversation whose last message is to be answered.

    Attributes:
        client_tools: the schemas, in OpenAI's form, of tools that whoever asks runs itself.
    """

    client_tools: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def client_tool_names(self) -> set[str]:
        """The names of those tools."""
        return get_tool_names(self.client_tools)


class ResponseMessage(AgentBusMessage):
    """A whole answer.

    Attributes:
        input_required: what a person is asked before the agent can go on; None where nobody is asked.
    """

    input_required: str | None = None


class ServiceResponse(BaseModel):
    """A part of an answer, as soon as it is there.

    Attributes:
        message: a message of the agent, or the answers of its tools.
        context: the context variables as they are now; None where there are none.
        input_required: what a person is asked before the agent can go on.
        streaming_text: the next piece of the message that the model is writing.
    """

    message: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    input_required: str | None = None
    streaming_text: str | None = None


def reply_of(answer: ResponseMessage, request: RequestMessage) -> dict[str, Any] | None:
    """Take the reply out of an answer from elsewhere: its last message.

    Args:
        answer: the answer.
        request: what was asked.

    Returns:
        What an agent may say in the message, by which no agent here opens pictures of this machine, or runs a tool that
        was not offered; None if nothing was said.
    """
    if not answer.messages:
        return None
    said = answer.messages[-1]
    keep_foreign_pictures(said.get("content"), request.messages)
    reply = {**_kept(said, _KEPT_OF_AGENT), "role": "assistant"}
    calls = reply.pop("tool_calls", None) or []
    names = [called(call).get("name") for call in calls]
    if offered := [call for call, name in zip(calls, names, strict=True) if name in request.client_tool_names]:
        reply["tool_calls"] = offered
    elif calls and not reply.get("content"):
        reply["content"] = ""
    if len(offered) < len(calls):
        refused = ", ".join(repr(name) for name in names if name not in request.client_tool_names)
        logger.warning("An agent elsewhere has called what it was not offered, and is not run: %s.", refused)
    return reply


def changed_variables(answer: ResponseMessage, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Take the context variables out of an answer that were changed elsewhere.

    Those that were not changed stay as they are here, where they may be more than a protocol can carry.

    Args:
        answer: the answer.
        sent: the variables of the request, as the protocol has carried them.
    """
    return {name: value for name, value in (answer.context or {}).items() if sent.get(name, _ABSENT) != value}


def get_tool_names(tools: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of tools.

    Args:
        tools: their schemas in OpenAI's form. One without a name is passed over.
    """
    names = ((tool.get("function") or {}).get("name") for tool in tools)
    return {name for name in names if name}


def fault_of(request: RequestMessage) -> str | None:
    """Say what a stranger may not send in a request; None if there is nothing.

    Args:
        request: the request.
    """
    try:
        checked(request.messages)
        checked_tools(request.client_tools)
    except ValueError as error:
        return str(error)
    return None


def description_told(agent: ConversableAgent) -> str:
    """What strangers may read of an agent: its description, but not the instructions that stand in for one.

    Args:
        agent: the agent.
    """
    described = agent.description if agent.description != agent.system_message else ""
    return described or f"The agent {agent.name}."


def failure_told(error: BaseException) -> str:
    """Say what a stranger is told of an error. Its text may name databases and passwords: it is for the log alone.

    Args:
        error: why there is no answer.
    """
    return f"The agent failed with {type(error).__name__}; the log of its server says more."


def checked_tools(tools: object) -> list[dict[str, Any]]:
    """Take tools that a client offers, which are functions that it runs itself.

    Args:
        tools: their schemas.

    Returns:
        The same schemas.

    Raises:
        ValueError: something else is among them, or two have the same name.
    """
    if not isinstance(tools, list):
        raise ValueError("'tools' must be a list.")
    names: set[str] = set()
    for place, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, Mapping) and tool.get("type") == "function" else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(name, str) or not name:
            raise ValueError(f"tools[{place}] must be {{'type': 'function', 'function': {{'name': ...}}}}.")
        if name in names:
            raise ValueError(f"tools[{place}]: two tools have the name {name!r}.")
        names.add(name)
    return tools


def sendable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write values as JSON has them, with the texts of those that it cannot hold.

    Args:
        values: values by name.
    """
    return {name: _sendable(value) for name, value in values.items()}


def _sendable(value: object) -> object:
    try:
        if isinstance(value, Mapping):
            return {str(name): _sendable(part) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [_sendable(part) for part in value]
    except RecursionError:  # it holds itself
        return str(value)
    is_plain = value is None or isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))
    return value if is_plain else str(value)


def checked(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Take of messages what somebody elsewhere may say.

    Who sends a request must not be able to have tools run: only a model calls them. So a call stands in earlier
    messages of the agent alone, and the last message is said by somebody else. Nor may a picture be a file of this
    machine.

    Args:
        messages: the messages of a request.

    Returns:
        Copies without anything else.

    Raises:
        ValueError: the agent itself would have said the last message, a picture is elsewhere than in the web, a role
            is not a text, or a message has parts or answers of tools that are not objects.
    """
    taken = [_checked(message) for message in messages]
    if taken and taken[-1]["role"] == "assistant":
        raise ValueError(
            "The last message of a request must be one of the user or the answer of a tool, but it is the agent's own "
            "(its role is 'assistant'). There is nothing to answer."
        )
    return taken


def _checked(message: Mapping[str, Any]) -> dict[str, Any]:
    role = message.get("role") or "user"
    if not isinstance(role, str):
        raise ValueError(f"The role of a message must be a text such as 'user', but it is {role!r}.")
    for part in message["content"] if isinstance(message.get("content"), list) else ():
        picture = _object(part, "The parts of a content").get("image_url")
        address = picture.get("url") if isinstance(picture, Mapping) else picture
        if address is not None and not str(address).startswith(_PICTURE_ADDRESSES):
            raise ValueError("A picture of a request must be in the request itself (data:image/...) or in the web.")
    kept = _kept(message, _KEPT_OF_AGENT if role == "assistant" else _KEPT)
    taken = {"content": None, **kept, "role": role}
    answers = taken.pop("tool_responses", None)
    if answers is not None:
        taken["tool_responses"] = [_answer(one) for one in (answers if isinstance(answers, list) else [answers])]
    return taken


def _kept(message: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: message[name] for name in names if name in message}


def _answer(given: object) -> dict[str, Any]:
    """What a tool has answered, and nothing else that a stranger writes beside it."""
    answer = _object(given, "tool_responses")
    call_id = {"tool_call_id": answer["tool_call_id"]} if "tool_call_id" in answer else {}
    return {**call_id, "role": "tool", "content": answer.get("content") or ""}


def _object(given: object, what: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ValueError(f"{what} must be objects, but one is {given!r}.")
    return given
