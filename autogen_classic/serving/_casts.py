"""Who talks in a conversation: one agent, two who work together, or a group."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias

from .._json.walk import copied
from ..agentchat.chat import ChatResult
from ..agentchat.conversable_agent import ConversableAgent
from ..agentchat.group.context_variables import ContextVariables
from ..agentchat.group.multi_agent_chat import initiate_group_chat
from ..agentchat.group.patterns.pattern import Pattern
from ..agentchat.groupchat import GroupChatManager
from ..agentchat.remote.caller import Caller, name_for_client, remember
from ..agentchat.remote.protocol import get_tool_names
from ..errors import ServingError
from ._refused import RequestRefused
from ._speech import by_speakers

__all__ = ("Cast", "Message", "Servable", "cast_of")

Message: TypeAlias = dict[str, Any]
Servable: TypeAlias = ConversableAgent | Pattern | tuple[ConversableAgent, ConversableAgent]
"""An agent, the manager of a group, a pattern of AG2, or two agents: who speaks for the client, and who answers."""


class Cast(ABC):
    """Those who talk in one conversation.

    Attributes:
        members: whose words are the answer.
        agents: the members and those who help them to talk: whoever speaks for the client, and who leads a group.
        is_group: whether they are a group, so that their words need their names.
        takes_tools: whether a client may give them tools, whose calls come back to it.
    """

    members: Sequence[ConversableAgent]
    agents: Sequence[ConversableAgent]
    is_group: bool
    takes_tools = False

    @abstractmethod
    def reset(self) -> None:
        """Forget earlier conversations."""

    @contextmanager
    def as_new(self) -> Iterator[None]:
        """Forget earlier conversations, and hold one, in a ``with`` block, that leaves context variables as they were.

        The agents have copies of their variables in it, because each client has changes of its own.
        """
        self.reset()
        with _variables_lent(self.agents):
            yield

    @abstractmethod
    def talk(self, earlier: Sequence[Message], message: Message) -> ChatResult:
        """Hold the conversation.

        Args:
            earlier: what was said before, as `read_request` makes it.
            message: what the client says now.
        """

    @abstractmethod
    def stop(self, now: bool) -> None:
        """End the conversation; from any thread.

        Args:
            now: whether a model that is being asked is not waited for. Its answer is still counted and cached.
        """

    @contextmanager
    def knowing(self, tools: Sequence[Message]) -> Iterator[None]:
        """Let the model know the tools of a client, for the length of a ``with`` block.

        Args:
            tools: their schemas.
        """
        assert not tools, "only a single agent takes tools"
        yield


def cast_of(served: object, name: str, max_rounds: int) -> Cast:
    """Find out who is to talk.

    Args:
        served: what a program wants to offer.
        name: the name of the offer, for errors.
        max_rounds: how many messages a pattern may take.

    Raises:
        ServingError: it cannot hold a conversation.
    """
    if isinstance(served, Pattern):
        return _PatternCast(served, max_rounds)
    user: ConversableAgent | None = None
    agent = served
    if isinstance(served, tuple) and len(served) == 2 and isinstance(served[0], ConversableAgent):
        user, agent = served
    if not isinstance(agent, ConversableAgent):
        raise ServingError(
            f"{name}: only an agent, the GroupChatManager of a group, a pattern, a pair (user_proxy, assistant), or a "
            f"function that returns one of these can be served, but it is {type(served).__name__}."
        )
    if not isinstance(agent, GroupChatManager):
        if agent.human_input_mode == "ALWAYS":
            raise ServingError(
                f"{name}: {agent.name} asks a person before each of its answers (human_input_mode is 'ALWAYS'), and "
                "nobody sits at a server. Use 'NEVER' or 'TERMINATE'."
            )
        return _SingleCast(agent) if user is None else _PairCast(agent, user)
    return _GroupCast(agent, user)


class _PairCast(Cast):
    """An agent that answers, and one that speaks for the client, which may run code and tools."""

    is_group = False
    _max_turns: int | None = None

    def __init__(self, agent: ConversableAgent, user: ConversableAgent) -> None:
        self._agent = agent
        self._user = user
        self.members = [agent]
        self.agents = [agent, user]

    def reset(self) -> None:
        """Forget earlier conversations."""
        for agent in self.agents:
            agent.reset()

    def talk(self, earlier: Sequence[Message], message: Message) -> ChatResult:
        """See `Cast.talk`."""
        for earlier_message in earlier:
            self._remember(earlier_message)
        return self._user.initiate_chat(
            self._agent,
            clear_history=False,
            silent=True,
            max_turns=self._max_turns,
            summary_method=None,
            message=message,
        )

    def stop(self, now: bool) -> None:
        """See `Cast.stop`."""
        self._user.stop_chat(now)

    def _remember(self, message: Message) -> None:
        remember(self._agent, self._user, message)


class _SingleCast(_PairCast):
    """An agent alone. Somebody is made who speaks for the client and runs the agent's own tools."""

    def __init__(self, agent: ConversableAgent) -> None:
        self._caller = Caller(agent)
        super().__init__(agent, self._caller)
        self.takes_tools = bool(agent.llm_config)

    def reset(self) -> None:
        """Forget earlier conversations."""
        super().reset()
        self._caller.context_variables = self._agent.context_variables  # which the program may have replaced

    @contextmanager
    def knowing(self, tools: Sequence[Message]) -> Iterator[None]:
        """See `Cast.knowing`.

        Raises:
            RequestRefused: the agent has a tool of that name, or no model could call it by its name.
        """
        own = get_tool_names((self._agent.llm_config or {}).get("tools") or ()) | self._caller.function_map.keys()
        for tool in tools:
            name = tool["function"]["name"]
            if name in own:
                raise RequestRefused(f"{self._agent.name} has a tool {name!r} of its own. Rename yours.", "tools")
        with ExitStack() as offered:
            try:
                offered.enter_context(self._caller.offering(tools))
            except ValueError as error:
                raise RequestRefused(str(error), "tools") from error
            yield


