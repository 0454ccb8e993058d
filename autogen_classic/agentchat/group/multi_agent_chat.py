"""Run group chats with handoffs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._core.drive import drive, drive_async
from ._running import group_chat_steps

if TYPE_CHECKING:
    from ..agent import Agent
    from ..chat import ChatResult
    from .context_variables import ContextVariables
    from .patterns.pattern import Pattern

__all__ = ("a_initiate_group_chat", "initiate_group_chat")


def initiate_group_chat(
    pattern: Pattern, messages: list[dict[str, Any]] | str, max_rounds: int = 20
) -> tuple[ChatResult, ContextVariables, Agent | None]:
    """Run a group chat to its end.

    Args:
        pattern: how the agents take turns.
        messages: the messages that open the chat: a text, or a list of dicts. One without a name is said by the user.
            Several are those of an earlier chat, which goes on.
        max_rounds: how many messages are said before the chat ends, including the first.

    Returns:
        The result of the chat, the context variables (the object of the pattern), and the agent that spoke last.

    Raises:
        ValueError: the agents cannot form a group, or a message names a stranger.
    """
    return drive(group_chat_steps(pattern, messages, max_rounds))


async def a_initiate_group_chat(
    pattern: Pattern, messages: list[dict[str, Any]] | str, max_rounds: int = 20
) -> tuple[ChatResult, ContextVariables, Agent | None]:
    """Run a group chat in an event loop; see `initiate_group_chat`."""
    return await drive_async(group_chat_steps(pattern, messages, max_rounds))
