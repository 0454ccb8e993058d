"""Which handoffs of an agent count, and whom they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.events import HandedOver, HandoffKind, emit, is_heard
from ..._core.messages import Message
from .targets.transition_target import AgentNameTarget, AgentTarget, RandomAgentTarget, TransitionTarget

if TYPE_CHECKING:
    from ..agent import Agent
    from ..conversable_agent import ConversableAgent
    from .on_condition import OnCondition
    from .on_context_condition import OnContextCondition

__all__ = ("acting_target", "announce", "first_that_holds", "is_available", "wrapper_of")


def acting_target(agent: ConversableAgent, target: TransitionTarget) -> TransitionTarget:
    """The target that is followed: the hidden agent that acts for a nested chat, or what chance has drawn.

    Args:
        agent: who hands over.
        target: the target as the program wrote it.
    """
    if target.needs_agent_wrapper():
        wrapper = wrapper_of(agent, target)
        return target if wrapper is None else AgentTarget(wrapper)
    if type(target) is RandomAgentTarget:
        target.resolve(None, agent, None)  # type: ignore[arg-type]  # it needs to know the agent only
        return AgentNameTarget(target.nominated_name)
    return target


def wrapper_of(agent: ConversableAgent, target: TransitionTarget) -> ConversableAgent | None:
    """The hidden agent that acts for a target, or None.

    Args:
        agent: who hands over.
        target: the target as the program wrote it.
    """
    known = agent._classic_wrappers.get(id(target))
    return None if known is None else known[1]


def first_that_holds(
    conditions: list[OnContextCondition], agent: ConversableAgent, messages: list[Message]
) -> OnContextCondition | None:
    """The first condition that is available and holds, or None.

    Args:
        conditions: the conditions.
        agent: whose they are.
        messages: the conversation.
    """
    for condition in conditions:
        if (condition.available is None or is_available(condition, agent, messages)) and (
            condition.condition is None or condition.condition.evaluate(agent.context_variables)
        ):
            return condition
    return None


def is_available(condition: OnContextCondition | OnCondition, agent: ConversableAgent, messages: list[Message]) -> bool:
    """Tell whether a handoff counts at all.

    Args:
        condition: the handoff.
        agent: whose it is.
        messages: the conversation.
    """
    return condition.available is None or condition.available.is_available(agent, messages)


def announce(agent: ConversableAgent, kind: HandoffKind, target: TransitionTarget, manager: Agent | None) -> None:
    """Tell that an agent hands over.

    Args:
        agent: the agent.
        kind: why, as in `HandedOver`.
        target: who or what goes next.
        manager: who leads the group.
    """
    announced = getattr(manager, "_classic_announces_handoffs", True) and not getattr(manager, "_silent", False)
    if is_heard(HandedOver, silent=not announced):
        emit(HandedOver(agent, kind, target.display_name(), announced, target))
