"""Tools that ask models do so on the account of the agent whose model has called them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast

from ...agentchat._accounts import on_account_of
from ..dependency_injection import ChatContext

if TYPE_CHECKING:
    from ..._core.party import Party
    from ..._core.usage import Spender

__all__ = ("caller_in", "on_account_of_caller")


def caller_in(chat: ChatContext | None) -> Party | None:
    """Find the agent whose message calls the tool.

    Args:
        chat: the chat in which the tool runs; None where a program calls it.
    """
    if chat is None:
        return None
    for partner, said in chat.chat_messages.items():
        if said and said[-1] is chat.last_message:
            return cast("Party", partner)
    return None


def on_account_of_caller(chat: ChatContext | None, *spenders: Spender | None) -> AbstractContextManager[None]:
    """Let others count what they spend as spent by the agent whose message calls the tool.

    Args:
        chat: the chat in which the tool runs; None where a program calls it, and each counts for itself.
        *spenders: those who spend, such as clients of models.

    Returns:
        A context manager, within which it is so.
    """
    return on_account_of(caller_in(chat), *spenders)
