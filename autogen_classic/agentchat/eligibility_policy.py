"""Who may be selected in a group now: policies that look at the agents, and a mark for one that is not available."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here
from typing import Protocol, runtime_checkable

from .agent import Agent

__all__ = ("AgentDescriptionGuard", "AgentEligibilityPolicy", "SelectionContext")

_UNAVAILABLE = "[UNAVAILABLE] "


@dataclass(frozen=True)
class SelectionContext:
    """What a policy knows about a selection.

    Attributes:
        round: how many messages the group has, counted from 1.
        last_speaker: the name of who spoke last.
        participants: the names of all members.
    """

    round: int
    last_speaker: str | None
    participants: Iterable[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "participants", tuple(self.participants))


@runtime_checkable
class AgentEligibilityPolicy(Protocol):
    """Tells which agents of a group may be selected."""

    def is_eligible(self, agent: Agent, ctx: SelectionContext) -> bool:
        """Tell whether an agent may speak next.

        Args:
            agent: a member of the group.
            ctx: what is known about the selection.
        """
        ...


class AgentDescriptionGuard:
    """Marks an agent as unavailable in its description, which the model that selects a speaker reads.

    Args:
        agent: the agent, which has a ``description``.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def mark_unavailable(self) -> None:
        """Put the mark before the description, once."""
        if not self._description.startswith(_UNAVAILABLE):
            self._describe(_UNAVAILABLE + self._description)

    def mark_available(self) -> None:
        """Take the mark away."""
        self._describe(self._description.removeprefix(_UNAVAILABLE))

    @property
    def _description(self) -> str:
        return self._agent.description or ""

    def _describe(self, description: str) -> None:
        self._agent.description = description  # type: ignore[misc]  # agents of this library let it be set
