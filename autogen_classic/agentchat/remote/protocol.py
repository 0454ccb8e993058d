"""What a request to an agent elsewhere holds, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field

__all__ = ("AgentBusMessage", "RequestMessage", "ResponseMessage", "ServiceResponse", "get_tool_names")


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
