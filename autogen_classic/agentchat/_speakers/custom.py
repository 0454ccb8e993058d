"""Let a function of the user choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...errors import NoEligibleSpeaker
from ..agent import Agent

__all__ = ("choose",)


def choose(groupchat: Any, last_speaker: Any, method: Callable[[Any, Any], Any]) -> Any:
    """Ask the user's function.

    Args:
        groupchat: the group, its second argument.
        last_speaker: who spoke last, its first argument.
        method: the function.

    Returns:
        An agent of the group, or the name of the method by which it shall be chosen.

    Raises:
        NoEligibleSpeaker: when the function returns None, which ends the chat.
        ValueError: when it returns an agent from outside of the group, or something else.
    """
    chosen = method(last_speaker, groupchat)
    if chosen is None:
        raise NoEligibleSpeaker("Custom speaker selection function returned None. Terminating conversation.")
    if isinstance(chosen, str) or any(chosen is agent for agent in groupchat.agents):
        return chosen
    members = ", ".join(agent.name for agent in groupchat.agents)
    if isinstance(chosen, Agent):
        raise ValueError(
            f"Custom speaker selection function returned an agent {chosen.name} not in the group chat. "
            f"The group has {members}."
        )
    raise ValueError(
        f"Custom speaker selection function returned an object of type {type(chosen)} instead of Agent or str. "
        f"Return one of the agents ({members}), the name of a selection method, or None to end the chat."
    )
