"""Agents for one kind of work each, as AG2 had them in this place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from .document_agent import DocAgent, DoclingDocIngestAgent, InMemoryQueryEngine, VectorChromaQueryEngine
    from .reasoning import ReasoningAgent, ThinkNode

__all__ = (
    "DocAgent",
    "DoclingDocIngestAgent",
    "InMemoryQueryEngine",
    "ReasoningAgent",
    "ThinkNode",
    "VectorChromaQueryEngine",
)

_HOMES = {
    "DocAgent": ".document_agent",
    "DoclingDocIngestAgent": ".document_agent",
    "InMemoryQueryEngine": ".document_agent",
    "ReasoningAgent": ".reasoning",
    "ThinkNode": ".reasoning",
    "VectorChromaQueryEngine": ".document_agent",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
