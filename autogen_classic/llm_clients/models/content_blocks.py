"""The parts of a message: texts, media, thoughts, citations, calls, and whatever a provider invents next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = (
    "AudioContent",
    "BaseContent",
    "CitationContent",
    "ContentBlock",
    "ContentParser",
    "ContentType",
    "GenericContent",
    "ImageContent",
    "ReasoningContent",
    "TextContent",
    "ToolCallContent",
    "ToolResultContent",
    "VideoContent",
)


class ContentType(str, Enum):
    """The kinds of parts that are known."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    REASONING = "reasoning"
    CITATION = "citation"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"


class BaseContent(BaseModel):
    """A part of a message. Fields that are not known are kept.

    Attributes:
        type: its kind.
        extra: what a provider says about it besides.
    """

    model_config = ConfigDict(extra="allow")

    type: ContentType | str
    extra: dict[str, Any] = Field(default_factory=dict)

    def get_text(self) -> str:
        """Return the part as a text; empty if it cannot be read."""
        return ""


class TextContent(BaseContent):
    """A text."""

    type: Literal[ContentType.TEXT] = ContentType.TEXT
    text: str

    def get_text(self) -> str:
        """Return the text."""
        return self.text


class ImageContent(BaseContent):
    """A picture, by its address or as a data URI."""

    type: Literal[ContentType.IMAGE] = ContentType.IMAGE
    image_url: str | None = None
    data_uri: str | None = None
    detail: Literal["auto", "low", "high"] | None = None


class AudioContent(BaseContent):
    """A recording, by its address or as a data URI."""

    type: Literal[ContentType.AUDIO] = ContentType.AUDIO
    audio_url: str | None = None
    data_uri: str | None = None
    transcript: str | None = None

    def get_text(self) -> str:
        """Return what is said in it, if that is known."""
        return f"audio transcript:{self.transcript}" if self.transcript else ""


class VideoContent(BaseContent):
    """A film, by its address or as a data URI."""

    type: Literal[ContentType.VIDEO] = ContentType.VIDEO
    video_url: str | None = None
    data_uri: str | None = None


class ReasoningContent(BaseContent):
    """What a model thought."""

    type: Literal[ContentType.REASONING] = ContentType.REASONING
    reasoning: str
    summary: str | None = None

    def get_text(self) -> str:
        """Return the thoughts."""
        return self.reasoning


class CitationContent(BaseContent):
    """A page that a model cites."""

    type: Literal[ContentType.CITATION] = ContentType.CITATION
    url: str
    title: str
    snippet: str
    relevance_score: float | None = None

    def get_text(self) -> str:
        """Return its title."""
        return f"citation: {self.title}"


class ToolCallContent(BaseContent):
    """A call of a tool."""

    type: Literal[ContentType.TOOL_CALL] = ContentType.TOOL_CALL
    id: str
    name: str
    arguments: str

    def get_text(self) -> str:
        """Return the name of the tool, and the arguments."""
        return f"tool call name: {self.name} tool call arguments: {self.arguments}"


class ToolResultContent(BaseContent):
    """The answer of a tool."""

    type: Literal[ContentType.TOOL_RESULT] = ContentType.TOOL_RESULT
    tool_call_id: str
    output: str

    def get_text(self) -> str:
        """Return the answer."""
        return f"tool result: {self.output}"


class GenericContent(BaseContent):
    """A part of a kind that is not known, with all its fields."""

    def get(self, key: str, default: object = None) -> object:
        """Return a field, or the default if it is not there.

        Args:
            key: the name of the field.
            default: what is returned without it.
        """
        return self.get_all_fields().get(key, default)

    def get_all_fields(self) -> dict[str, Any]:
        """Return all fields, ``type`` and ``extra`` too."""
        return {"type": self.type, "extra": self.extra, **self.get_extra_fields()}

    def get_extra_fields(self) -> dict[str, Any]:
        """Return the fields that only this kind has."""
        return dict(self.model_extra or {})

    def has_field(self, key: str) -> bool:
        """Tell whether a field is there.

        Args:
            key: its name.
        """
        return key in self.get_all_fields()

    @property
    def data(self) -> dict[str, Any]:
        """The fields that only this kind has."""
        return self.get_extra_fields()


ContentBlock: TypeAlias = (
    TextContent
    | ImageContent
    | AudioContent
    | VideoContent
    | ReasoningContent
    | CitationContent
    | ToolCallContent
    | ToolResultContent
    | GenericContent
)


class ContentParser:
    """Makes parts of dicts by their kind; programs may add classes for further kinds."""

    _registry: ClassVar[dict[str, type[BaseContent]]] = {
        "text": TextContent,
        "image": ImageContent,
        "audio": AudioContent,
        "video": VideoContent,
        "reasoning": ReasoningContent,
        "citation": CitationContent,
        "tool_call": ToolCallContent,
        "tool_result": ToolResultContent,
    }

    @classmethod
    def register(cls, content_type: str, content_class: type[BaseContent]) -> None:
        """Add a class.

        Args:
            content_type: the kind that it is for.
            content_class: the class.
        """
        cls._registry[content_type] = content_class

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> BaseContent:
        """Make a part of a dict.

        Args:
            data: the dict.

        Returns:
            The part; a `GenericContent` with all fields if the kind is not known, or the dict does not fit its class.
        """
        kind = getattr(data.get("type"), "value", data.get("type")) or "unknown"
        content_class = cls._registry.get(kind, GenericContent)
        try:
            return content_class(**data)
        except ValidationError:
            return GenericContent(**{**data, "type": kind})
