"""Let the members of a group hear a message, or the manager: by the short way where only the histories would notice.

Sending a message means steps for hooks, both histories, events and the printer. In a group every message is heard by
all, silently and without a reply. Where both ends are as the library made them and nobody listens to events, two
appends are all that is left to do.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, TypeGuard

from ..._core import tape
from ..._core.drive import Ask, Steps
from ..._core.events import MessageReceived, MessageSent
from ..._core.messages import Message, TextOrMessage, as_message, stored_form
from ..._core.party import Party
from ..._core.stream import hearers
from ..agent import Agent
from ..conversable_agent import OWN_METHODS, ConversableAgent
from .contract import Group, Manager

__all__ = ("Listeners", "hand_in")


class _Methods:
    """Methods that a message passes unless it goes the short way.

    Args:
        *names: what they are called.
    """

    def __init__(self, *names: str) -> None:
        self.names = names
        self._of_class = attrgetter(*names)
        self._as_made = tuple(OWN_METHODS[name] for name in names)

    def are_as_made(self, cls: type) -> bool:
        """Whether a class has them as the library wrote them: neither overridden nor patched."""
        return ConversableAgent in cls.__mro__ and self._of_class(cls) == self._as_made

    def are_as_made_for(self, agent: object) -> TypeGuard[Party]:
        """Whether an agent has them from such a class, and nothing of its own in their place."""
        return self.are_as_made(type(agent)) and agent.__dict__.keys().isdisjoint(self.names)


_OF_BOTH = ("_append_oai_message", "_message_to_dict", "_is_silent")
_SENDING = _Methods("send", "a_send", "_process_message_before_send", "_a_process_message_before_send", *_OF_BOTH)
_LISTENING = _Methods("receive", "a_receive", "_process_received_message", *_OF_BOTH)

_BY_IDENTITY: object = object.__eq__


class Listeners:
    """The members of a group, as those who hear what is said in a chat.

    How a member hears is looked up when the list of members has changed. A member that has as many attributes as then
    is taken to hear as it did. So a method that a program gives a member in mid-chat counts from the next message on;
    another class of the member itself, only from the next chat on.

    Args:
        manager: who leads the group, and passes on what is said.
        groupchat: the group.
    """

    def __init__(self, manager: Manager, groupchat: Group) -> None:
        self._manager, self._groupchat = manager, groupchat
        self._members: list[Any] = []
        self._known: list[tuple[Any, dict[str, Any], int]] = []  # how many attributes: -1 if it hears by its steps
        self._classes: set[type] = set()  # of those who hear by the short way

    def tell(self, message: TextOrMessage, speaker: object) -> Steps[None]:
        """Send a message to every member but its author, silently and without asking for a reply.

        Args:
            message: what was said.
            speaker: who said it; None tells everybody.
        """
        manager, members = self._manager, self._groupchat.agents
        if members != self._members:
            self._meet([*members])
        sent, heard = _stored_by_both(message, manager.name)
        may_be_short = sent and _sends_by_the_short_way(manager) and all(map(_LISTENING.are_as_made, self._classes))
        known = self._known if may_be_short else [(member, {}, -1) for member in members]
        histories = manager._oai_messages
        for member, own, attributes in known:  # here the time of a large group goes
            if member is speaker:
                continue
            if len(own) == attributes or (attributes >= 0 and self._is_still_short(member)):
                histories[member].append(sent.copy())
                own["_oai_messages"][manager].append(heard.copy())
            else:
                yield Ask(manager, "send", message, member, request_reply=False, silent=True)
        for joiner in members[len(known) :]:  # whom a member has brought in when it heard this
            yield Ask(manager, "send", message, joiner, request_reply=False, silent=True)

    def _is_still_short(self, member: object) -> bool:
        """Look again at a member that has changed; with the next message, at all of them."""
        self._members = []
        return _LISTENING.are_as_made_for(member) and _stores_plainly(type(member))

    def _meet(self, members: list[Any]) -> None:
        """Look up how each member hears."""
        classes = set(map(type, members))
        # Members that are equal without being the same cannot be told apart by their list, and are met each time.
        self._members = members if all(cls.__eq__ is _BY_IDENTITY for cls in classes) else []
        self._classes = {cls for cls in classes if _stores_plainly(cls) and _LISTENING.are_as_made(cls)}
        self._known = []
        for member in members:
            own = getattr(member, "__dict__", {})
            is_short = type(member) in self._classes and own.keys().isdisjoint(_LISTENING.names)
            self._known.append((member, own, len(own) if is_short else -1))


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
    heard = stored_form(said, "user", author) or {}
    if heard.get("role") == "user" and "override_role" not in said:
        return {**heard, "role": "assistant"}, heard
    return heard.copy(), heard


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


def _stores_plainly(cls: type) -> bool:
    """Whether the histories of agents of a class stand in their own dicts, and nothing answers in their place."""
    return not any(hasattr(cls, name) for name in ("_oai_messages", "__getattr__"))
