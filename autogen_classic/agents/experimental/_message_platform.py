"""What agents that talk on a platform for messages have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...agentchat.conversable_agent import ConversableAgent
from ...tools import Tool

__all__ = ("MessagePlatformAgent",)


class MessagePlatformAgent(ConversableAgent):
    """An agent whose model knows the tools of a platform; another agent of the chat runs them."""

    def __init__(
        self, name: str, system_message: str | list[str], writing: str, tools: Sequence[Tool], **kwargs: Any
    ) -> None:
        """Create the agent.

        Args:
            name: its name.
            system_message: what its model is told about its part.
            writing: how messages on the platform are written, as a part of the system message; "" for nothing.
            tools: the tools.
            **kwargs: further arguments of `ConversableAgent`.
        """
        if writing:
            told = f"\n\n{writing}"
            system_message = system_message + told if isinstance(system_message, str) else [*system_message, told]
        super().__init__(name, system_message=system_message, **kwargs)
        for tool in tools:
            tool.register_for_llm(self)
