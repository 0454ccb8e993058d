"""The hidden agents that join a group because a tool or a function names them, also in a saved state."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..._core.events import warn
from ..conversable_agent import ConversableAgent
from ._choices import wrapper_of
from ._tool_results import kept_target, restored_target
from ._transit import TransitFilter
from ._wrapping import as_hidden, wrapped
from .targets.transition_target import AgentTarget, TransitionTarget

if TYPE_CHECKING:
    from ..groupchat import GroupChat

__all__ = ("HiddenMembers",)

logger = logging.getLogger("autogen.agentchat.group")


class HiddenMembers(ConversableAgent):
    """The part of a `GroupToolExecutor` that lets hidden agents join, and knows who goes next when it is loaded.

    Attributes:
        members: the agents of the group by name.
    """

    members: dict[str, ConversableAgent]
    _latecomers: list[tuple[ConversableAgent, TransitionTarget | None, ConversableAgent]]
    _target_of_answer: TransitionTarget | None
    _tool_call_originator: str | None

    def agent_for(self, target: TransitionTarget, owner: ConversableAgent, groupchat: GroupChat) -> ConversableAgent:
        """The hidden agent that acts for a nested chat or a group chat.

        One that a tool or a function names is not known before, and joins the group now.

        Args:
            target: the target.
            owner: who hands over, and gets the word back.
            groupchat: the group.
        """
        known = wrapper_of(owner, target)
        if known is not None:
            return known
        for other, other_target, agent in self._latecomers:
            if other is owner and other_target == target:
                return agent
        agent = wrapped(owner, target, len(owner._classic_wrappers) + len(self._latecomers))
        self._latecomers.append((owner, target, agent))
        self._let_join(agent, owner, groupchat)
        return agent

    def _let_join(self, agent: ConversableAgent, owner: ConversableAgent, groupchat: GroupChat) -> None:
        """Make a hidden agent a member, which knows what was said before."""
        agent.context_variables = self.context_variables
        agent._group_manager = self._group_manager
        agent._classic_group_executor = self
        hook = "process_all_messages_before_reply"
        agent.hook_lists[hook] += [one for one in owner.hook_lists[hook] if isinstance(one, TransitFilter)]
        for enforcer, _ in self._classic_safeguards:
            enforcer.guard(agent)
        self.members[agent.name] = agent
        groupchat.allowed_speaker_transitions_dict[agent] = list(groupchat.agents)
        groupchat.agents.append(agent)
        for message in groupchat.messages:
            agent._append_oai_message(dict(message), "user", self._group_manager, is_sending=False)

    # --- In a saved state -------------------------------------------------------------------------------------

    def _classic_saved_handover(self) -> dict[str, object]:
        """Who called last, who goes next as far as JSON has a form for it, and the hidden agents that joined later."""
        target = self._target_of_answer
        kept = None if target is None else kept_target(target)
        said = self._group_manager.groupchat.messages if self._group_manager else []
        is_next = bool(said) and said[-1].get("name") == self.name
        return {
            "caller": self._tool_call_originator,
            "target": kept,
            "lost_target": target.display_name() if target is not None and kept is None and is_next else None,
            "latecomers": [{"name": agent.name, "owner": owner.name} for owner, _, agent in self._latecomers],
        }

    def _classic_let_latecomers_in(self, saved: Mapping[str, Any]) -> None:
        """Make hidden agents for those that had joined later; they have done their work, and hand back."""
        for latecomer in saved.get("latecomers", ()):
            owner = self.members.get(latecomer["owner"])
            if owner is not None and latecomer["name"] not in self.members:
                agent = ConversableAgent(latecomer["name"], llm_config=False)
                agent.handoffs.set_after_work(AgentTarget(owner))
                self._latecomers.append((owner, None, as_hidden(agent)))
                self._let_join(agent, owner, self._group_manager.groupchat)

    def _classic_load_handover(self, saved: Mapping[str, Any]) -> None:
        """Take back who called last and who goes next."""
        caller, target = saved["caller"], saved["target"]
        self._tool_call_originator = caller
        self._target_of_answer = None if target is None else restored_target(target)
        if saved.get("lost_target"):
            warn(
                logger,
                "When the state was saved, a tool of %s had just named %s to go next. A state cannot hold that, so %s "
                "goes on.",
                caller,
                saved["lost_target"],
                caller,
            )
