"""The reply of the person behind an agent, and the end of a chat."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..._core import running_chats
from ..._core.drive import WHICH_WAY, Ask, Steps
from ..._core.events import AutoReplyUsed, Notice, PersonAnswered, PersonAsked, emit
from ..._core.messages import Message
from ..._core.party import Agent, Outcome, Party
from ..._core.running_chats import StopReason
from ..._core.tape import person_steps
from ...io.base import AsyncInputStream, InputStream
from .. import _literals

__all__ = ("check_termination_and_human_reply",)

logger = logging.getLogger("autogen.agentchat.conversable_agent")

_MODES = ("ALWAYS", "TERMINATE", "NEVER")


def check_termination_and_human_reply(
    agent: Party,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: Party | None = None,
    iostream: InputStream | AsyncInputStream | None = None,
) -> Steps[Outcome]:
    """End the chat, let the person speak, or leave the reply to the functions further down the list.

    The person is asked before every reply in the mode ALWAYS, and in the mode TERMINATE when the message ends
    the chat or the agent has replied by itself as often as it may. NEVER asks nobody and ends the chat instead.

    Returns:
        ``(True, None)`` at the end of the chat, ``(True, message)`` from the person, else ``(False, None)``.

    Raises:
        IndexError: there are no messages to reply to.
        TypeError: ``is_termination_msg`` of the agent is not a function.
    """
    agent = agent if config is None else config
    if messages is None:
        messages = agent._oai_messages[sender] if sender else []
    if not messages:
        heard = f"{sender.name} has said nothing to it yet" if sender else "the list of messages is empty"
        raise IndexError(f"{agent.name} has nothing to reply to: {heard}. Send it a message first.")
    message = messages[-1]
    mode = _mode_of(agent)

    answer: str | None = None
    typed = ends = False
    if mode == "ALWAYS":
        prompt = _literals.ASK_ALWAYS.format(agent=agent.name, sender=_name(sender))
        answer, typed = yield from _ask(agent, prompt, lambda: _ends_the_chat(agent, message), iostream)
        ends = not typed and answer == _literals.EXIT
    elif mode == "NEVER":
        is_at_its_limit = _is_at_its_limit(agent, sender)
        ends = not is_at_its_limit and _ends_the_chat(agent, message)
        answer = _literals.EXIT if is_at_its_limit or ends else None
    else:
        ends = _ends_the_chat(agent, message)
        if ends or _is_at_its_limit(agent, sender):
            prompt = _literals.ASK_AT_TERMINATION if ends else _literals.ASK_AT_LIMIT
            answer, typed = yield from _ask(agent, prompt.format(sender=_name(sender)), lambda: ends, iostream)

    if answer == _literals.EXIT:
        agent._consecutive_auto_reply_counter[sender] = 0
        _note_the_end(agent, StopReason.PERSON if typed else _end_without_a_word(ends), message)
        return True, None

    if answer or agent._max_consecutive_auto_reply_dict[sender] == 0:
        agent._consecutive_auto_reply_counter[sender] = 0
        return True, _message_of_person(answer or "", message)

    agent._consecutive_auto_reply_counter[sender] += 1
    if mode != "NEVER":
        emit(AutoReplyUsed(agent, sender))
    return False, None


def _mode_of(agent: Party) -> str:
    """When the person is asked; anything unknown means TERMINATE, as in 0.2."""
    mode = agent.human_input_mode
    if mode not in _MODES:
        from ..._warn import warn_once

        warn_once(
            logger,
            f"human_input_mode of {agent.name} is {mode!r}, which is taken for 'TERMINATE'. Write 'ALWAYS', "
            "'TERMINATE' or 'NEVER', in capitals.",
        )
        return "TERMINATE"
    return mode


def _ends_the_chat(agent: Party, message: Message) -> bool:
    """What is_termination_msg says; programs count its calls, so it is only asked where its answer matters."""
    if not callable(agent._is_termination_msg):
        raise TypeError(
            f"is_termination_msg of {agent.name} must be a function of a message, such as "
            f'lambda message: "TERMINATE" in (message["content"] or ""), but it is {agent._is_termination_msg!r}.'
        )
    return agent._is_termination_msg(message)


def _is_at_its_limit(agent: Party, sender: Agent | None) -> bool:
    limit = agent._max_consecutive_auto_reply_dict[sender]
    try:
        return bool(agent._consecutive_auto_reply_counter[sender] >= limit)
    except TypeError as error:
        raise TypeError(f"max_consecutive_auto_reply of {agent.name} must be a number, but it is {limit!r}.") from error


def _ask(
    agent: Party, prompt: str, ends: Callable[[], bool], iostream: InputStream | AsyncInputStream | None
) -> Steps[tuple[str, bool]]:
    """Ask the person; no answer to a message that ends the chat means exit.

    Args:
        agent: whose person is asked.
        prompt: the question.
        ends: says whether the message ends the chat; called if the person does not answer.
        iostream: where the person is asked; None means at the usual place.

    Returns:
        The answer, and whether the person typed it.
    """
    elsewhere = {} if iostream is None else {"iostream": iostream}  # an override may not know of streams
    emit(PersonAsked(agent, prompt))
    yield WHICH_WAY  # whoever iterates over the chat hears of the question before it is asked
    answer = yield from person_steps(agent, prompt, Ask(agent, "get_human_input", prompt, **elsewhere))
    emit(PersonAnswered(agent, answer))
    if answer:
        return answer, True
    answer = _literals.EXIT if ends() else answer
    emit(Notice(agent, _literals.NO_HUMAN_INPUT, "red"))
    return answer, False


def _message_of_person(answer: str, message: Message) -> Message:
    """The person's words, with an answer to each call that they came in the way of."""
    response: Message = {"role": "user", "content": answer}
    interrupted: list[Message] = []
    if message.get("function_call"):
        interrupted.append(
            {"name": message["function_call"].get("name", ""), "role": "function", "content": _literals.INTERRUPTED}
        )
    for call in message.get("tool_calls") or []:
        interrupted.append({"tool_call_id": call.get("id", ""), "role": "tool", "content": _literals.INTERRUPTED})
    if interrupted:
        response["tool_responses"] = interrupted
    return response


def _name(sender: Agent | None) -> str:
    return "the sender" if sender is None else sender.name


def _end_without_a_word(ends: bool) -> StopReason:
    return StopReason.TERMINATION_MESSAGE if ends else StopReason.AUTO_REPLY_LIMIT


def _note_the_end(agent: Party, reason: StopReason, message: Message) -> None:
    running_chat = running_chats.current()
    if running_chat is not None:
        running_chat.note(reason, message, by=agent)
