"""Who leads a group with handoffs, what its agents know together, and how its chat opens and closes."""

from __future__ import annotations

import logging
from typing import Any, TypeAlias, cast

from ..._core.events import warn
from ..._core.messages import Message
from ..._warn import warn_once
from ...io.base import AsyncInputStream, InputStream
from .. import _literals
from ..agent import Agent
from ..chat import ChatResult
from ..conversable_agent import ConversableAgent
from ..groupchat import GroupChat, GroupChatManager
from ._wrapping import targets_of
from .context_variables import ContextVariables
from .group_tool_executor import GroupToolExecutor
from .targets.group_manager_target import GroupManagerTarget
from .targets.transition_target import TransitionTarget

__all__ = (
    "TEMPORARY_USER",
    "Opening",
    "cleanup_temp_user_messages",
    "create_group_manager",
    "link_agents_to_group_manager",
    "process_initial_messages",
    "setup_context_variables",
)

logger = logging.getLogger("autogen.agentchat.group")

TEMPORARY_USER = "_User"

Agents = list[ConversableAgent]

Opening: TypeAlias = list[Message] | dict[str, Any]
"""What opens a chat: messages, or the state of an earlier chat."""


def process_initial_messages(
    messages: Opening | str, user_agent: ConversableAgent | None, agents: Agents, wrapped_agents: Agents
) -> tuple[Opening, ConversableAgent | None, list[str], Agents]:
    """Read the messages that open a chat.

    Args:
        messages: a text, a list of dicts, or the state of an earlier chat.
        user_agent: who says what has no name; None makes a temporary user for that.
        agents: the agents.
        wrapped_agents: the hidden agents that act for their targets.

    Returns:
        The messages; who says the last one, or None where several are to be resumed; the names of the agents; the
        temporary user, if one was made.

    Raises:
        ValueError: the only message names a stranger.
        TypeError: they are neither a text nor a list of dicts.
        IndexError: there are no messages.
    """
    messages = _checked(messages)
    names = [agent.name for agent in [*agents, *wrapped_agents]]
    temporary: Agents = []

    def user() -> ConversableAgent:
        if user_agent is not None:
            return user_agent
        if not temporary:
            temporary.append(_TemporaryUser(TEMPORARY_USER, llm_config=False, human_input_mode="ALWAYS"))
        return temporary[0]

    if isinstance(messages, dict):
        if user_agent is None and TEMPORARY_USER in messages.get("agents", ()):
            user()
        return messages, user_agent, names, temporary
    if len(messages) > 1:
        # A group that is resumed would take what has no name for words of its manager.
        are_of_group = any(message.get("name") for message in messages)
        named = [
            {**message, "name": user().name} if _is_of_user(message, are_of_group) else message for message in messages
        ]
        return named, user_agent, names, temporary
    name = messages[0].get("name")
    if not name or name == TEMPORARY_USER:
        return [{**messages[0], "name": user().name}] if name else messages, user(), names, temporary
    members = [*agents, *wrapped_agents, *([user_agent] if user_agent else [])]
    speaker = next((agent for agent in members if agent.name == name), None)
    if speaker is None:
        raise ValueError(
            f"Invalid group agent name in last message: {name}. The group has {', '.join(one.name for one in members)}."
        )
    return messages, speaker, names, temporary


