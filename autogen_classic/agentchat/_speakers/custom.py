"""Let a function of the user choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..._core.party import is_agent
from ...errors import NoEligibleSpeaker
from .._groupchat.contract import Group
from ..agent import Agent

__all__ = ("choose",)


def choose(groupchat: Group, last_speaker: Agent, method: Callable[..., Any]) -> Agent | str:
    """Ask the user's function.

    Args:
        groupchat: the group, its second argument.
        last_speaker: who spoke last, its first argument.
        method: the function.

    Returns:
        An agent of the group, or the name of the method that is to choose one.

    Raises:
        NoEligibleSpeaker: when the function returns None, which ends the chat.
        ValueError: when it returns an agent from outside the group, or something else.
    """
    chosen: Any = method(last_speaker, groupchat)
    if chosen is None:
        raise NoEligibleSpeaker("Custom speaker selection function returned None. Terminating conversation.")
    if isinstance(chosen, str) or any(chosen is agent for agent in groupchat.agents):
        return cast("Agent | str", chosen)
    members = ", ".join(agent.name for agent in groupchat.agents)
    if is_agent(chosen):
        raise ValueError(
            f"Custom speaker selection function returned an agent {chosen.name} not in the group chat. "
            f"The group has {members}."
        )
    raise ValueError(
        f"Custom speaker selection function returned an object of type {type(chosen)} instead of Agent or str. "
        f"Return one of the agents ({members}), the name of a selection method, or None to end the chat."
    )
