"""What AG2's second kind of clients has to offer, and what those of this library have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from .._core.content import part_of
from .._core.usage import USAGE_KEYS
from .._json.text import values_within
from ..oai.client import ModelClient
from .models import (
    BaseContent,
    CitationContent,
    GenericContent,
    ReasoningContent,
    TextContent,
    ToolCallContent,
    UnifiedMessage,
    UnifiedResponse,
    normalize_role,
)

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessage

__all__ = ("ModelClientV2", "UnifiedClient")


class ModelClientV2(Protocol):
    """A client for one model whose answers are `UnifiedResponse` objects. Any class with these methods is one."""

    RESPONSE_USAGE_KEYS: ClassVar[list[str]] = list(USAGE_KEYS)

    def create(self, params: dict[str, Any]) -> UnifiedResponse:
        """Ask the model.

        Args:
            params: a request in the OpenAI form.
        """
        ...

    def create_v1_compatible(self, params: dict[str, Any]) -> object:
        """Ask the model, and return the answer in the form that older clients give it.

        Args:
            params: a request in the OpenAI form.
        """
        ...

    def cost(self, response: UnifiedResponse) -> float:
        """Return the cost of an answer in US dollars."""
        ...

    @staticmethod
    def get_usage(response: UnifiedResponse) -> dict[str, Any]:
        """Return a dict with the keys RESPONSE_USAGE_KEYS."""
        ...


class UnifiedClient(ModelClientV2):
    """A client of this library whose answers are unified.

    Args:
        client: the client that asks the model.
        provider: whose models it asks.
        is_structured: whether its answers are JSON where a request does not say anything else.
    """

    def __init__(self, client: ModelClient, provider: str, is_structured: bool = False) -> None:
        self._client = client
        self._provider = provider
        self._is_structured = is_structured

    def create(self, params: dict[str, Any]) -> UnifiedResponse:
        """Ask the model.

        Args:
            params: a request in the OpenAI form.

        Returns:
            The answer. One to a ``response_format`` has a part of the type ``"parsed"`` with what its JSON holds.
        """
        completion: Any = self._client.create(params)
        usage = self._client.get_usage(completion)
        is_structured = bool(params.get("response_format", self._is_structured))
        besides = ("created", "system_fingerprint", "service_tier")
        return UnifiedResponse(
            id=completion.id,
            model=completion.model,
            messages=[_message(choice.message, is_structured) for choice in completion.choices],
            usage={name: usage[name] for name in usage if name.endswith("_tokens")},
            cost=self._client.cost(completion),
            provider=self._provider,
            provider_metadata={name: getattr(completion, name, None) for name in besides},
            finish_reason=next((choice.finish_reason for choice in completion.choices), None),
            status="completed",
        )

    def create_v1_compatible(self, params: dict[str, Any]) -> dict[str, Any]:
        """Ask the model, and return the answer as a dict in the form of a ChatCompletion, with its ``cost``.

        Args:
            params: a request in the OpenAI form.
        """
        completion: Any = self._client.create(params)
        return {**completion.model_dump(), "cost": self._client.cost(completion)}

    def cost(self, response: UnifiedResponse) -> float:
        """Return the cost of an answer in US dollars; 0 if it is not known.

        Args:
            response: what `create` returned.
        """
        return response.cost or 0

    @staticmethod
    def get_usage(response: UnifiedResponse) -> dict[str, Any]:
        """Return tokens, cost and model of an answer.

        Args:
            response: what `create` returned.
        """
        tokens = {name: response.usage.get(name, 0) for name in USAGE_KEYS if name.endswith("_tokens")}
        return {**tokens, "cost": response.cost or 0, "model": response.model}

    def message_retrieval(self, response: UnifiedResponse) -> list[Any]:
        """Return the texts of an answer, or its messages if they call tools.

        Args:
            response: what `create` returned.
        """
        return [_said(message) for message in response.messages]


def _message(message: ChatCompletionMessage, is_structured: bool) -> UnifiedMessage:
    """A message of a ChatCompletion in the form of all providers."""
    parts: list[BaseContent] = []
    thoughts = getattr(message, "reasoning_content", None)
    if thoughts:
        parts.append(ReasoningContent(reasoning=thoughts))
    if message.content:
        parts += _parsed(message.content) if is_structured else []
        parts.append(TextContent(text=message.content))
    for note in getattr(message, "annotations", None) or ():
        cited = note["url_citation"] if isinstance(note, dict) else note.url_citation.model_dump()
        parts.append(CitationContent(url=cited.get("url", ""), title=cited.get("title", ""), snippet=""))
    for call in message.tool_calls or ():
        told = part_of(call, "function") or part_of(call, "custom")
        arguments = part_of(told, "arguments") or part_of(told, "input") or ""
        parts.append(ToolCallContent(id=call.id, name=told.name, arguments=arguments))
    return UnifiedMessage(role=normalize_role(message.role), content=parts)


def _parsed(text: str) -> list[BaseContent]:
    for part in (text, *values_within(text)):
        try:
            return [GenericContent.model_validate({"type": "parsed", "parsed": json.loads(part)})]
        except ValueError:
            continue
    return []


def _said(message: UnifiedMessage) -> str | dict[str, Any]:
    text = "".join(part.get_text() for part in message.get_content_by_type("text"))
    calls = message.get_tool_calls()
    if not calls:
        return text
    return {
        "role": getattr(message.role, "value", message.role),
        "content": text or None,
        "tool_calls": [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ],
    }
