"""Let many members hear one message: by the short way where nothing but the two histories would notice.

Sending a message means steps for hooks, both histories, events and the printer. In a group every message is heard by
all, silently and without a reply. Where both ends are as the library made them and nobody listens to events, two
appends are all that is left to do.
"""

from __future__ import annotations

from ..._core import events, running_chats
from ..._core.drive import Ask, Steps
from ..._core.messages import TextOrMessage, as_message, stored_form
from ..._core.party import Party
from .. import _printer
from ..conversable_agent import OWN_METHODS
from .contract import Group, Manager

__all__ = ("tell",)

_METHODS = frozenset(
    {
        "send",
        "a_send",
        "_process_message_before_send",
        "_a_process_message_before_send",
        "receive",
        "a_receive",
        "_process_received_message",
        "_append_oai_message",
        "_message_to_dict",
        "_is_silent",
    }
)


def tell(manager: Manager, groupchat: Group, message: TextOrMessage, speaker: object) -> Steps[None]:
    """Send a message to every member but its author, silently and without asking for a reply.

    Args:
        manager: who leads the group, and passes the message on.
        groupchat: the group.
        message: what was said.
        speaker: who said it; None tells everybody.
    """
    sent = stored_form(as_message(message), "assistant", manager.name)
    heard = stored_form(as_message(message), "user", manager.name)
    known: dict[type, bool] = {}
    is_short = _sends_by_the_short_way(manager, known)
    for member in groupchat.agents:
        if member is speaker:
            continue
        if is_short and sent is not None and heard is not None and _hears_by_the_short_way(member, known):
            manager._oai_messages[member].append(sent.copy())
            member._oai_messages[manager].append(heard.copy())
        else:
            yield Ask(manager, "send", message, member, request_reply=False, silent=True)
    running_chat = running_chats.current()
    if running_chat is not None:
        running_chat.go_on()


def _sends_by_the_short_way(manager: Party, known: dict[type, bool]) -> bool:
    return (
        events.audience(events.MessageSent, events.MessageReceived) in ([], [_printer.show])
        and _is_as_made(manager, known)
        and not manager.hook_lists["process_message_before_send"]
        and not manager.hook_lists["a_process_message_before_send"]
    )


def _hears_by_the_short_way(member: Party, known: dict[type, bool]) -> bool:
    return _is_as_made(member, known) and member.silent is not False


def _is_as_made(agent: object, known: dict[type, bool]) -> bool:
    """Whether an agent has its methods as the library wrote them: not in a subclass, on itself, nor patched.

    Args:
        agent: any agent.
        known: the answers for classes, which hold as long as one message is passed on.
    """
    cls = type(agent)
    if cls not in known:
        known[cls] = all(getattr(cls, name, None) is OWN_METHODS[name] for name in _METHODS)
    return known[cls] and vars(agent).keys().isdisjoint(_METHODS)
