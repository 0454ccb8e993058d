"""Let many members hear one message: by the short way where nothing but the two histories would notice.

Sending a message means steps for hooks, both histories, events and the printer. In a group every message is heard by
all, silently and without a reply. Where both ends are as the library made them and nobody listens to events, two
appends are all that is left to do.
"""

from __future__ import annotations

from operator import attrgetter

from ..._core import events, running_chats
from ..._core.drive import Ask, Steps
from ..._core.messages import TextOrMessage, as_message, stored_form
from ..conversable_agent import OWN_METHODS, ConversableAgent
from .contract import Group, Manager

__all__ = ("tell",)


class _Methods:
    """Methods that a message passes unless it goes the short way.

    Args:
        *names: what they are called.

    Attributes:
        names: what they are called.
    """

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)
        self._of_class = attrgetter(*names)
        self._as_made = tuple(OWN_METHODS[name] for name in names)

    def are_as_made(self, cls: type) -> bool:
        """Whether a class has them as the library wrote them: neither overridden nor patched."""
        return ConversableAgent in cls.__mro__ and self._of_class(cls) == self._as_made


_OF_BOTH = ("_append_oai_message", "_message_to_dict", "_is_silent")
_SENDING = _Methods("send", "a_send", "_process_message_before_send", "_a_process_message_before_send", *_OF_BOTH)
_LISTENING = _Methods("receive", "a_receive", "_process_received_message", *_OF_BOTH)


def tell(manager: Manager, groupchat: Group, message: TextOrMessage, speaker: object) -> Steps[None]:
    """Send a message to every member but its author, silently and without asking for a reply.

    Args:
        manager: who leads the group, and passes the message on.
        groupchat: the group.
        message: what was said.
        speaker: who said it; None tells everybody.
    """
    said, author = as_message(message), manager.name
    sent = stored_form(said, "assistant", author) or {}
    heard = stored_form(said, "user", author) or {}
    classes = set(map(type, groupchat.agents)) if sent and _sends_by_the_short_way(manager) else set()
    short = {cls for cls in classes if _LISTENING.are_as_made(cls)}
    for member in groupchat.agents:
        if member is speaker:
            continue
        # What the member itself has in place of a method is looked for name by name, for here the time of a group goes.
        if (
            type(member) in short
            and member.silent is not False
            and not ("receive" in (own := member.__dict__) or "a_receive" in own or "_process_received_message" in own)
            and not ("_append_oai_message" in own or "_message_to_dict" in own or "_is_silent" in own)
        ):
            manager._oai_messages[member].append(sent.copy())
            member._oai_messages[manager].append(heard.copy())
        else:
            yield Ask(manager, "send", message, member, request_reply=False, silent=True)
    running_chat = running_chats.current()
    if running_chat is not None:
        running_chat.go_on()


def _sends_by_the_short_way(manager: Manager) -> bool:
    """Whether only the histories would notice that the manager does not send a message by its steps."""
    return (
        not events.is_heard(events.MessageSent)
        and not events.is_heard(events.MessageReceived, silent=True)
        and _SENDING.are_as_made(type(manager))
        and vars(manager).keys().isdisjoint(_SENDING.names)
        and not manager.hook_lists["process_message_before_send"]
        and not manager.hook_lists["a_process_message_before_send"]
    )
