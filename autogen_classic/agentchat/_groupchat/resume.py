"""Take up a group chat where an earlier one ended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ..._core.content import content_str
from ..._core.drive import Steps
from ..._core.events import GroupResumed, emit, warn
from ..._core.messages import Message
from ...errors import ResumeError
from ..agent import Agent
from . import broadcast, texts
from .contract import Manager

__all__ = ("messages_from_string", "resume", "with_speakers")

logger = logging.getLogger("autogen.agentchat.groupchat")

Messages = list[Message]

_CALLS_AND_ANSWERS = ("tool_calls", "function_call", "tool_responses")


def resume(
    manager: Manager,
    messages: Messages | str | Mapping[str, Any],
    remove_termination_string: str | Callable[[str], str] | None = None,
    silent: bool | None = False,
    *,
    partners: Iterable[Agent] = (),
) -> Steps[tuple[Any, Message]]:
    """Make a group as it was after these messages, except for the last, which will be said again.

    See `GroupChatManager.resume` for the arguments.

    Returns:
        The agent that said the last message, and that message.

    Raises:
        ResumeError: the messages are not those of this group.
    """
    given = manager.messages_from_string(messages) if isinstance(messages, str) else messages
    if isinstance(given, Mapping) and "schema" in given:
        said = _load_all_but_the_last(manager, given, partners)
    else:
        said = with_speakers(manager, cast(Messages, given))
        yield from _say_all_but_the_last(manager, said)

    last_message, last_speaker = said[-1]
    last_message.setdefault("name", last_speaker.name)
    if remove_termination_string is not None and isinstance(last_message.get("content"), str):
        last_message["content"] = _without_termination(last_message["content"], remove_termination_string)
    if manager._is_termination_msg(last_message):
        warn(logger, texts.MAY_TERMINATE)
    if not silent:
        emit(GroupResumed(manager, last_speaker, [message for message, _ in said]))
    return last_speaker, last_message


def _say_all_but_the_last(manager: Manager, said: list[tuple[Message, Agent]]) -> Steps[None]:
    """Let everybody forget what was said, and hear these messages."""
    groupchat = manager.groupchat
    for agent in groupchat.agents:
        agent.clear_history()
    manager.clear_history()
    groupchat.reset()
    listeners = broadcast.Listeners(manager, groupchat)
    for message, speaker in said[:-1]:
        yield from listeners.tell(message, None)
        groupchat.append(message, speaker)


def _load_all_but_the_last(
    manager: Manager, state: Mapping[str, Any], partners: Iterable[Agent]
) -> list[tuple[Message, Agent]]:
    """Load a saved state, and take its last message back from everybody who heard it.

    Returns:
        The messages with their speakers, the last one included.
    """
    from ...state._snapshot import load_agent

    load_agent(manager, state, partners)
    _check_not_empty(manager.groupchat.messages)
    known = {partner.name: partner for partner in manager._oai_messages if partner is not None}
    said = [(dict(message), known.get(message.get("name"), manager)) for message in manager.groupchat.messages]
    last = manager.groupchat.messages.pop()
    for partner in known.values():
        for owner, other in ((manager, partner), (partner, manager)):
            history = owner._oai_messages.get(other)
            if history and _is_copy_of(last, history[-1]):
                content = history.pop().get("content")
                if isinstance(content, list):  # the group itself keeps pictures as texts
                    said[-1][0]["content"] = content
    return said


def _is_copy_of(kept: Message, stored: Message) -> bool:
    """Whether a message that a group keeps is one from a history; the group has turned its content into a text."""
    same_content = content_str(stored.get("content")) == kept.get("content")
    return same_content and all(stored.get(key) == kept.get(key) for key in _CALLS_AND_ANSWERS)


def with_speakers(manager: Manager, messages: Messages) -> list[tuple[Message, Agent]]:
    """Pair a copy of each message with the agent who said it.

    Args:
        manager: who leads the group.
        messages: the messages.

    Raises:
        ResumeError: the messages are not a list of dicts, there are none, or one of them names somebody who is
            not in the group.
    """
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise ResumeError("Messages is not of type str or List[Dict]")
    _check_not_empty(messages)
    return [(dict(message), _speaker_of(manager, message)) for message in messages]


def _check_not_empty(messages: Messages) -> None:
    if not messages:
        raise ResumeError(
            "Cannot resume group chat as no messages were provided. Use GroupChatManager.run_chat or "
            "ConversableAgent.initiate_chat to start a new chat."
        )


def messages_from_string(message_string: str) -> Messages:
    """Read messages from JSON; see `GroupChatManager.messages_from_string`.

    Raises:
        ResumeError: the text is not JSON.
    """
    try:
        messages: Messages = json.loads(message_string)  # `resume` checks that it is a list of messages
        return messages
    except json.JSONDecodeError as error:
        raise ResumeError("Messages string is not a valid JSON string") from error


def _speaker_of(manager: Manager, message: Message) -> Agent:
    """The agent that said a message: the manager, if it has no author or is the answer of a function."""
    name = message.get("name")
    if name in (None, "", manager.name) or message.get("role") == "function":
        return manager
    speaker = manager.groupchat.agent_by_name(name)
    if speaker is None:
        raise ResumeError(f"Agent name in message doesn't exist as agent in group chat: {name}")
    return speaker


def _without_termination(content: str, remove: str | Callable[[str], str]) -> str:
    return content.replace(remove, "") if isinstance(remove, str) else remove(content)
