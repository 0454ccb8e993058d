"""A picture of a group: who hands over to whom, and when."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

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

__all__ = ("Edge", "as_mermaid", "as_svg", "as_text", "edges_of")

_LONGEST_LABEL = 60
_SIZE, _RADIUS, _BOX_WIDTH, _BOX_HEIGHT = 720, 250, 150, 36


class Drawable(Protocol):
    """What is read of a pattern."""

    initial_agent: ConversableAgent
    agents: list[ConversableAgent]
    user_agent: ConversableAgent | None

    @property
    def group_after_work_in_effect(self) -> TransitionTarget:
        """Who goes next where an agent does not say so."""


@dataclass(frozen=True)
class Edge:
    """A handoff.

    Attributes:
        source: who hands over.
        target: who or what goes next.
        label: when.
    """

    source: str
    target: str
    label: str


def edges_of(pattern: Drawable) -> list[Edge]:
    """The handoffs of a group, agent by agent, in the order in which they are asked.

    Args:
        pattern: the group.
    """
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


def _names(target: TransitionTarget, agent: ConversableAgent, pattern: Drawable) -> list[str]:
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


def _nodes(pattern: Drawable, edges: list[Edge]) -> list[str]:
    """The names of all nodes: the initial agent, the other agents, the user, and what else goes next."""
    agents = [pattern.initial_agent, *pattern.agents, *([pattern.user_agent] if pattern.user_agent else [])]
    return list(dict.fromkeys([*(agent.name for agent in agents), *(edge.target for edge in edges)]))


def as_text(pattern: Drawable) -> str:
    """The handoffs in lines, for readers without a picture."""
    lines = [f"{edge.source} -> {edge.target}: {edge.label}" for edge in edges_of(pattern)]
    return "\n".join([f"{pattern.initial_agent.name} begins.", *lines])


def as_mermaid(pattern: Drawable) -> str:
    """The picture as a flowchart of Mermaid."""
    edges = edges_of(pattern)
    ids = {name: f"n{number}" for number, name in enumerate(_nodes(pattern, edges))}
    members = {agent.name for agent in pattern.agents}
    lines = ["flowchart TD", f"    begin([begin]) --> {ids[pattern.initial_agent.name]}"]
    for name, node in ids.items():
        lines.append(f'    {node}["{_quoted(name)}"]' if name in members else f'    {node}(["{_quoted(name)}"])')
    lines += [f'    {ids[edge.source]} -->|"{_quoted(_short(edge.label))}"| {ids[edge.target]}' for edge in edges]
    return "\n".join(lines) + "\n"


def _short(label: str) -> str:
    label = _printable(" ".join(label.split()))
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def _printable(text: str) -> str:
    """A text without control characters, which XML does not allow."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _quoted(text: str) -> str:
    """A text within quotes of Mermaid, which reads entities in it and nothing else."""
    return escape(text, quote=False).replace('"', "#quot;")


def as_svg(pattern: Drawable) -> str:
    """The picture as SVG: the nodes stand in a circle, and the text alternative lists the handoffs."""
    edges = edges_of(pattern)
    nodes = _nodes(pattern, edges)
    places = {}
    for number, name in enumerate(nodes):
        angle = 2 * math.pi * number / len(nodes) - math.pi / 2
        places[name] = (_SIZE / 2 + _RADIUS * math.cos(angle), _SIZE / 2 + _RADIUS * math.sin(angle))
    title = f"Handoffs of {len(pattern.agents)} agents"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" role="img" '
        'aria-labelledby="title desc" font-family="sans-serif" font-size="12">',
        f'<title id="title">{title}</title><desc id="desc">{escape(as_text(pattern))}</desc>',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ]
    between: dict[tuple[str, str], int] = {}
    for edge in edges:
        pair = (edge.source, edge.target)
        between[pair] = between.get(pair, 0) + 1
        parts.append(_drawn_edge(places[edge.source], places[edge.target], edge.label, between[pair]))
    parts += [_drawn_node(name, *place) for name, place in places.items()]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn_node(name: str, x: float, y: float) -> str:
    return (
        f'<rect x="{x - _BOX_WIDTH / 2:.0f}" y="{y - _BOX_HEIGHT / 2:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" '
        f'rx="6" fill="#fff" stroke="#333"/><text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">'
        f"{escape(_short(name))}</text>"
    )


def _drawn_edge(start: tuple[float, float], end: tuple[float, float], label: str, number: int) -> str:
    """A curve between two nodes; further ones between the same nodes bend more, and a loop goes outwards."""
    (x1, y1), (x2, y2) = start, end
    if start == end:
        out_x, out_y = (x1 - _SIZE / 2) / _RADIUS, (y1 - _SIZE / 2) / _RADIUS
        far = 60 + 30 * number
        control = f"C{x1 + far * out_x - 60 * out_y:.0f} {y1 + far * out_y + 60 * out_x:.0f} "
        control += f"{x1 + far * out_x + 60 * out_y:.0f} {y1 + far * out_y - 60 * out_x:.0f} {x2:.0f} {y2:.0f}"
        middle_x, middle_y = x1 + 0.8 * far * out_x, y1 + 0.8 * far * out_y
    else:
        length = math.hypot(x2 - x1, y2 - y1)
        bend = 30 * number
        bend_x, bend_y = -(y2 - y1) / length * bend, (x2 - x1) / length * bend
        stop = max(0.0, 1 - _BOX_WIDTH / 2 / length)
        control_x, control_y = (x1 + x2) / 2 + bend_x, (y1 + y2) / 2 + bend_y
        control = f"Q{control_x:.0f} {control_y:.0f} {x1 + (x2 - x1) * stop:.0f} {y1 + (y2 - y1) * stop:.0f}"
        middle_x, middle_y = (x1 + x2) / 2 + bend_x / 2, (y1 + y2) / 2 + bend_y / 2
    return (
        f'<path d="M{x1:.0f} {y1:.0f}{control}" fill="none" stroke="#777" marker-end="url(#arrow)"/>'
        f'<text x="{middle_x:.0f}" y="{middle_y:.0f}" text-anchor="middle" fill="#06c">{escape(_short(label))}</text>'
    )
