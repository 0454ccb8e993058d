"""A group chat with handoffs, from the pattern to its result."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ..._core.drive import Ask, Steps
from ..._core.events import Notice, emit
from ..._core.party import described
from ..._core.running_chats import StopReason
from .. import _literals
from ..chat import ChatResult
from ..utils import gather_usage_summary
from ._leading import Opening, cleanup_temp_user_messages
from ._members import with_user
from ._membership import at_work, lent

if TYPE_CHECKING:
    from ...llm_config.config import LLMConfig
    from ..agent import Agent
    from ..conversable_agent import ConversableAgent
    from ..groupchat import GroupChatManager
    from .context_variables import ContextVariables
    from .patterns.pattern import Pattern, PreparedGroup
    from .safeguards._rules import Policy

__all__ = ("Safeguards", "everybody_in", "group_chat_steps")


@dataclass(frozen=True)
class Safeguards:
    """What guards all that is said in a group chat.

    Attributes:
        policy: the policy, as for `apply_safeguard_policy`.
        llm_config: the model for rules that ask one.
        mask_llm_config: the model that rewrites what such a rule masks.
    """

    policy: Policy
    llm_config: LLMConfig | dict[str, Any] | None = None
    mask_llm_config: LLMConfig | dict[str, Any] | None = None

    @classmethod
    def of(
        cls,
        policy: Policy | None,
        llm_config: LLMConfig | dict[str, Any] | None,
        mask_llm_config: LLMConfig | dict[str, Any] | None,
    ) -> Safeguards | None:
        """The safeguards of a policy, or None without one."""
        return None if policy is None else cls(policy, llm_config, mask_llm_config)

    @contextmanager
    def applied(self, manager: GroupChatManager) -> Iterator[None]:
        """Guard everybody in a group for the length of a ``with`` block, besides what guards them already.

        Args:
            manager: who leads it.
        """
        from .safeguards.api import apply_safeguard_policy

        enforcer = apply_safeguard_policy(
            groupchat_manager=manager,
            policy=self.policy,
            safeguard_llm_config=self.llm_config,
            mask_llm_config=self.mask_llm_config,
        )
        try:
            yield
        finally:
            for agent in manager.groupchat.agents:
                enforcer.release(cast("ConversableAgent", agent))


def group_chat_steps(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguards: Safeguards | None = None,
) -> Steps[tuple[ChatResult, ContextVariables, Agent | None]]:
    """Run a group chat.

    Args:
        pattern: how the agents take turns.
        messages: the messages that open it: a text, a list of dicts, or a saved state.
        max_rounds: how many messages are said before it ends, including the first.
        safeguards: what guards all that is said; None for nothing.

    Returns:
        The result, the context variables, and who spoke last.

    Raises:
        TypeError: ``max_rounds`` is not a whole number.
    """
    if not hasattr(max_rounds, "__index__"):
        raise TypeError(
            f"max_rounds of a group chat must be a whole number, but it is {max_rounds!r}. Give a number such as 20."
        )
    with lent(everybody_in(pattern)):
        prepared = pattern.prepare_group_chat(max_rounds=max_rounds, messages=messages)
        return (yield from _chat_steps(pattern, prepared, safeguards))


def everybody_in(pattern: Pattern) -> list[ConversableAgent]:
    """List the agents of a group, with its user.

    Args:
        pattern: how they take turns.

    Raises:
        TypeError: ``pattern`` is not a `Pattern`.
    """
    if isinstance(pattern, type) or not hasattr(pattern, "prepare_group_chat"):
        raise TypeError(
            "pattern must be a pattern such as DefaultPattern(initial_agent=..., agents=[...]), but it is "
            f"{described(pattern)}."
        )
    return with_user(pattern.agents, pattern.user_agent)


def _chat_steps(
    pattern: Pattern, prepared: PreparedGroup, safeguards: Safeguards | None
) -> Steps[tuple[ChatResult, ContextVariables, Agent | None]]:
    """Run a group chat that has been prepared."""
    _, _, _, context_variables, _, _, executor, groupchat, manager, processed, last_agent, _, _ = prepared
    members: list[Any] = groupchat.agents
    _pass_on_as_policies_say(manager)
    try:
        with at_work(executor), nullcontext() if safeguards is None else safeguards.applied(manager):
            result: ChatResult = yield from _talk(pattern, manager, processed, last_agent)
    finally:
        for agent in members:
            agent._classic_transfers = ()
    result.cost = gather_usage_summary([*members, manager])
    if pattern.announces:
        _tell_why_it_ended(manager, result)
    cleanup_temp_user_messages(result)
    return result, context_variables, manager.last_speaker


def _pass_on_as_policies_say(manager: GroupChatManager) -> None:
    """Check what the manager passes on from one agent to another by the policies that guard these agents."""
    members: list[Any] = manager.groupchat.agents
    for enforcer in dict.fromkeys(enforcer for agent in members for enforcer, _ in agent._classic_safeguards):
        enforcer.guard_passing_on(manager)


def _talk(
    pattern: Pattern, manager: GroupChatManager, messages: Opening, speaker: ConversableAgent | None
) -> Steps[ChatResult]:
    """Let the group talk; several messages, and a state, are those of an earlier chat, which goes on."""
    first: Any = messages if isinstance(messages, dict) or len(messages) > 1 else messages[0]
    is_resumed = first is messages
    if is_resumed:
        speaker, first = yield Ask(manager, "resume", messages=messages)
        _give_back_own_words(manager)
    result: ChatResult = yield Ask(
        speaker,
        "initiate_chat",
        manager,
        message=first,
        clear_history=not is_resumed,
        silent=manager._silent,
        summary_method=pattern.summary_method,
    )
    return result


def _give_back_own_words(manager: GroupChatManager) -> None:
    """Let agents know their own words in a chat that is resumed; the manager has told everything to everybody."""
    members: list[Any] = manager.groupchat.agents
    for agent in members:
        for message in agent.chat_messages[manager]:
            if message.get("name") == agent.name and message["role"] == "user":
                message["role"] = "assistant"


def _tell_why_it_ended(manager: GroupChatManager, result: ChatResult) -> None:
    if manager._silent:
        return
    for reason in _reasons(manager, result):
        emit(Notice(manager, _literals.TERMINATING_RUN.format(id=uuid.uuid4(), reason=reason), "red"))


def _reasons(manager: GroupChatManager, result: ChatResult) -> Iterable[str]:
    """Why a chat ended, in the words of AG2."""
    reason = result.stop_reason
    if reason in (StopReason.TERMINATE_TARGET, StopReason.NO_ELIGIBLE_SPEAKER):
        return ["No next speaker selected"]
    if reason == StopReason.MAX_ROUND:
        return [f"Maximum rounds ({manager.groupchat.max_round}) reached"]
    if reason == StopReason.TERMINATION_MESSAGE:
        return [f"Termination message condition on the GroupChatManager '{manager.name}' met"]
    if reason == StopReason.PERSON:
        return ["User requested to end the conversation", "No reply generated"]
    return ["No reply generated" if reason == StopReason.NO_REPLY else str(reason)]
