"""The pattern in which chance decides who goes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._members import with_user
from ..targets.transition_target import RandomAgentTarget
from .pattern import Pattern

if TYPE_CHECKING:
    from ..targets.transition_target import TransitionTarget

__all__ = ("RandomPattern",)


class _AnyOther(RandomAgentTarget):
    """Any other agent of the group, the user among them, goes next."""

    follows_user: bool = True


class RandomPattern(Pattern):
    """Where the handoffs of an agent do not say who goes next, it is any of the others, the user among them."""

    def _after_work(self) -> TransitionTarget:
        return _AnyOther(agent_names=[agent.name for agent in with_user(self.agents, self.user_agent)])
