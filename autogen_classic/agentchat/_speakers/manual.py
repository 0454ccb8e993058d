"""Ask the person at the terminal who speaks next."""

from __future__ import annotations

import logging
from typing import Any, cast

from ..._core import running_chats
from ..._core.callables import is_asynchronous
from ..._core.drive import WHICH_WAY, Call, Steps
from ..._core.events import PersonAnswered, PersonAsked, emit, warn
from ..._core.running_chats import StopReason
from ..._core.tape import person_input, person_steps
from ...errors import NoEligibleSpeaker
from ...io.base import IOStream, show
from .._groupchat import texts
from .._groupchat.contract import Group
from ..agent import Agent

__all__ = ("ask_person", "choose")

logger = logging.getLogger("autogen.agentchat.groupchat")

TRIES = 2

_NOBODY = "A person is to choose who speaks next, but nobody answers{why}. {instead}"
_OTHER_METHOD = "Give the group a speaker_selection_method such as 'auto' or 'round_robin', or a stream that answers."
_OTHER_PATTERN = "Give the group another pattern or target, such as AutoPattern, or a stream that answers."


def choose(groupchat: Group, last_speaker: Agent, candidates: list[Any]) -> Steps[Agent | None]:
    """Let the person choose; one who skips the question takes the next agent of the list, or asks the model in AG2.

    Raises:
        EOFError: nobody is at the terminal to choose.
    """
    is_of_ag2 = getattr(groupchat.speaker_selection_method, "model_stands_in_for_person", False)
    try:
        chosen: Agent | None = yield Call(groupchat.manual_select_speaker, candidates)
    except EOFError as error:
        if is_of_ag2:
            raise _end_of_chat(groupchat, error) from error
        raise EOFError(_nobody(error, _OTHER_METHOD)) from error
    if chosen is None and is_of_ag2:
        return None
    return chosen or groupchat.next_agent(last_speaker, candidates)


def _nobody(error: EOFError, instead: str) -> str:
    why = f" ({error})" if str(error) else ""  # Ctrl-D at a terminal has no text
    return _NOBODY.format(why=why, instead=instead)


def _end_of_chat(groupchat: Group, error: EOFError) -> NoEligibleSpeaker:
    """End the chat of a group whose person cannot be asked, so that nothing of it is lost; the caller raises this."""
    text = _nobody(error, _OTHER_PATTERN)
    warn(logger, "%s The chat ends.", text)
    running_chat = running_chats.current()
    if running_chat is not None:
        running_chat.note(StopReason.PERSON, groupchat.messages[-1])
    return NoEligibleSpeaker(text)


def ask_person(groupchat: Group, agents: list[Agent] | None = None) -> Steps[Agent | None]:
    """List the agents and ask for a number. In an asynchronous chat, a stream that answers asynchronously is awaited.

    Args:
        groupchat: the group.
        agents: who may be chosen; None for the whole group.

    Returns:
        The agent with that number, or None when the person enters nothing, ``q``, or no number twice.
    """
    agents = groupchat.agents if agents is None else agents
    stream = IOStream.get_default()
    names = [agent.name for agent in agents]
    lines = (f"{number}: {name}" for number, name in enumerate(names, start=1))
    show("SelectSpeakerEvent", texts.MANUAL_HEADING, *lines, agents=names)
    for _ in range(TRIES):
        answer = yield from _answer(_person_of(groupchat), stream)
        if answer in ("", "q"):
            return None
        told = [texts.MANUAL_INVALID.format(count=len(agents))]
        if answer.isdecimal() and 1 <= int(answer) <= len(agents):
            chosen = agents[int(answer) - 1]
            if getattr(chosen, "_classic_group_executor", None) is not chosen:
                return chosen
            told.insert(0, texts.MANUAL_EXECUTOR.format(name=chosen.name))
        show("SelectSpeakerInvalidInputEvent", *told, agents=names)
    show("SelectSpeakerTryCountExceededEvent", texts.MANUAL_GIVEN_UP, try_count=TRIES + 1, agents=names)
    return None


def _answer(agent: Agent, stream: IOStream) -> Steps[str]:
    emit(PersonAsked(agent, texts.MANUAL_PROMPT))
    yield WHICH_WAY  # whoever iterates over the chat hears of the question before it is asked
    if is_asynchronous(stream.input) and (yield WHICH_WAY):
        answer: str = yield from person_steps(None, texts.MANUAL_PROMPT, Call(stream.input, texts.MANUAL_PROMPT))
    else:
        answer = yield Call(person_input, texts.MANUAL_PROMPT, stream.input)
    emit(PersonAnswered(agent, answer))
    return answer.strip()


def _person_of(groupchat: Group) -> Agent:
    """The agent behind whom the person of a group stands: its admin, or else the last one, as the user of a pattern."""
    return cast(Agent, groupchat.agent_by_name(groupchat.admin_name) or groupchat.agents[-1])
