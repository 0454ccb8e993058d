"""Let the members of a group hear a message, or the manager: by the short way where only the histories would notice.

Sending a message means steps for hooks, both histories, events and the printer. In a group every message is heard by
all, silently and without a reply. Where both ends are as the library made them and nobody listens to events, two
appends are all that is left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TypeGuard

from ..._core import tape
from ..._core.drive import Ask, Steps
from ..._core.events import MessageReceived, MessageSent
from ..._core.messages import Message, TextOrMessage, as_message, stored_form
from ..._core.party import Party
from ..._core.stream import hearers
from ..agent import Agent
from ..conversable_agent import OWN_METHODS, ConversableAgent
from .contract import Group, Manager

__all__ = ("hand_in", "stores_plainly", "tell")


class _Methods:
    """Methods that a message passes unless it goes the short way.

    Args:
        *names: what they are called.
    """

    def __init__(self, *names: str) -> None:
        self._names = names
        self._of_class = attrgetter(*names)
        self._as_made = tuple(OWN_METHODS[name] for name in names)

    def are_as_made(self, cls: type) -> bool:
        """Whether a class has them as the library wrote them: neither overridden nor patched."""
        return ConversableAgent in cls.__mro__ and self._of_class(cls) == self._as_made

    def are_as_made_for(self, agent: object) -> TypeGuard[Party]:
        """Whether an agent has them from such a class, and nothing of its own in their place."""
        cls = type(agent)
        return (
            ConversableAgent in cls.__mro__
            and self._of_class(cls) == self._as_made
            and agent.__dict__.keys().isdisjoint(self._names)
        )


_OF_BOTH = ("_append_oai_message", "_message_to_dict", "_is_silent")
_SENDING = _Methods("send", "a_send", "_process_message_before_send", "_a_process_message_before_send", *_OF_BOTH)
_LISTENING = _Methods("receive", "a_receive", "_process_received_message", *_OF_BOTH)


def stores_plainly(cls: type) -> bool:
    """Whether what `tell` reads of agents of a class stands in their own dicts, and nothing answers in its place."""
    return not any(hasattr(cls, name) for name in ("_oai_messages", "__getattr__"))


def tell(
    manager: Manager,
    groupchat: Group,
    message: TextOrMessage,
    speaker: object,
    asynchronous: bool,
    is_plain: Callable[[type], bool] = stores_plainly,
) -> Steps[None]:
    """Send a message to every member but its author, silently and without asking for a reply.

    Args:
        manager: who leads the group, and passes the message on.
        groupchat: the group.
        message: what was said.
        speaker: who said it; None tells everybody.
        asynchronous: whether this is an asynchronous chat.
        is_plain: `stores_plainly`, which may remember its answers for the length of a chat.
    """
    sent, heard = _stored_by_both(message, manager.name)
    may_be_short = bool(sent) and _sends_by_the_short_way(manager)
    receive = "a_receive" if asynchronous else "receive"
    histories = manager._oai_messages
    as_made: dict[type, bool] = {}
    cls: type | None = None
    for member in groupchat.agents:
        if member is speaker:
            continue
        if type(member) is not cls:  # the members of a group are often of one class
            cls = type(member)
            if cls not in as_made:
                as_made[cls] = may_be_short and is_plain(cls) and _LISTENING.are_as_made(cls)
            is_short = as_made[cls]
        # What the member itself has in place of a method is looked for name by name, for here the time of a group goes.
        if (
            is_short
            and not (receive in (own := member.__dict__) or "_process_received_message" in own)
            and not ("_append_oai_message" in own or "_message_to_dict" in own or "_is_silent" in own)
        ):
            histories[member].append(sent.copy())
            own["_oai_messages"][manager].append(heard.copy())
        else:
            yield Ask(manager, "send", message, member, request_reply=False, silent=True)


def hand_in(speaker: Agent, manager: Manager, message: TextOrMessage, silent: bool) -> Steps[None]:
    """Send what a member says to the manager, who does not reply to it.

    Args:
        speaker: the member.
        manager: who leads the group.
        message: what it says.
        silent: whether nothing is printed.
    """
    if (
        silent
        and not tape.in_use  # a journal keeps each message once
        and _LISTENING.are_as_made_for(manager)
        and _sends_by_the_short_way(speaker)
    ):
        sent, heard = _stored_by_both(message, speaker.name)
        if sent:
            speaker._oai_messages[manager].append(sent)
            manager._oai_messages[speaker].append(heard)
            return
    yield Ask(speaker, "send", message, manager, request_reply=False, silent=silent)


def _stored_by_both(message: TextOrMessage, author: str) -> tuple[Message, Message]:
    """What the author of a message stores, and what its recipient does; empty dicts for one that says nothing."""
    said = as_message(message)
    return stored_form(said, "assistant", author) or {}, stored_form(said, "user", author) or {}


def _sends_by_the_short_way(agent: Agent) -> TypeGuard[Party]:
    """Whether only the histories would notice that an agent does not send a silent message by its steps."""
    return (
        not hearers(MessageSent)
        and not hearers(MessageReceived, silent=True)
        and _SENDING.are_as_made_for(agent)
        and agent.silent is not False
        and not agent.hook_lists["process_message_before_send"]
        and not agent.hook_lists["a_process_message_before_send"]
    )
