"""The rounds of a group chat: everybody hears the last message, somebody is selected, and that one replies."""

from __future__ import annotations

import logging
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from ..._core import replies, running_chats, steering
from ..._core.drive import WHICH_WAY, Ask, Call, Steps, Then
from ..._core.events import ChatStarted, SpeakerSelected, emit, is_heard, warn
from ..._core.messages import Message, TextOrMessage
from ..._core.party import Party
from ..._core.running_chats import RunningChat, StopReason, steered, taking_part
from ..._core.shared_loop import MESSAGES_BETWEEN_TURNS_OF_OTHERS, turn_of_others
from ..._core.steps import emit_end
from ...errors import NoEligibleSpeaker
from ..agent import Agent
from . import broadcast, checks, clearing, texts
from .contract import Group, Manager

__all__ = ("run_chat", "select_speaker")

logger = logging.getLogger("autogen.agentchat.groupchat")


def run_chat(
    manager: Manager, messages: list[Message] | None = None, sender: Any = None, config: Any = None
) -> Steps[tuple[bool, None]]:
    """Lead a group through a conversation that begins with the last of the messages.

    Args:
        manager: the manager.
        messages: the conversation of the manager and the sender; None takes it from the history.
        sender: who speaks first.
        config: the group.

    Returns:
        ``(True, None)``: the manager has nothing to add.
    """
    groupchat: Group = config
    checks.check_before_chat(groupchat)
    checks.check_leader(manager, groupchat)
    message = (manager._oai_messages[sender] if messages is None else messages)[-1]
    speaker: Agent = sender
    running_chat = running_chats.current() or RunningChat()
    asynchronous = yield WHICH_WAY
    led_group, listeners = cache(replies.led_group), broadcast.Listeners(manager, groupchat)
    with taking_part(running_chat, manager, *groupchat.agents), _lent_cache(manager, groupchat.agents):
        if groupchat.send_introductions:
            yield from listeners.tell(groupchat.introductions_msg(), None)
        for round_number in range(1, operator.index(groupchat.max_round) + 1):
            manager._last_speaker = speaker
            heard = _append(groupchat, message, speaker)
            yield from listeners.tell(heard, speaker)
            if _is_over(manager, groupchat, round_number, groupchat.messages[-1], running_chat):
                break
            silent = _is_silent(manager)
            announce = (not asynchronous or _announces_always(groupchat)) and not silent
            reply, speaker = yield from _next_reply(manager, groupchat, speaker, running_chat, led_group, announce)
            if reply is None:
                break
            if groupchat.enable_clear_history and clearing.asks_to_clear(reply):
                reply = {**reply, "content": _clear_history(manager, reply, groupchat)}
            yield from broadcast.hand_in(speaker, manager, reply, silent)
            running_chat.go_on()  # somebody has spoken, whatever was noted before
            message = manager.last_message(speaker) or message  # it was said just now
            in_a_loop = running_chat.watch_for_loop(speaker, message.get("content"))
            if in_a_loop is not None:
                warn(logger, "%s", in_a_loop)
            if asynchronous and running_chat.messages_heard % MESSAGES_BETWEEN_TURNS_OF_OTHERS == 0:
                yield turn_of_others()
    return True, None


def select_speaker(groupchat: Group, last_speaker: Agent, selector: Party) -> Steps[Agent | Then]:
    """Select the next speaker; see `GroupChat.select_speaker`."""
    prepared: tuple[Agent | None, list[Agent], list[Message] | None]
    prepared = yield Call(groupchat._prepare_and_select_agents, last_speaker)
    selected, candidates, messages = prepared
    if selected is not None:
        return selected
    asynchronous = yield WHICH_WAY
    by_model = groupchat.a_auto_select_speaker if asynchronous else groupchat._auto_select_speaker
    return Then(Call(by_model, last_speaker, selector, messages, candidates))


def _append(groupchat: Group, message: Message, speaker: Agent) -> Message:
    """Add a message to what the group has said, which is kept as text, and return what the members hear of it."""
    parts = message.get("content")
    if not isinstance(parts, list):
        groupchat.append(message, speaker)
        return message
    as_text = {**message}
    groupchat.append(as_text, speaker)
    return {**as_text, "content": parts}


