"""A message of any provider."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel, Field, SerializeAsAny, field_validator

from .content_blocks import BaseContent, CitationContent, ContentParser, ReasoningContent, ToolCallContent

__all__ = ("UnifiedMessage", "UserRoleEnum", "UserRoleType", "normalize_role")


class UserRoleEnum(str, Enum):
    """The roles that every provider has."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"


UserRoleType: TypeAlias = UserRoleEnum | str


def normalize_role(role: str | None) -> UserRoleType:
    """Read the name of a role.

    Args:
        role: the name; None and "" stand for the assistant.

    Returns:
        One of the roles that every provider has, or the name itself.
    """
    name = (role or UserRoleEnum.ASSISTANT.value).lower()
    return UserRoleEnum(name) if name in {known.value for known in UserRoleEnum} else str(role)


class UnifiedMessage(BaseModel):
    """A message of any provider.

    Attributes:
        role: who says it.
        content: its parts; dicts become the parts that they describe.
        name: the name of its author.
        metadata: what a provider says about it besides.
    """

    role: UserRoleType
    content: list[SerializeAsAny[BaseContent]]
    name: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @field_validator("content", mode="before")
    @classmethod
    def parse_content(cls, v: object) -> object:
        """Make parts of dicts."""
        return (
            [ContentParser.parse(one) if isinstance(one, Mapping) else one for one in v] if isinstance(v, list) else v
        )

    def get_text(self) -> str:
        """Return all parts as one text."""
        return " ".join(text for part in self.content if (text := part.get_text()))

    def get_reasoning(self) -> list[ReasoningContent]:
        """Return what the model thought."""
        return [part for part in self.content if isinstance(part, ReasoningContent)]

    def get_citations(self) -> list[CitationContent]:
        """Return the pages that it cites."""
        return [part for part in self.content if isinstance(part, CitationContent)]

    def get_tool_calls(self) -> list[ToolCallContent]:
        """Return its calls of tools."""
        return [part for part in self.content if isinstance(part, ToolCallContent)]

    def get_content_by_type(self, content_type: str) -> list[BaseContent]:
        """Return the parts of one kind.

        Args:
            content_type: the kind, such as ``"text"``.
        """
        return [part for part in self.content if part.type == content_type]

    def is_standard_role(self) -> bool:
        """Tell whether every provider has its role."""
        return isinstance(normalize_role(self.role), UserRoleEnum)
