"""A group as a graph: who hands over to whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from ..._pictures.graph import Edge, Graph
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

__all__ = ("graph_of",)


class Group(Protocol):
    """What is read of a pattern."""

    initial_agent: ConversableAgent
    agents: list[ConversableAgent]
    user_agent: ConversableAgent | None

    @property
    def group_after_work_in_effect(self) -> TransitionTarget:
        """Who goes next where an agent does not say so."""


def graph_of(pattern: Group) -> Graph:
    """The handoffs of a group, agent by agent, in the order in which they are asked.

    Args:
        pattern: the group.
    """
    agents = [*pattern.agents, *([pattern.user_agent] if pattern.user_agent else [])]
    return Graph(
        title=f"Handoffs of {len(agents)} agents",
        members=[agent.name for agent in agents],
        edges=_edges(pattern),
        begins=pattern.initial_agent.name,
    )


def _edges(pattern: Group) -> list[Edge]:
    edges = []
    for agent in [*pattern.agents, *([pattern.user_agent] if pattern.user_agent else [])]:
        is_user = agent is pattern.user_agent
        for source, target, label in _handoffs(agent):
            edges += [Edge(source, name, label) for name in _names(target, agent, pattern)]
        certain = any(one.condition is None and one.available is None for one in agent.handoffs.after_works)
        after_work = pattern.group_after_work_in_effect
        if not certain and (not is_user or getattr(after_work, "follows_user", False)):
            edges += [Edge(agent.name, name, "otherwise") for name in _names(after_work, agent, pattern)]
    return edges


def _handoffs(agent: ConversableAgent) -> Iterator[tuple[str, TransitionTarget, str]]:
    handoffs = agent.handoffs
    for context in handoffs.context_conditions:
        yield agent.name, context.target, f"if {_condition(context.condition)}"
    for by_model in handoffs.llm_conditions:
        yield agent.name, by_model.target, f"model: {_prompt(by_model.condition)}"
    for after in handoffs.after_works:
        yield agent.name, after.target, "then" if after.condition is None else f"then, if {_condition(after.condition)}"


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


def _names(target: TransitionTarget, agent: ConversableAgent, pattern: Group) -> list[str]:
    """The names of the nodes that a target leads to."""
    if isinstance(target, (AgentTarget, AgentNameTarget)):
        return [target.agent_name]
    if isinstance(target, StayTarget):
        return [agent.name]
    if isinstance(target, RevertToUserTarget) and pattern.user_agent is not None:
        return [pattern.user_agent.name]
    if hasattr(target, "follower_of"):
        return [target.follower_of(agent.name)]
    if isinstance(target, RandomAgentTarget):
        return [name for name in target.agent_names if name != agent.name]
    return [target.display_name()]
