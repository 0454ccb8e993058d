"""Obey a person of a group who writes CLEAR HISTORY, with the name of an agent, a number of messages, or both."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TypeGuard, cast

from ..._core.events import ClearingAsked, emit
from ..._core.history import forget, messages_to_keep
from ..._core.messages import Message
from ..._core.party import Party
from .contract import Group

__all__ = ("asks_to_clear", "clear")

_COMMAND = ["CLEAR", "HISTORY"]


@dataclass
class _Command:
    """What the words CLEAR HISTORY [agent] [number] ask for, and the text around them."""

    agent_name: str | None
    keep: int | None
    rest: str


def asks_to_clear(reply: object) -> TypeGuard[Message]:
    """Tell whether a reply, which must be a dict as people's replies are, asks to clear the history."""
    if not isinstance(reply, dict):
        return False
    content = reply.get("content")
    return isinstance(content, str) and _start_of_command(content.split()) is not None


def clear(manager: Party, reply: Message, groupchat: Group) -> str:
    """Clear the history of one agent, or of all agents and the group.

    An answer to a call keeps the message that called.

    Args:
        manager: the manager, in whose name the transcript tells about it.
        reply: the message with the command.
        groupchat: the group.

    Returns:
        The content of the reply without the command.
    """
    command = _parse(reply["content"], groupchat.agent_names)
    keep = command.keep
    if not keep and ("tool_responses" in reply or reply.get("role") in ("function", "tool")):
        keep = 1
    emit(ClearingAsked(manager, command.agent_name, keep or 0))

    if command.agent_name is not None:
        agent = cast(Party, groupchat.agent_by_name(command.agent_name))  # the name is one of the group's
        agent.clear_history(nr_messages_to_preserve=keep)
        return command.rest
    forget(groupchat.messages, messages_to_keep(groupchat.messages, keep or 0))
    for agent in groupchat.agents:
        agent.clear_history(nr_messages_to_preserve=keep)
    return command.rest


def _parse(content: str, agent_names: list[str]) -> _Command:
    words = content.split()
    start = _start_of_command(words)
    if start is None:
        return _Command(None, None, content)
    end = start + len(_COMMAND)
    agent_name = _leading_name(words[end:], agent_names)
    if agent_name is not None:
        end += len(agent_name.split())
    keep = _leading_number(words[end:])
    if keep is not None:
        end += 1
    elif agent_name is None:
        keep = _leading_number(words[end + 1 :])  # after an unknown name: better too much than too little
    return _Command(agent_name, keep or None, " ".join(words[:start] + words[end:]))


def _start_of_command(words: list[str]) -> int | None:
    """Where CLEAR HISTORY stands among the words; punctuation may cling to either of them."""
    plain = [word.strip(string.punctuation).upper() for word in words]
    for index in range(len(plain) - 1):
        if plain[index : index + len(_COMMAND)] == _COMMAND:
            return index
    return None


def _leading_name(words: list[str], names: list[str]) -> str | None:
    """The name with which the words begin; a name may have spaces."""
    for name in names:
        if " ".join(words[: len(name.split())]).rstrip(string.punctuation) == name:
            return name
    return None


def _leading_number(words: list[str]) -> int | None:
    """The number with which the words begin."""
    number = words[0].rstrip(string.punctuation) if words else ""
    return int(number) if number.isdecimal() else None
