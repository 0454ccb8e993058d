"""The steps in which a pattern makes a group of agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..._core.messages import Message
from ..conversable_agent import ConversableAgent
from ..groupchat import GroupChat
from ._handoff_reply import offer_handoffs
from ._leading import (
    cleanup_temp_user_messages,
    create_group_manager,
    link_agents_to_group_manager,
    process_initial_messages,
    setup_context_variables,
)
from ._members import (
    create_on_condition_handoff_functions,
    ensure_guardrail_agents_in_group,
    ensure_handoff_agents_in_group,
    prepare_exclude_transit_messages,
    prepare_group_agents,
)
from ._transit import TransitFilter
from ._transitions import Choice, GroupTransition, last_group_speaker, next_speaker
from ._wrapping import establish_group_agent, wrap_agent_handoff_targets
from .group_tool_executor import GroupToolExecutor

if TYPE_CHECKING:
    from ..agent import Agent
    from .targets.transition_target import TransitionTarget

__all__ = (
    "cleanup_temp_user_messages",
    "create_group_manager",
    "create_group_transition",
    "create_on_condition_handoff_functions",
    "determine_next_agent",
    "ensure_guardrail_agents_in_group",
    "ensure_handoff_agents_in_group",
    "establish_group_agent",
    "get_last_agent_speaker",
    "link_agents_to_group_manager",
    "make_remove_function",
    "prepare_exclude_transit_messages",
    "prepare_group_agents",
    "process_initial_messages",
    "setup_context_variables",
    "update_conditional_functions",
    "wrap_agent_handoff_targets",
)


def update_conditional_functions(agent: ConversableAgent, messages: list[Message]) -> None:
    """Offer an agent's model the handoffs that are available now.

    Args:
        agent: the agent.
        messages: the conversation.
    """
    offer_handoffs(agent, messages)


def make_remove_function(tool_msgs_to_remove: list[str]) -> Callable[[list[Message]], list[Message]]:
    """Make a function that leaves calls of some functions, and the answers to them, out of messages.

    Args:
        tool_msgs_to_remove: the names of the functions.
    """
    return TransitFilter(tool_msgs_to_remove)


def create_group_transition(
    initial_agent: ConversableAgent,
    tool_execution: GroupToolExecutor,
    group_agent_names: list[str],
    user_agent: ConversableAgent | None,
    group_after_work: TransitionTarget,
) -> Callable[[ConversableAgent, GroupChat], Choice]:
    """Make the selection function of a group.

    Args:
        initial_agent: who speaks first.
        tool_execution: who runs the tools.
        group_agent_names: the names of the agents.
        user_agent: the user of the group, or None.
        group_after_work: who goes next where an agent does not say so.

    Returns:
        A function of (last_speaker, groupchat), which returns an agent, the name of a method, or None to end the chat.
    """
    return GroupTransition(initial_agent, tool_execution, group_agent_names, user_agent, group_after_work)


def determine_next_agent(
    last_speaker: ConversableAgent,
    groupchat: GroupChat,
    initial_agent: ConversableAgent,
    use_initial_agent: bool,
    tool_executor: GroupToolExecutor,
    group_agent_names: list[str],
    user_agent: ConversableAgent | None,
    group_after_work: TransitionTarget,
) -> Choice:
    """Decide who speaks next.

    Args:
        last_speaker: who spoke last.
        groupchat: the group.
        initial_agent: who speaks first.
        use_initial_agent: whether this is the first decision.
        tool_executor: who runs the tools.
        group_agent_names: the names of the agents.
        user_agent: the user of the group, or None.
        group_after_work: who goes next where an agent does not say so.

    Returns:
        The agent, the name of a method of the group that chooses, or None to end the chat.

    Raises:
        ValueError: a target names an agent that is not in the group, or a user where there is none.
    """
    return next_speaker(
        last_speaker,
        groupchat,
        initial_agent,
        use_initial_agent,
        tool_executor,
        group_agent_names,
        user_agent,
        group_after_work,
    )


def get_last_agent_speaker(
    groupchat: GroupChat, group_agent_names: list[str], tool_executor: GroupToolExecutor
) -> Agent:
    """The agent of the group, neither its user nor the executor, that spoke last.

    Args:
        groupchat: the group.
        group_agent_names: the names of its agents.
        tool_executor: who runs the tools.

    Raises:
        ValueError: none of them has spoken yet.
    """
    speaker = last_group_speaker(groupchat, group_agent_names, tool_executor)
    if speaker is None:
        raise ValueError("No agent of the group has spoken yet.")
    return speaker
