"""What a request to an agent elsewhere holds, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field

__all__ = ("AgentBusMessage", "RequestMessage", "ResponseMessage", "ServiceResponse", "checked", "get_tool_names")

_KEPT = ("content", "name", "tool_call_id", "tool_responses")
_KEPT_OF_AGENT = ("content", "name", "tool_calls")
_PICTURE_ADDRESSES = ("https://", "http://", "data:image/")


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


def get_tool_names(tools: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of tools.

    Args:
        tools: their schemas in OpenAI's form. One without a name is passed over.
    """
    names = ((tool.get("function") or {}).get("name") for tool in tools)
    return {name for name in names if name}


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
        ValueError: the agent itself would have said the last message, or a picture is elsewhere than in the web.
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
    kept = _KEPT_OF_AGENT if role == "assistant" else _KEPT
    for part in message["content"] if isinstance(message.get("content"), list) else ():
        picture = part.get("image_url") if isinstance(part, Mapping) else None
        address = picture.get("url") if isinstance(picture, Mapping) else picture
        if address is not None and not str(address).startswith(_PICTURE_ADDRESSES):
            raise ValueError("A picture of a request must be in the request itself (data:image/...) or in the web.")
    return {"content": None, **{name: message[name] for name in kept if name in message}, "role": role}
