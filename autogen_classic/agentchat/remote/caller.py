"""A client elsewhere, as an agent that speaks to the agent which the client asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from ..._core.messages import Message
from ..._core.tags import foreign_pictures_kept_over_chats
from .._run_tools import lend_tools
from ..conversable_agent import ConversableAgent
from .protocol import get_tool_names

__all__ = ("Caller", "hearing_client", "name_for_client", "remember")


class Caller(ConversableAgent):
    """Speaks for a client to an agent.

    It runs the agent's own tools. The tools that the client has offered are run by the client.

    Args:
        agent: the agent that it speaks to.
    """

    def __init__(self, agent: ConversableAgent) -> None:
        super().__init__(
            name_for_client([agent]), llm_config=False, human_input_mode="NEVER", is_termination_msg=self.ends
        )
        self._partner = agent
        self._names_of_client: frozenset[str] = frozenset()
        self.context_variables = agent.context_variables
        lend_tools(agent, self)

    def ends(self, message: Mapping[str, Any]) -> bool:
        """Tell whether a message of the agent goes back to the client: it calls nothing, or a tool of the client.

        Args:
            message: what the agent says.
        """
        called = {call["function"]["name"] for call in message.get("tool_calls") or ()}
        return not (called or message.get("function_call")) or not called.isdisjoint(self._names_of_client)

    def calls_of_client(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Find the calls of a message that are for the client.

        Args:
            message: what the agent says.

        Returns:
            The calls of tools that the client has offered.
        """
        calls = message.get("tool_calls") or ()
        return [call for call in calls if call["function"]["name"] in self._names_of_client]

    @contextmanager
    def offering(self, tools: Sequence[Message]) -> Iterator[None]:
        """Let the agent's model know the tools of the client for the length of a ``with`` block.

        They replace the agent's own tools of the same names. An agent without a model goes on without them.

        Args:
            tools: their schemas in OpenAI's form.

        Raises:
            ValueError: no model could call one of them by its name.
        """
        agent, names = self._partner, get_tool_names(tools)
        if agent.llm_config is False and _keeps_tools_in_llm_config(agent):
            yield
            return
        own = (agent.llm_config or {}).get("tools") or ()
        replaced = [tool for tool in own if not names.isdisjoint(get_tool_names([tool]))]
        offered: list[str] = []
        try:
            for tool in replaced:
                agent.update_tool_signature(tool["function"]["name"], is_remove=True)
            for tool in tools:
                offered.append(_offer(agent, tool))
            self._names_of_client = frozenset(names)
            yield
        finally:
            self._names_of_client = frozenset()
            for name in offered:
                agent.update_tool_signature(name, is_remove=True)
            for tool in replaced:
                agent.update_tool_signature(tool, is_remove=False, silent_override=True)


def _keeps_tools_in_llm_config(agent: ConversableAgent) -> bool:
    """Whether the agent's class has left the way in which an agent learns of tools as it is."""
    return type(agent).update_tool_signature is ConversableAgent.update_tool_signature


def _offer(agent: ConversableAgent, tool: Message) -> str:
    """Tell the agent's model about a tool, and return the name of the tool."""
    name: str = tool["function"]["name"]
    try:
        agent.update_tool_signature(tool, is_remove=False)
    except ValueError as error:
        raise ValueError(f"The tool {name!r} cannot be offered: {error}") from error
    return name


def hearing_client(said: Sequence[Message]) -> AbstractContextManager[None]:
    """Treat what a client said as the words of a stranger, whose pictures are not loaded from this machine.

    Args:
        said: the messages of the client, which lead to the chats within the ``with`` block.
    """
    return foreign_pictures_kept_over_chats(said)


def name_for_client(members: Sequence[ConversableAgent]) -> str:
    """Find a name for the agent that speaks for a client.

    Args:
        members: the agents that it speaks with.

    Returns:
        A name that none of them has.
    """
    name = "user"
    while any(member.name == name for member in members):
        name += "_"
    return name


def remember(agent: ConversableAgent, client: ConversableAgent, message: Message) -> None:
    """Put an earlier message into the histories of the agent and of the one that speaks for the client.

    Args:
        agent: the agent that answers.
        client: the agent that speaks for the client.
        message: the message. If its role is "assistant", the agent said it; otherwise the client did.
    """
    role = message.get("role", "")
    said = {"name": (agent if role == "assistant" else client).name, **message}
    agent.chat_messages[client].append(said)
    other_role = {"assistant": "user", "user": "assistant"}.get(role, role)
    client.chat_messages[agent].append({**said, "role": other_role})
