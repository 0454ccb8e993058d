"""Ask the person at the terminal who speaks next."""

from __future__ import annotations

from typing import Any

from ..._core.tape import person_input
from ...io.base import IOStream
from .._groupchat import texts
from .._groupchat.contract import Group
from ..agent import Agent

__all__ = ("ask_person", "choose")

TRIES = 2


def choose(groupchat: Group, last_speaker: Agent, candidates: list[Any]) -> Agent:
    """Let the person choose; one who skips the question takes the next agent of the list."""
    return groupchat.manual_select_speaker(candidates) or groupchat.next_agent(last_speaker, candidates)


def ask_person(agents: list[Agent]) -> Agent | None:
    """List the agents and ask for a number.

    Args:
        agents: who may be chosen.

    Returns:
        The agent with that number, or None when the person enters nothing, ``q``, or no number twice.
    """
    stream = IOStream.get_default()
    stream.print(texts.MANUAL_HEADING)
    for number, agent in enumerate(agents, start=1):
        stream.print(f"{number}: {agent.name}")
    for _ in range(TRIES):
        answer = person_input(texts.MANUAL_PROMPT, stream.input).strip()
        if answer in ("", "q"):
            return None
        if answer.isdecimal() and 1 <= int(answer) <= len(agents):
            return agents[int(answer) - 1]
        stream.print(texts.MANUAL_INVALID.format(count=len(agents)))
    stream.print(texts.MANUAL_GIVEN_UP)
    return None
