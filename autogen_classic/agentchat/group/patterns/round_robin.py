"""The pattern in which the agents take turns in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._members import with_user
from ..speaker_selection_result import SpeakerSelectionResult
from ..targets.transition_target import RandomAgentTarget, TransitionTarget
from .pattern import Pattern

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from ...groupchat import GroupChat

__all__ = ("RoundRobinPattern",)


class _NextInOrder(RandomAgentTarget):
    """The next one in an order goes next; after the last one the first."""

    follows_user: bool = True

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The agent after the current one; see `TransitionTarget.resolve`."""
        self.nominated_name = self.follower_of(current_agent.name)
        return SpeakerSelectionResult(agent_name=self.nominated_name)

    def follower_of(self, name: str) -> str:
        """The name that comes after another one.

        Args:
            name: the one before; the first name comes after one that is not in the order.
        """
        names = self.agent_names
        place = names.index(name) + 1 if name in names else 0
        return names[place % len(names)]


class RoundRobinPattern(Pattern):
    """The initial agent begins, then come the others in their order, then the user, and so on.

    An agent whose own after-work holds hands over to whom it says.
    """

    def _after_work(self) -> TransitionTarget:
        others = [agent for agent in self.agents if agent is not self.initial_agent]
        everybody = with_user([self.initial_agent, *others], self.user_agent)
        return _NextInOrder(agent_names=[agent.name for agent in everybody])
