"""Agents for one kind of work each, as AG2 had them in this place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from .deep_research import DeepResearchAgent
    from .discord import DiscordAgent
    from .document_agent import DocAgent, DoclingDocIngestAgent, InMemoryQueryEngine, VectorChromaQueryEngine
    from .reasoning import ReasoningAgent, ThinkNode
    from .slack import SlackAgent
    from .telegram import TelegramAgent
    from .websurfer import WebSurferAgent
    from .wikipedia import WikipediaAgent

__all__ = (
    "DeepResearchAgent",
    "DiscordAgent",
    "DocAgent",
    "DoclingDocIngestAgent",
    "InMemoryQueryEngine",
    "ReasoningAgent",
    "SlackAgent",
    "TelegramAgent",
    "ThinkNode",
    "VectorChromaQueryEngine",
    "WebSurferAgent",
    "WikipediaAgent",
)

_HOMES = {
    "DeepResearchAgent": ".deep_research",
    "DiscordAgent": ".discord",
    "DocAgent": ".document_agent",
    "DoclingDocIngestAgent": ".document_agent",
    "InMemoryQueryEngine": ".document_agent",
    "ReasoningAgent": ".reasoning",
    "SlackAgent": ".slack",
    "TelegramAgent": ".telegram",
    "ThinkNode": ".reasoning",
    "VectorChromaQueryEngine": ".document_agent",
    "WebSurferAgent": ".websurfer",
    "WikipediaAgent": ".wikipedia",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
