"""Tools of pydantic-ai."""

from .pydantic_ai import PydanticAIInteroperability

__all__ = ("PydanticAIInteroperability",)
