"""The tracings that AG2's entry points have begun: for each provider one of agents, one of patterns, one of models."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..tracing import Tracing

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

__all__ = ("OPERATIONS_OF_AG2", "TracedAgents", "tracing_of")

OPERATIONS_OF_AG2 = {
    kind: kind if kind == "conversation" else name for kind, name in Tracing.OPERATIONS.items() if kind != "llm"
}
"""The spans of agents and patterns. What AG2 calls a chat differs from the conventions."""

_lock = threading.Lock()
_tracings: dict[tuple[str, int], tuple[TracerProvider, Tracing, TracedAgents]] = {}


class TracedAgents:
    """The agents that a program wants to have traced; they are forgotten when the program forgets them."""

    def __init__(self) -> None:
        self._agents: weakref.WeakSet[object] = weakref.WeakSet()

    def add(self, *agents: object) -> None:
        """Take in agents."""
        self._agents.update(agents)

    def __contains__(self, agent: object) -> bool:
        return agent in self._agents


def tracing_of(
    kind: str, provider: TracerProvider, begin: Callable[[TracedAgents], Tracing], anew: bool = False
) -> TracedAgents:
    """Begin a tracing, unless the same kind goes on for the same provider.

    Args:
        kind: what is traced.
        provider: where the spans go.
        begin: begins it, for the agents that are taken in.
        anew: whether one that goes on is ended, and another takes its place.

    Returns:
        The agents that are traced.
    """
    key = (kind, id(provider))
    with _lock:
        known = _tracings.get(key)
        if known is not None and anew:
            known[1].stop()
            known = None
        if known is None:
            agents = TracedAgents()
            known = _tracings[key] = (provider, begin(agents), agents)  # the provider is kept, and so is its id
        return known[2]
