"""How an agent is saved and loaded; the work is done in `state`, which is loaded with the first state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agent import Agent

__all__ = ("SavedState",)


class SavedState:
    """What is called on a `ConversableAgent`."""

    def save_state(self: Agent) -> dict[str, Any]:
        """Save what the agent has said, heard and counted; the manager of a group saves its members with it.

        Returns:
            A dict for `load_state`, keyed by the names of agents, which JSON can hold. It has no keys in it.

        Raises:
            StateError: two partners have the same name, or JSON has no form for something in a message.
        """
        from ..state import save_state

        return save_state([self])

    def load_state(self: Agent, state: Mapping[str, Any], partners: Iterable[Agent] = ()) -> None:
        """Give the agent back what it had said, heard and counted when its state was saved.

        Nothing is changed unless all of it can be loaded.

        Args:
            state: what `save_state` returned, perhaps written as JSON and read again. It may hold other agents, too.
            partners: whom the agent had talked to, unless it has talked to them here as well. To load agents that
                talk to each other at once, use `autogen_classic.state.load_state`.

        Raises:
            StateError: the state cannot be understood, or does not fit this agent: it is of another class, lacks a
                function, a member of its group or a partner, or the state is of another version.
        """
        from ..state._snapshot import load_agent

        load_agent(self, state, partners)
