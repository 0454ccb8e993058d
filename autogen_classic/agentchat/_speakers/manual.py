"""Ask the person at the terminal who speaks next."""

from __future__ import annotations

from typing import Any

from ..._core.tape import person_input
from ...io.base import IOStream, show
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
    names = [agent.name for agent in agents]
    lines = (f"{number}: {name}" for number, name in enumerate(names, start=1))
    show("SelectSpeakerEvent", texts.MANUAL_HEADING, *lines, agents=names)
    for _ in range(TRIES):
        answer = person_input(texts.MANUAL_PROMPT, stream.input).strip()
        if answer in ("", "q"):
            return None
        if answer.isdecimal() and 1 <= int(answer) <= len(agents):
            return agents[int(answer) - 1]
        show("SelectSpeakerInvalidInputEvent", texts.MANUAL_INVALID.format(count=len(agents)), agents=names)
    show("SelectSpeakerTryCountExceededEvent", texts.MANUAL_GIVEN_UP, try_count=TRIES + 1, agents=names)
    return None
