"""The first reply of an agent in a group: it hands over by a context condition, or offers handoffs to its model."""

from __future__ import annotations

from ..._core.messages import Message
from ..._core.party import Outcome
from .. import _literals
from ..agent import Agent
from ..conversable_agent import ConversableAgent
from ._choices import acting_target, announce, first_that_holds, is_available

__all__ = ("handoff_reply", "offer_handoffs")


def handoff_reply(
    recipient: ConversableAgent,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Outcome:
    """Hand over if a context condition holds; otherwise let the model choose among the handoffs that are available.

    It does nothing outside of the group to which the agent belongs.
    """
    recipient._classic_transfers = ()
    manager = recipient._group_manager
    if manager is None or sender is not manager:
        return False, None
    messages = recipient._oai_messages[sender] if messages is None else messages
    handoffs = recipient.handoffs
    conditions = handoffs.context_conditions
    condition = first_that_holds(conditions, recipient, messages) if conditions else None
    if condition is None:
        if handoffs.llm_conditions:
            offer_handoffs(recipient, messages)
        return False, None
    target = acting_target(recipient, condition.target)
    executor = recipient._classic_group_executor
    executor.set_next_target(target)
    executor.set_tool_call_originator(recipient.name)
    announce(recipient, "context", target, manager)
    return True, _literals.HANDING_OFF.format(target=target.display_name())


def offer_handoffs(agent: ConversableAgent, messages: list[Message]) -> None:
    """Offer an agent's model the handoffs that are available, each as a tool without parameters.

    Args:
        agent: the agent.
        messages: the conversation.
    """
    agent._classic_transfers = tuple(
        {
            "type": "function",
            "function": {
                "description": condition.condition.get_prompt(agent, messages),
                "name": condition.llm_function_name,
                "parameters": {"type": "object", "properties": {}, "required": []},
            },
        }
        for condition in agent.handoffs.llm_conditions
        if is_available(condition, agent, messages)
    )
