"""Make agents members of a group with handoffs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..._core.party import described, is_agent
from ..conversable_agent import ConversableAgent
from ._choices import acting_target
from ._leading import TEMPORARY_USER
from ._transit import TransitFilter
from ._wrapping import establish_group_agent, wrap_agent_handoff_targets, wrap_group_after_work
from .context_variables import ContextVariables
from .group_tool_executor import GroupToolExecutor
from .targets.transition_target import AgentNameTarget, AgentTarget, RandomAgentTarget, TransitionTarget

__all__ = (
    "check_members",
    "create_on_condition_handoff_functions",
    "ensure_guardrail_agents_in_group",
    "ensure_handoff_agents_in_group",
    "prepare_exclude_transit_messages",
    "prepare_group_agents",
    "with_user",
)

Agents = list[ConversableAgent]


def with_user(agents: Iterable[ConversableAgent], user_agent: ConversableAgent | None) -> Agents:
    """List the agents of a group and its user, if it has one.

    Args:
        agents: the agents.
        user_agent: the user of the group, or None.

    Returns:
        A new list; the user comes last.
    """
    return [*agents, user_agent] if user_agent is not None else list(agents)


def check_members(
    initial_agent: ConversableAgent,
    agents: Agents,
    user_agent: ConversableAgent | None,
    group_after_work: TransitionTarget,
    executor_name: str = GroupToolExecutor.NAME,
) -> None:
    """Refuse what cannot be a group.

    Args:
        initial_agent: who speaks first.
        agents: the agents.
        user_agent: the user of the group, or None.
        group_after_work: who goes next where an agent does not say so.
        executor_name: the name of the agent that runs the tools.

    Raises:
        TypeError: something is not an agent, or the after-work is not a target.
        ValueError: two of them have the same name, one has a name that the group needs, or the initial agent is not one
            of the agents.
    """
    everybody = with_user(agents, user_agent)
    for agent in [*everybody, initial_agent]:
        if not (is_agent(agent) and hasattr(agent, "handoffs")):
            raise TypeError(f"The agents of a pattern must be agents, but one of them is {described(agent)}.")
    if not isinstance(group_after_work, TransitionTarget):
        raise TypeError(f"group_after_work must be a target such as TerminateTarget(), but it is {group_after_work!r}.")
    repeated = sorted(name for name, count in Counter(agent.name for agent in everybody).items() if count > 1)
    if repeated:
        raise ValueError(f"GroupChat agents must have unique names. Duplicate agent names found: {repeated}")
    reserved = {executor_name: "the agent that runs the tools"}
    if user_agent is None:
        reserved[TEMPORARY_USER] = "the user of a group without a user_agent"
    for name in (agent.name for agent in everybody if agent.name in reserved):
        raise ValueError(
            f"GroupChat agents must have unique names, but {name!r} is the name of {reserved[name]}. Rename your agent."
        )
    if not any(initial_agent is agent for agent in agents):
        raise ValueError(
            f"initial_agent must be one of the agents of the pattern, but {initial_agent.name} is not among "
            f"{', '.join(agent.name for agent in agents) or 'them, for there are no agents'}."
        )


def ensure_handoff_agents_in_group(agents: Agents) -> None:
    """Refuse handoffs to agents from outside of a group.

    Args:
        agents: the agents of the group, with its user.

    Raises:
        ValueError: a handoff or after-work names another agent.
    """
    known = {agent.name for agent in agents}
    for agent in agents:
        for place, conditions in (
            ("OnCondition", agent.handoffs.llm_conditions),
            ("OnContextCondition", agent.handoffs.context_conditions),
            ("after work target", agent.handoffs.after_works),
        ):
            for condition in conditions:
                strangers = [name for name in _names_in(condition.target) if name not in known]
                if strangers:
                    raise ValueError(
                        f"Agent in {place} Hand-offs must be in the agents list, but {agent.name} hands over to "
                        f"{', '.join(strangers)}. Add it to the agents of the pattern, or make it the user_agent."
                    )


def ensure_guardrail_agents_in_group(agents: Agents) -> None:
    """Refuse guardrails that hand over to agents from outside of a group.

    Args:
        agents: the agents of the group, with its user.

    Raises:
        ValueError: a guardrail names another agent.
    """
    known = {agent.name for agent in agents}
    for agent in agents:
        for guardrail in [*agent.input_guardrails, *agent.output_guardrails]:
            strangers = [name for name in _names_in(guardrail.target) if name not in known]
            if strangers:
                raise ValueError(
                    f"Agent in guardrail's target must be in the agents list, but the guardrail {guardrail.name!r} of "
                    f"{agent.name} hands over to {', '.join(strangers)}."
                )


def _names_in(target: TransitionTarget) -> list[str]:
    if isinstance(target, (AgentTarget, AgentNameTarget)):
        return [target.agent_name]
    return target.agent_names if isinstance(target, RandomAgentTarget) else []


def prepare_group_agents(
    agents: Agents,
    context_variables: ContextVariables | dict[str, Any],
    exclude_transit_message: bool = True,
    executor_class: type[GroupToolExecutor] = GroupToolExecutor,
    group_after_work: TransitionTarget | None = None,
) -> tuple[GroupToolExecutor, Agents]:
    """Make agents members of a group, and find who acts for their targets.

    Args:
        agents: the agents.
        context_variables: what they know together.
        exclude_transit_message: whether a model does not see how others handed over.
        executor_class: the class of the agent that runs the tools.
        group_after_work: who goes next where an agent does not say so.

    Returns:
        Who runs the tools, and the hidden agents that act for nested chats and group chats.
    """
    for agent in agents:
        establish_group_agent(agent)
    wrapped_agents: Agents = []
    for agent in agents:
        wrap_agent_handoff_targets(agent, wrapped_agents)
        create_on_condition_handoff_functions(agent)
    if group_after_work is not None:
        wrap_group_after_work(group_after_work, agents, wrapped_agents)
    tool_execution = executor_class()
    tool_execution.register_agents_functions([*agents, *wrapped_agents], context_variables)
    for agent in [*agents, *wrapped_agents]:
        agent._classic_group_executor = tool_execution
    if exclude_transit_message:
        prepare_exclude_transit_messages([*agents, *wrapped_agents])
    return tool_execution, wrapped_agents


def create_on_condition_handoff_functions(agent: ConversableAgent) -> None:
    """Name the tools by which an agent's model hands over.

    Args:
        agent: the agent.
    """
    taken: set[str] = set()
    for number, condition in enumerate(agent.handoffs.llm_conditions, 1):
        is_drawn = isinstance(condition.target, RandomAgentTarget)
        name = "random_agent" if is_drawn else acting_target(agent, condition.target).normalized_name()
        found = condition.tool_name(name, number)
        condition.llm_function_name = found if found not in taken else f"{found}_{number}"
        taken.add(condition.llm_function_name)


def prepare_exclude_transit_messages(agents: Agents) -> None:
    """Hide from agents' models how the others handed over.

    Args:
        agents: the agents.
    """
    names = [
        condition.llm_function_name
        for agent in agents
        for condition in agent.handoffs.llm_conditions
        if condition.llm_function_name
    ]
    for agent in agents:
        hooks = agent.hook_lists["process_all_messages_before_reply"]
        hooks[:] = [hook for hook in hooks if not isinstance(hook, TransitFilter)]
        if names:
            agent.register_hook("process_all_messages_before_reply", TransitFilter(names))