def _is_silent(manager: Party) -> bool:
    """Whether nothing is printed; an agent that leads a group without being a manager has no such setting."""
    return bool(getattr(manager, "_silent", manager.silent))


def _announces_always(groupchat: Group) -> bool:
    """Whether the next speaker is announced in asynchronous chats too: a group of AG2 says so, one of 0.2 does not."""
    return bool(getattr(groupchat.speaker_selection_method, "announces_always", False))


def _clear_history(manager: Manager, reply: Message, groupchat: Group) -> str:
    clear = getattr(manager, "clear_agents_history", None)
    return str(clearing.clear(manager, reply, groupchat) if clear is None else clear(reply, groupchat))


def _is_over(
    manager: Manager, groupchat: Group, round_number: int, message: Message, running_chat: RunningChat
) -> bool:
    """Tell whether the chat ends with this message, and keep why."""
    if manager._is_termination_msg(message):
        running_chat.note(StopReason.TERMINATION_MESSAGE, message)
        return True
    if round_number >= groupchat.max_round:
        running_chat.note(StopReason.MAX_ROUND, message, groupchat.max_round)
        return True
    return running_chat.must_end(message)


def _next_reply(
    manager: Manager,
    groupchat: Group,
    last_speaker: Agent,
    running_chat: RunningChat,
    led_group: Callable[..., replies.LedGroup | None],
    announce: bool,
) -> Steps[tuple[TextOrMessage | None, Agent]]:
    """Select who speaks next and have it reply.

    Returns:
        The reply and its author. Without a reply, which is None, the chat ends.
    """
    if steered:
        yield from steering.stand_still()
    try:
        speaker = yield Ask(groupchat, "select_speaker", last_speaker, manager)
        if steered:
            yield from steering.stand_still()
        if running_chat.must_end(groupchat.messages[-1]):
            return None, last_speaker
        if is_heard(SpeakerSelected, silent=not announce):
            emit(SpeakerSelected(manager, speaker, announce), silent=not announce)
        inner_group = led_group(speaker)
        if inner_group is not None:
            reply = yield from _reply_of_inner_group(speaker, inner_group, manager)
        else:
            reply = yield Ask(speaker, "generate_reply", sender=manager)
    except KeyboardInterrupt:
        if groupchat.admin_name not in groupchat.agent_names:
            raise
        speaker = groupchat.agent_by_name(groupchat.admin_name)
        reply = yield Ask(speaker, "generate_reply", sender=manager)
    except NoEligibleSpeaker:
        if running_chat.reason is None:  # otherwise whoever selects has ended the chat on purpose
            warn(logger, texts.NO_ELIGIBLE_SPEAKER)
            running_chat.note(StopReason.NO_ELIGIBLE_SPEAKER, groupchat.messages[-1])
        return None, last_speaker
    if reply is None and running_chat.reason is None:
        running_chat.note(StopReason.NO_REPLY, groupchat.messages[-1], by=speaker)
    return reply, speaker


def _reply_of_inner_group(leader: Manager, group: replies.LedGroup, manager: Manager) -> Steps[TextOrMessage | None]:
    """Have a member that leads a group itself reply: it holds its own chat, whose last words are its reply."""
    reply = None
    with running_chats.begin(manager, leader) as inner_chat:
        emit(ChatStarted(manager, leader))
        try:
            reply = yield Ask(leader, "generate_reply", sender=manager)
        finally:
            inner_chat.conclude()
            emit_end(manager, leader, inner_chat)
    if reply is None and group.messages and leader._last_speaker is not manager:
        return cast(str, group.messages[-1]["content"])
    return cast("TextOrMessage | None", reply)


@contextmanager
def _lent_cache(manager: Manager, agents: list[Any]) -> Iterator[None]:
    """Lend the cache of the manager to every agent for the length of the chat."""
    borrowers = [] if manager.client_cache is None else list(agents)
    for agent in borrowers:
        agent.previous_cache = getattr(agent, "client_cache", None)
        agent.client_cache = manager.client_cache
    try:
        yield
    finally:
        for agent in borrowers:
            agent.client_cache, agent.previous_cache = agent.previous_cache, None
