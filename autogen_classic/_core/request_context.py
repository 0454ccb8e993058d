"""What is known of a request to a model beside its parameters: the agent that asks, and further headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

__all__ = ("asking_agent", "further_headers", "header_makers")

asking_agent: ContextVar[Any] = ContextVar("asking_agent", default=None)
"""The agent on whose behalf a model is being asked, or None. A model client gets no other hint of it."""

header_makers: list[Callable[[], Mapping[str, str]]] = []
"""Each makes headers for a request that is about to be sent, such as those that carry on a trace."""


def further_headers() -> dict[str, str]:
    """Return the headers that all of `header_makers` make for a request that this thread or task sends now."""
    return {name: value for make in tuple(header_makers) for name, value in make().items()}
