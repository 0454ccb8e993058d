"""A group as a graph: who hands over to whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from ..._pictures.graph import Edge, Graph
from ._members import with_user
from .available_condition import ExpressionAvailableCondition, StringAvailableCondition
from .context_condition import ExpressionContextCondition, StringContextCondition
from .llm_condition import ContextStrLLMCondition, StringLLMCondition
from .targets.transition_target import (
    AgentNameTarget,
    AgentTarget,
    RandomAgentTarget,
    RevertToUserTarget,
    StayTarget,
    TransitionTarget,
)

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent
    from .context_condition import ContextCondition
    from .llm_condition import LLMCondition
    from .on_condition import OnCondition
    from .on_context_condition import OnContextCondition

__all__ = ("graph_of",)


class Group(Protocol):
    """What a drawing reads of a pattern."""

    initial_agent: ConversableAgent
    agents: list[ConversableAgent]
    user_agent: ConversableAgent | None

    @property
    def group_after_work_in_effect(self) -> TransitionTarget:
        """Who goes next where an agent does not say so."""


def graph_of(pattern: Group) -> Graph:
    """Draw the handoffs of a group, agent by agent, in the order in which they are tried.

    Args:
        pattern: the group.

    Returns:
        A graph with an edge for each handoff.
    """
    agents = with_user(pattern.agents, pattern.user_agent)
    return Graph(
        title=f"Handoffs of {len(agents)} agents",
        members=[agent.name for agent in agents],
        edges=_edges(pattern),
        begins=pattern.initial_agent.name,
    )


def _edges(pattern: Group) -> list[Edge]:
    edges = []
    names = _Names(pattern)
    after_work = pattern.group_after_work_in_effect
    for agent in with_user(pattern.agents, pattern.user_agent):
        for target, label in _handoffs(agent):
            edges += [Edge(agent.name, name, label) for name in names.of(target, agent)]
        follows = agent is not pattern.user_agent or getattr(after_work, "follows_user", False)
        if follows and not _always_hands_over(agent):
            edges += [Edge(agent.name, name, "otherwise") for name in names.of(after_work, agent)]
    return edges


def _always_hands_over(agent: ConversableAgent) -> bool:
    """Whether one of an agent's handoffs has no condition, so that the group's own after-work never comes into play."""
    return any(handoff.condition is None and handoff.available is None for handoff in agent.handoffs.after_works)


def _handoffs(agent: ConversableAgent) -> Iterator[tuple[TransitionTarget, str]]:
    """The target of each handoff, and the label that says when it is taken."""
    handoffs = agent.handoffs
    for by_context in handoffs.context_conditions:
        yield by_context.target, f"if {_condition(by_context.condition)}{_available(by_context)}"
    for by_model in handoffs.llm_conditions:
        yield by_model.target, f"model: {_prompt(by_model.condition)}{_available(by_model)}"
    for after_work in handoffs.after_works:
        when = "then" if after_work.condition is None else f"then, if {_condition(after_work.condition)}"
        yield after_work.target, f"{when}{_available(after_work)}"


def _available(handoff: OnCondition | OnContextCondition) -> str:
    """The part of a label that says while what a handoff is available; empty if it always is."""
    available = handoff.available
    if available is None:
        return ""
    if isinstance(available, ExpressionAvailableCondition):
        return f", while {available.expression.expression}"
    name = available.context_variable if isinstance(available, StringAvailableCondition) else type(available).__name__
    return f", while {name}"


def _condition(condition: ContextCondition | None) -> str:
    if condition is None:
        return "always"
    if isinstance(condition, ExpressionContextCondition):
        return condition.expression.expression
    return condition.variable_name if isinstance(condition, StringContextCondition) else type(condition).__name__


def _prompt(condition: LLMCondition) -> str:
    if isinstance(condition, StringLLMCondition):
        return condition.prompt
    is_template = isinstance(condition, ContextStrLLMCondition)
    return condition.context_str.template if is_template else type(condition).__name__  # type: ignore[attr-defined]


class _Names:
    """The names of the nodes that targets lead to.

    Args:
        pattern: the group.
    """

    def __init__(self, pattern: Group) -> None:
        self._pattern = pattern
        self._others: list[tuple[TransitionTarget, str]] = []

    def of(self, target: TransitionTarget, agent: ConversableAgent) -> list[str]:
        """The names for a target of an agent."""
        user = self._pattern.user_agent
        if isinstance(target, (AgentTarget, AgentNameTarget)):
            return [target.agent_name]
        if isinstance(target, StayTarget):
            return [agent.name]
        if isinstance(target, RevertToUserTarget) and user is not None:
            return [user.name]
        if hasattr(target, "follower_of"):
            return [target.follower_of(agent.name)]
        if isinstance(target, RandomAgentTarget):
            return [name for name in target.agent_names if name != agent.name]
        return [self._other(target)]

    def _other(self, target: TransitionTarget) -> str:
        """The name for what is not an agent; two that differ, such as two nested chats, have names that differ."""
        for known, name in self._others:
            if known == target:
                return name
        name = target.display_name()
        namesakes = sum(known.display_name() == name for known, _ in self._others)
        name = f"{name} {namesakes + 1}" if namesakes else name
        self._others.append((target, name))
        return name
