"""Guard agents, or a whole group, by a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._rules import Policy
from .enforcer import SafeguardEnforcer
from .validator import SafeguardValidator

if TYPE_CHECKING:
    from typing import Any

    from ....llm_config.config import LLMConfig
    from ...conversable_agent import ConversableAgent
    from ...groupchat import GroupChatManager

__all__ = ("apply_safeguard_policy", "reset_safeguard_policy")


def apply_safeguard_policy(
    *,
    agents: list[ConversableAgent] | None = None,
    groupchat_manager: GroupChatManager | None = None,
    policy: Policy,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
) -> SafeguardEnforcer:
    """Guard agents by a policy, besides those that guard them already.

    Of their tools, those that they have by now are guarded.

    Args:
        agents: the agents.
        groupchat_manager: who leads a group, all of whose agents are guarded; in place of ``agents``.
        policy: the policy as a dict, or the path of a JSON file with it.
        safeguard_llm_config: the model for rules that ask one.
        mask_llm_config: the model that rewrites what such a rule masks; None for the same one.

    Returns:
        What applies the policy.

    Raises:
        ValueError: neither agents nor a manager are given, or the policy cannot work.
    """
    guarded = _agents_of(agents, groupchat_manager)
    names = [agent.name for agent in guarded]
    tools = {agent.name: [*agent.function_map, *(tool.name for tool in agent.tools)] for agent in guarded}
    SafeguardValidator(policy).validate_policy_complete(names, tools)
    enforcer = SafeguardEnforcer(policy, safeguard_llm_config, mask_llm_config, groupchat_manager, agents)
    for agent in guarded:
        enforcer.guard(agent)
    return enforcer


def reset_safeguard_policy(
    *, agents: list[ConversableAgent] | None = None, groupchat_manager: GroupChatManager | None = None
) -> None:
    """Stop guarding agents by any policy.

    Args:
        agents: the agents.
        groupchat_manager: who leads their group; in place of ``agents``.

    Raises:
        ValueError: neither is given.
    """
    for agent in _agents_of(agents, groupchat_manager):
        for enforcer, _ in agent._classic_safeguards:
            enforcer.release(agent)


def _agents_of(
    agents: list[ConversableAgent] | None, groupchat_manager: GroupChatManager | None
) -> list[ConversableAgent]:
    if groupchat_manager is not None:
        return [*groupchat_manager.groupchat.agents, groupchat_manager]  # type: ignore[list-item]
    if agents is None:
        raise ValueError("Either agents or groupchat_manager must be provided")
    return list(agents)