class _GroupCast(_PairCast):
    """A group chat, whose manager is spoken to."""

    is_group = True
    _max_turns = 1

    def __init__(self, manager: GroupChatManager, user: ConversableAgent | None) -> None:
        members = [agent for agent in manager.groupchat.agents if isinstance(agent, ConversableAgent)]
        client = user or ConversableAgent(name_for_client(members), llm_config=False, human_input_mode="NEVER")
        super().__init__(manager, client)
        self._manager = manager
        self.members = [member for member in members if member is not client]
        self.agents = [manager, client, *self.members]

    def reset(self) -> None:
        """Forget earlier conversations."""
        self._manager.groupchat.reset()
        super().reset()

    def _remember(self, message: Message) -> None:
        super()._remember(message)
        for name, content in _said_by(message, self.members, self._user.name, self._manager.name):
            message = {"content": content, "role": "user", "name": name}
            self._manager.groupchat.messages.append(dict(message))
            for member in self.members:
                role = "assistant" if member.name == name else "user"
                member.chat_messages[self._manager].append({**message, "role": role})


class _PatternCast(Cast):
    """A group of AG2's kind."""

    is_group = True

    def __init__(self, pattern: Pattern, max_rounds: int) -> None:
        self._pattern = pattern
        self._max_rounds = max_rounds
        self.members = [agent for agent in pattern.agents if agent is not pattern.user_agent]
        self.agents = [*self.members, pattern.user_agent] if pattern.user_agent is not None else self.members

    def reset(self) -> None:
        """Forget earlier conversations."""
        for agent in self.agents:
            agent.reset()

    @contextmanager
    def as_new(self) -> Iterator[None]:
        """See `Cast.as_new`."""
        with _variables_lent([self._pattern]), super().as_new():
            yield

    def talk(self, earlier: Sequence[Message], message: Message) -> ChatResult:
        """See `Cast.talk`."""
        first = self._pattern.initial_agent.name
        said = [
            {"role": "user", "content": content, **({"name": name} if name else {})}
            for earlier_message in earlier
            for name, content in _said_by(earlier_message, self.members, "", first)
        ]
        result, _, _ = initiate_group_chat(self._pattern, [*said, message], self._max_rounds)
        return result

    def stop(self, now: bool) -> None:
        """See `Cast.stop`."""
        if self._pattern.manager is not None:
            self._pattern.manager.stop_chat(now)


@contextmanager
def _variables_lent(owners: Sequence[ConversableAgent | Pattern]) -> Iterator[None]:
    """Let owners have copies of their context variables, shared as those are, for the length of a ``with`` block."""
    own = [owner.context_variables for owner in owners]
    copies = {id(variables): ContextVariables(data=copied(dict(variables))) for variables in own}
    for owner, variables in zip(owners, own, strict=True):
        owner.context_variables = copies[id(variables)]
    try:
        yield
    finally:
        for owner, variables in zip(owners, own, strict=True):
            owner.context_variables = variables


def _said_by(
    message: Message, members: Sequence[ConversableAgent], client: str, otherwise: str
) -> list[tuple[str, Any]]:
    """Whose words a message holds, with the words: an answer of a group has those of several members."""
    if message["role"] != "assistant":
        return [(client, message["content"])]
    return by_speakers(message["content"], [member.name for member in members], otherwise)
