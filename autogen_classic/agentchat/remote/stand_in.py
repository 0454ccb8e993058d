"""What stands in a program for an agent elsewhere, over whichever protocol that one is asked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from ..._core.callables import wait_for
from ..agent import Agent
from ..conversable_agent import ConversableAgent
from ..group.context_variables import ContextVariables
from .protocol import RequestMessage, ResponseMessage, changed_variables, reply_of, sendable

__all__ = ("StandIn", "typed_answer")

_GOODBYE = "exit"


def typed_answer(text: str) -> ResponseMessage:
    """Make an answer of what a person types that an agent elsewhere has answered.

    Args:
        text: what was typed.
    """
    return ResponseMessage(messages=[{"role": "assistant", "content": text}])


class StandIn(ConversableAgent):
    """Takes part in chats, and asks an agent elsewhere for its replies.

    Args:
        name: its name here.
        silent: whether what it says is not printed.
    """

    def __init__(self, name: str, silent: bool | None) -> None:
        super().__init__(name, silent=silent)
        self.replace_reply_func(ConversableAgent.generate_oai_reply, StandIn.generate_remote_reply)
        self.replace_reply_func(ConversableAgent.a_generate_oai_reply, StandIn.a_generate_remote_reply)

    def generate_remote_reply(
        self, messages: list[dict[str, Any]] | None = None, sender: Agent | None = None, config: object = None
    ) -> tuple[bool, dict[str, Any] | None]:
        """Ask for a reply in a synchronous chat; see `a_generate_remote_reply`."""
        return wait_for(lambda: self.a_generate_remote_reply(messages, sender, config))

    async def a_generate_remote_reply(
        self, messages: list[dict[str, Any]] | None = None, sender: Agent | None = None, config: object = None
    ) -> tuple[bool, dict[str, Any] | None]:
        """Ask for a reply.

        Args:
            messages: the conversation; None takes it from the history with the sender.
            sender: who spoke last.
            config: not used.

        Returns:
            ``(True, reply)``; ``(True, None)`` if there is none, or the person who was asked has ended the chat.

        Raises:
            RemoteAgentError: nobody is there, the agent elsewhere has failed, or the connection was lost.
        """
        if messages is None:
            messages = self._oai_messages[sender]
        variables = self.context_variables.to_dict()
        tools = self._tools_offered()
        request = RequestMessage(messages=list(messages), context=variables or None, client_tools=tools)
        context_id = uuid4().hex
        while True:
            answer = await self._answer_to(request, context_id)
            if answer.input_required is None:
                break
            said = await self.a_get_human_input(f"Input for `{self.name}`\n{answer.input_required}")
            if said == _GOODBYE:
                return True, None
            request.messages.append({"role": "user", "content": said})
        changed = changed_variables(answer, self._as_carried(variables))
        self.context_variables.update(ContextVariables(data=changed))
        return True, reply_of(answer, request)

    def _tools_offered(self) -> list[dict[str, Any]]:
        """The schemas of the tools that the agent elsewhere may have run here."""
        return []

    def _as_carried(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The context variables as the protocol carries them."""
        return sendable(variables)

    async def _answer_to(self, request: RequestMessage, context_id: str) -> ResponseMessage:
        """Ask once.

        Args:
            request: what is asked.
            context_id: what the requests for one reply have in common.
        """
        raise NotImplementedError
