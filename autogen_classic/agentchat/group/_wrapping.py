"""The hidden agents that act in a group for nested chats, and for group chats of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..agent import Agent
from ._choices import wrapper_of
from ._guarding import guard_input
from ._handoff_reply import handoff_reply
from .targets.transition_target import TerminateTarget, TransitionTarget

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent

__all__ = (
    "as_hidden",
    "establish_group_agent",
    "targets_of",
    "wrap_agent_handoff_targets",
    "wrap_group_after_work",
    "wrapped",
)


def establish_group_agent(agent: ConversableAgent) -> None:
    """Let an agent hand over; once is enough.

    Args:
        agent: the agent.
    """
    if not agent._group_is_established:
        agent.register_reply([Agent, None], handoff_reply)
        if agent.input_guardrails:  # they stand before everything else
            guard_input(agent)
        agent._group_is_established = True


def targets_of(agent: ConversableAgent) -> Iterator[TransitionTarget]:
    """All targets of an agent: of its handoffs, of its after-works, and of its guardrails.

    Args:
        agent: the agent.
    """
    handoffs = agent.handoffs
    yield from (condition.target for condition in handoffs.llm_conditions)
    yield from (handoff.target for handoff in (*handoffs.context_conditions, *handoffs.after_works))
    yield from (guardrail.target for guardrail in (*agent.input_guardrails, *agent.output_guardrails))


def wrap_agent_handoff_targets(agent: ConversableAgent, wrapped_agent_list: list[ConversableAgent]) -> None:
    """Make the hidden agents that act for an agent's nested chats and group chats.

    They hand back to the agent. After an after-work the group decides.

    Args:
        agent: the agent.
        wrapped_agent_list: the hidden agents are added to it.
    """
    agent._classic_wrappers = {}
    handoffs = agent.handoffs
    first_after_work = len(handoffs.llm_conditions) + len(handoffs.context_conditions)
    after_works = [handoff.target for handoff in handoffs.after_works]
    for index, target in enumerate(targets_of(agent)):
        if target.needs_agent_wrapper() and wrapper_of(agent, target) is None:
            wrapper = wrapped(agent, target, len(agent._classic_wrappers))
            if index >= first_after_work and any(target is other for other in after_works):
                wrapper.handoffs.clear()
            agent._classic_wrappers[id(target)] = (target, wrapper)
            wrapped_agent_list.append(wrapper)


def wrap_group_after_work(
    target: TransitionTarget, agents: list[ConversableAgent], wrapped_agent_list: list[ConversableAgent]
) -> None:
    """Make the hidden agent that acts for the after-work of a group, after which the chat ends.

    Args:
        target: the after-work.
        agents: the agents of the group, the first of which gives its name to the hidden one.
        wrapped_agent_list: the hidden agent is added to it, if the after-work needs one.
    """
    if not target.needs_agent_wrapper():
        return
    wrapper = wrapped(agents[0], target, len(agents[0]._classic_wrappers))
    wrapper.handoffs.set_after_work(TerminateTarget())
    for agent in [*agents, *wrapped_agent_list]:
        agent._classic_wrappers = {id(target): (target, wrapper), **agent._classic_wrappers}
    wrapped_agent_list.append(wrapper)


def wrapped(agent: ConversableAgent, target: TransitionTarget, index: int) -> ConversableAgent:
    """Make the hidden agent that acts for a target, and then hands back.

    Args:
        agent: who hands over.
        target: a target that needs such an agent.
        index: the number of the target among those of this agent that need one, counted from 0.
    """
    return as_hidden(target.create_wrapper_agent(agent, index))


def as_hidden(agent: ConversableAgent) -> ConversableAgent:
    """Let an agent act for a target: it hands over, and no model chooses it.

    Args:
        agent: the agent, which is returned.
    """
    agent._classic_is_hidden = True
    establish_group_agent(agent)
    return agent
