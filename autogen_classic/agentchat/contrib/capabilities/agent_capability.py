"""The base of whatever can be added to an agent."""

from __future__ import annotations

from ...conversable_agent import ConversableAgent

__all__ = ("AgentCapability",)


class AgentCapability:
    """Something that an agent can be taught, by hooks, reply functions or tools."""

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Teach it to an agent.

        Args:
            agent: the agent.

        Raises:
            NotImplementedError: always here; each capability does it in its own way.
        """
        raise NotImplementedError(f"{type(self).__name__} must define add_to_agent(self, agent).")