def _checked(messages: Opening | str) -> Opening:
    """What opens a chat, a text as a list, unless it cannot open one; see `process_initial_messages`."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    is_state = isinstance(messages, dict) and "schema" in messages
    if not is_state and not (isinstance(messages, list) and all(isinstance(message, dict) for message in messages)):
        raise TypeError(
            "messages of a group chat must be a text, a saved state, or a list of dicts such as "
            f'{{"role": "user", "content": ...}}, but they are {messages!r}.'
        )
    if not messages:
        raise IndexError("messages of a group chat must not be an empty list: somebody has to say the first word.")
    return messages


def _is_of_user(message: Message, is_of_group: bool) -> bool:
    """Tell whether the user has said a message, which has no name then, or that of an earlier temporary user.

    Args:
        message: the message.
        is_of_group: whether it stands among messages with names, which those of all agents have in a group.
    """
    name, role = message.get("name"), message.get("role")
    if name:
        return bool(name == TEMPORARY_USER)
    return role == "user" or (is_of_group and role == "assistant" and not message.get("tool_calls"))


class _TemporaryUser(ConversableAgent):
    """Stands for the person in a group without a ``user_agent``; where nobody is at the console, it ends the chat."""

    def get_human_input(self, prompt: str, *, iostream: InputStream | None = None) -> str:
        try:
            return super().get_human_input(prompt, iostream=iostream)
        except EOFError:
            return self._end_the_chat()

    async def a_get_human_input(self, prompt: str, *, iostream: InputStream | AsyncInputStream | None = None) -> str:
        try:
            return await super().a_get_human_input(prompt, iostream=iostream)
        except EOFError:
            return self._end_the_chat()

    def _classic_asks_the_usual_way(self) -> bool:
        return True

    def _end_the_chat(self) -> str:
        warn(
            logger,
            "It is the turn of the person, but nobody is at the console, so the chat ends. Give the pattern a "
            "user_agent who can answer, or handoffs, an after-work or a choice by model that do not lead to the user.",
        )
        return _literals.EXIT


def setup_context_variables(
    tool_execution: GroupToolExecutor,
    agents: Agents,
    manager: GroupChatManager,
    user_agent: ConversableAgent | None,
    context_variables: ContextVariables | dict[str, Any],
) -> None:
    """Give everybody in a group the same variables.

    Args:
        tool_execution: who runs the tools.
        agents: the agents.
        manager: who leads the group.
        user_agent: the user of the group, or None.
        context_variables: the variables. A dict is used as it is, and changes with them.
    """
    shared = context_variables
    if isinstance(shared, dict):
        shared = ContextVariables.model_construct(data=shared)
    for agent in [*agents, tool_execution, manager, *([user_agent] if user_agent else [])]:
        agent.context_variables = shared


def create_group_manager(
    groupchat: GroupChat,
    group_manager_args: dict[str, Any] | None,
    agents: Agents,
    group_after_work: TransitionTarget,
) -> GroupChatManager:
    """Make the manager of a group.

    Args:
        groupchat: the group.
        group_manager_args: arguments of `GroupChatManager`, without the group.
        agents: the agents.
        group_after_work: who goes next where an agent does not say so.

    Returns:
        The manager. Where its model has to choose and the arguments name none, it has that of the first agent with one.

    Raises:
        ValueError: the arguments hold a group, or there is no model for a target that leaves the choice to it.
        TypeError: the arguments hold something that a manager does not take.
    """
    arguments = dict(group_manager_args or {})
    if "groupchat" in arguments:
        raise ValueError("'groupchat' cannot be specified in group_manager_args as it is set by initiate_group_chat")
    targets = [target for agent in agents for target in targets_of(agent)]
    if any(isinstance(target, GroupManagerTarget) for target in [*targets, group_after_work]):
        arguments["llm_config"] = arguments.get("llm_config") or _first_llm_config(agents)
    return GroupChatManager(groupchat, **arguments)


def _first_llm_config(agents: Agents) -> dict[str, Any]:
    """The configuration of the first agent with a model, without its tools."""
    for agent in agents:
        if agent.llm_config:
            warn_once(
                logger,
                f"The model of {agent.name} chooses who goes next, for the manager of the group has none. Pass "
                'group_manager_args={"llm_config": ...} to choose by another one.',
            )
            config = agent.llm_config.copy()
            for key in ("tools", "functions"):
                config.pop(key, None)
            return config
    raise ValueError(
        "A GroupManagerTarget, as AutoPattern has it, requires the group_manager_args to include an llm_config, or at "
        "least one agent to have an llm_config: the model of the manager chooses who goes next."
    )


def link_agents_to_group_manager(agents: list[Agent], group_chat_manager: GroupChatManager) -> None:
    """Let agents know who leads their group.

    Args:
        agents: the agents.
        group_chat_manager: who leads the group.
    """
    for agent in cast(Agents, agents):
        agent._group_manager = group_chat_manager


def cleanup_temp_user_messages(chat_result: ChatResult) -> None:
    """Take the name of the temporary user off the messages of a finished chat.

    Args:
        chat_result: the result of the chat; it is changed.
    """
    for message in chat_result.chat_history or []:
        if message.get("name") == TEMPORARY_USER:
            del message["name"]
