"""An answer of any provider."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from .content_blocks import BaseContent, ReasoningContent
from .unified_message import UnifiedMessage

__all__ = ("UnifiedResponse",)


class UnifiedResponse(BaseModel):
    """An answer of any provider. An `OpenAIWrapper` may set further attributes on it.

    Attributes:
        id: its id.
        model: who answered.
        messages: one for each choice.
        usage: how many tokens it took.
        cost: in US dollars; None if it is not known.
        provider: whose model it is.
        provider_metadata: what the provider says about it besides.
        finish_reason: why the model stopped.
        status: how far the answer is.
    """

    model_config = ConfigDict(extra="allow")

    STANDARD_STATUSES: ClassVar[list[str]] = ["completed", "in_progress", "failed"]

    id: str
    model: str
    messages: list[UnifiedMessage]
    usage: dict[str, int | float] = Field(default_factory=dict)
    cost: float | None = None
    provider: str
    provider_metadata: dict[str, Any] = Field(default_factory=dict)
    finish_reason: str | None = None
    status: str | None = None

    @property
    def text(self) -> str:
        """All messages as one text."""
        return " ".join(text for message in self.messages if (text := message.get_text()))

    @property
    def reasoning(self) -> list[ReasoningContent]:
        """What the model thought."""
        return [part for message in self.messages for part in message.get_reasoning()]

    def get_content_by_type(self, content_type: str) -> list[BaseContent]:
        """Return the parts of one kind.

        Args:
            content_type: the kind, such as ``"text"``.
        """
        return [part for message in self.messages for part in message.get_content_by_type(content_type)]

    def is_standard_status(self) -> bool:
        """Tell whether the status is one that every provider has."""
        return self.status in self.STANDARD_STATUSES
