"""What an agent is: anything with a name that can send, receive and reply."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

__all__ = ("Agent", "LLMAgent")


@runtime_checkable
class Agent(Protocol):
    """An agent that takes part in chats.

    A class that has these members is an agent, whether it inherits from this protocol or not.
    """

    @property
    def name(self) -> str:
        """The name by which others know the agent."""
        ...

    @property
    def description(self) -> str:
        """What the agent is good for; a group chat introduces it to the others with this text."""
        ...

    def send(self, message: dict[str, Any] | str, recipient: Agent, request_reply: bool | None = None) -> None:
        """Send a message.

        Args:
            message: a text, or a dict with at least content or a call.
            recipient: who gets it.
            request_reply: whether the recipient is asked to reply; None leaves it to the recipient.
        """
        ...

    async def a_send(self, message: dict[str, Any] | str, recipient: Agent, request_reply: bool | None = None) -> None:
        """Send a message in an asynchronous chat; see `send`."""
        ...

    def receive(self, message: dict[str, Any] | str, sender: Agent, request_reply: bool | None = None) -> None:
        """Receive a message.

        Args:
            message: a text, or a dict with at least content or a call.
            sender: who sent it.
            request_reply: whether the sender asks for a reply; None leaves it to this agent.
        """
        ...

    async def a_receive(self, message: dict[str, Any] | str, sender: Agent, request_reply: bool | None = None) -> None:
        """Receive a message in an asynchronous chat; see `receive`."""
        ...

    def generate_reply(
        self, messages: list[dict[str, Any]] | None = None, sender: Agent | None = None, **kwargs: Any
    ) -> str | dict[str, Any] | None:
        """Find a reply to messages.

        Args:
            messages: the conversation; None takes what the agent and the sender said to each other.
            sender: who wrote the last message.
            **kwargs: whatever an implementation offers besides.

        Returns:
            The reply, or None for none.
        """
        ...

    async def a_generate_reply(
        self, messages: list[dict[str, Any]] | None = None, sender: Agent | None = None, **kwargs: Any
    ) -> str | dict[str, Any] | None:
        """Find a reply in an asynchronous chat; see `generate_reply`."""
        ...


@runtime_checkable
class LLMAgent(Agent, Protocol):
    """An agent that a model speaks for."""

    @property
    def system_message(self) -> str:
        """What the model is told about its part."""
        ...

    def update_system_message(self, system_message: str) -> None:
        """Tell the model something else about its part.

        Args:
            system_message: the new system message.
        """
        ...
