"""Tools of CrewAI."""

from .crewai import CrewAIInteroperability

__all__ = ("CrewAIInteroperability",)
