"""Take up a group chat where an earlier one ended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from ..._core.drive import Steps
from ..._core.events import Notice, emit, warn
from ..._core.messages import Message
from ...errors import AutogenClassicError
from ...formatting_utils import colored
from ..agent import Agent
from . import broadcast, texts
from .contract import Manager

__all__ = ("messages_from_string", "resume", "with_speakers")

logger = logging.getLogger("autogen.agentchat.groupchat")

Messages = list[Message]


def resume(
    manager: Manager,
    messages: Messages | str,
    remove_termination_string: str | Callable[[str], str] | None = None,
    silent: bool | None = False,
) -> Steps[tuple[Any, Message]]:
    """Make a group as it was after these messages, except for the last; see `GroupChatManager.resume`."""
    groupchat = manager.groupchat
    said = with_speakers(manager, manager.messages_from_string(messages) if isinstance(messages, str) else messages)

    for agent in groupchat.agents:
        agent.clear_history()
    manager.clear_history()
    groupchat.reset()

    for message, speaker in said[:-1]:
        yield from broadcast.tell(manager, groupchat, message, None)
        groupchat.append(message, speaker)

    last_message, last_speaker = said[-1]
    last_message.setdefault("name", last_speaker.name)
    if remove_termination_string is not None and isinstance(last_message.get("content"), str):
        last_message["content"] = _without_termination(last_message["content"], remove_termination_string)
    if manager._is_termination_msg(last_message):
        warn(logger, texts.MAY_TERMINATE)
    if not silent:
        name = colored(last_speaker.name, "yellow")
        emit(Notice(manager, texts.RESUMED.format(count=len(said), name=name)))
    return last_speaker, last_message


def with_speakers(manager: Manager, messages: Messages) -> list[tuple[Message, Agent]]:
    """Pair a copy of each message with the agent who said it.

    Raises:
        AutogenClassicError: for messages that are not a list of dicts, are empty, or name a stranger.
    """
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise AutogenClassicError("Messages is not of type str or List[Dict]")
    if not messages:
        raise AutogenClassicError(
            "Cannot resume group chat as no messages were provided. Use GroupChatManager.run_chat or "
            "ConversableAgent.initiate_chat to start a new chat."
        )
    return [(dict(message), _speaker_of(manager, message)) for message in messages]


def messages_from_string(message_string: str) -> Messages:
    """Read messages from JSON; see `GroupChatManager.messages_from_string`."""
    try:
        messages: Messages = json.loads(message_string)  # whether it is a list of messages, `resume` sees
        return messages
    except json.JSONDecodeError as error:
        raise AutogenClassicError("Messages string is not a valid JSON string") from error


def _speaker_of(manager: Manager, message: Message) -> Agent:
    """The agent who said a message. What has no author, or is a function's answer, came through the manager."""
    name = message.get("name")
    if name in (None, "", manager.name) or message.get("role") == "function":
        return manager
    speaker = manager.groupchat.agent_by_name(name)
    if speaker is None:
        raise AutogenClassicError(f"Agent name in message doesn't exist as agent in group chat: {name}")
    return speaker


def _without_termination(content: str, remove: str | Callable[[str], str]) -> str:
    return content.replace(remove, "") if isinstance(remove, str) else remove(content)
