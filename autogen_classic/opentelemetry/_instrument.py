"""Trace single agents, the groups of patterns, and requests to models."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._core.replies import led_group
from ..tracing import Tracing
from ._tracings import OPERATIONS_OF_AG2, TracedAgents, tracing_of

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

    from ..agentchat.group.patterns.pattern import Pattern

__all__ = ("instrument_agent", "instrument_llm_wrapper", "instrument_pattern")

AgentT = TypeVar("AgentT")
PatternT = TypeVar("PatternT", bound="Pattern")


def instrument_agent(agent: AgentT, *, tracer_provider: TracerProvider) -> AgentT:
    """Make spans of the chats that an agent opens, its turns, its tools, its code and the questions to its person.

    As in AG2 the spans hold what was said; `autogen_classic.tracing.trace` makes spans that do not.

    Args:
        agent: the agent.
        tracer_provider: makes the spans.

    Returns:
        The same agent.
    """
    agents = tracing_of(
        "agents",
        tracer_provider,
        lambda agents: Tracing(tracer_provider, None, True, OPERATIONS_OF_AG2, agents.__contains__),
    )
    agents.add(agent)
    return agent


def instrument_llm_wrapper(*, tracer_provider: TracerProvider, capture_messages: bool = False) -> None:
    """Make spans of all requests to models in this process.

    Args:
        tracer_provider: makes the spans. Called again with the same one, this only changes ``capture_messages``.
        capture_messages: whether the spans hold what was said, with keys blanked out.
    """
    tracing_of(
        "models",
        tracer_provider,
        lambda _: Tracing(tracer_provider, None, capture_messages, {"llm": "chat"}),
        anew=True,
    )


def instrument_pattern(pattern: PatternT, *, tracer_provider: TracerProvider) -> PatternT:
    """Make spans of the chats of a group: all that its members, its manager and its hidden agents do in them.

    As in AG2 the spans hold what was said; `autogen_classic.tracing.trace` makes spans that do not.

    Args:
        pattern: the pattern.
        tracer_provider: makes the spans.

    Returns:
        The same pattern.
    """
    agents = tracing_of(
        "patterns",
        tracer_provider,
        lambda agents: Tracing(
            tracer_provider, None, True, OPERATIONS_OF_AG2, lambda agent: _leads_one_of(agents, agent), and_within=True
        ),
    )
    agents.add(*pattern.agents)
    return pattern


def _leads_one_of(agents: TracedAgents, agent: object) -> bool:
    group = led_group(agent)
    return group is not None and any(member in agents for member in group.agents)
