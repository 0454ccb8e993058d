"""Who speaks next in a group with handoffs.

This is a way to choose a speaker like those of ``agentchat/_speakers``: the group calls it after each message. The
order: a call goes to the agent that runs tools; then whoever a tool, a model or a context condition has chosen; after a
tool its caller; then the after-works of the last speaker, and those of the group.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from ..._core import running_chats
from ..._core.messages import Message, called
from ..._core.running_chats import StopReason
from .._literals import HANDING_OFF
from ._choices import acting_target, announce, first_that_holds
from .targets.transition_target import AgentNameTarget, TransitionTarget

if TYPE_CHECKING:
    from ..agent import Agent
    from ..conversable_agent import ConversableAgent
    from ..groupchat import GroupChat
    from .group_tool_executor import GroupToolExecutor

__all__ = ("Choice", "GroupTransition", "last_group_speaker", "next_speaker")

Choice: TypeAlias = "Agent | Literal['auto', 'manual'] | str | None"
"""The agent that speaks next, the name of the method of the group that chooses one, or None to end the chat."""


class GroupTransition:
    """A selection function for a group: a function of (last_speaker, groupchat).

    Args:
        initial_agent: who speaks first.
        tool_execution: who runs the tools.
        group_agent_names: the names of the agents, without the user and the executor.
        user_agent: the user of the group, or None.
        group_after_work: who goes next where an agent does not say so.
    """

    announces_always = True
    model_stands_in_for_person = True
    """Whether the model of the manager chooses where the person is asked to, and does not."""

    def __init__(
        self,
        initial_agent: ConversableAgent,
        tool_execution: GroupToolExecutor,
        group_agent_names: list[str],
        user_agent: ConversableAgent | None,
        group_after_work: TransitionTarget,
    ) -> None:
        self.initial_agent = initial_agent
        self.tool_execution = tool_execution
        self.group_agent_names = group_agent_names
        self.user_agent = user_agent
        self.group_after_work = group_after_work
        self._has_begun = False

    def __call__(self, last_speaker: ConversableAgent, groupchat: GroupChat) -> Choice:
        """Choose the next speaker.

        Args:
            last_speaker: who spoke last.
            groupchat: the group.

        Returns:
            The agent, "auto" or "manual", or None to end the chat.
        """
        is_first, self._has_begun = not self._has_begun, True
        chosen = next_speaker(
            last_speaker,
            groupchat,
            self.initial_agent,
            is_first and not self._takes_up_what_is_open(groupchat),
            self.tool_execution,
            self.group_agent_names,
            self.user_agent,
            self.group_after_work,
        )
        running_chat = running_chats.current()
        if chosen is None and running_chat is not None:
            running_chat.note(StopReason.TERMINATE_TARGET, groupchat.messages[-1])
        return chosen

    def _takes_up_what_is_open(self, groupchat: GroupChat) -> bool:
        """Let a call or a handoff in whose middle a resumed chat ended go on; tell whether there is one."""
        message = groupchat.messages[-1]
        executor = self.tool_execution
        if message.get("name") == executor.name:  # it has answered the last call
            if executor.take_up_answer():
                return True
            message = next((one for one in reversed(groupchat.messages) if one.get("tool_calls")), message)
        speaker = executor.member(message.get("name", ""))
        names = [called(call).get("name", "") for call in message.get("tool_calls") or []]
        handoffs = [executor.called_handoff(speaker.name, name) for name in names]
        chosen = [handoff.target for handoff in handoffs if handoff is not None]
        name = _handed_off_to(message)
        if name is not None and speaker.handoffs.context_conditions:  # nobody else says so
            others = [one.target for one in speaker.handoffs.context_conditions if one.target.display_name() == name]
            chosen = [AgentNameTarget(name)] if groupchat.agent_by_name(name) else others
        executor.set_tool_call_originator(speaker.name)
        is_open_call = bool(names) and message is groupchat.messages[-1]  # its answer says who goes next
        if chosen and not is_open_call:
            executor.set_next_target(acting_target(speaker, chosen[-1]))
        return bool(chosen or names or message.get("function_call"))


def _handed_off_to(message: Message) -> str | None:
    """The name in a message that says by a context condition who goes next, or None."""
    found = re.fullmatch(re.escape(HANDING_OFF).replace(re.escape("{target}"), "(.*)"), str(message.get("content")))
    return None if found is None else found.group(1)


def next_speaker(
    last_speaker: ConversableAgent,
    groupchat: GroupChat,
    initial_agent: ConversableAgent,
    use_initial_agent: bool,
    tool_executor: GroupToolExecutor,
    group_agent_names: list[str],
    user_agent: ConversableAgent | None,
    group_after_work: TransitionTarget,
) -> Choice:
    """Decide who speaks next; see `autogen_classic.agentchat.group.group_utils.determine_next_agent`."""
    if use_initial_agent:
        return initial_agent
    message = groupchat.messages[-1]
    if message.get("tool_calls") or message.get("function_call"):
        return tool_executor
    if tool_executor.has_next_target():
        target = tool_executor.get_next_target()
        tool_executor.clear_next_target()
        return _resolved(
            target, groupchat, _caller(groupchat, tool_executor) or last_speaker, user_agent, tool_executor
        )
    if last_speaker is tool_executor:
        return (
            _caller(groupchat, tool_executor)
            or last_group_speaker(groupchat, group_agent_names, tool_executor)
            or initial_agent
        )

    own = first_that_holds(last_speaker.handoffs.after_works, last_speaker, groupchat.messages)
    if own is not None:
        target = acting_target(last_speaker, own.target)
        chosen = _resolved(target, groupchat, last_speaker, user_agent, tool_executor)
        announce(last_speaker, "after_work", target, last_speaker._group_manager)
        return chosen
    follows_user = getattr(group_after_work, "follows_user", False)
    if last_speaker is user_agent and not follows_user:
        return last_group_speaker(groupchat, group_agent_names, tool_executor) or initial_agent
    target = acting_target(last_speaker, group_after_work)
    chosen = _resolved(target, groupchat, last_speaker, user_agent, tool_executor)
    if follows_user:
        announce(last_speaker, "after_work", target, last_speaker._group_manager)
    return chosen


def _caller(groupchat: GroupChat, tool_executor: GroupToolExecutor) -> ConversableAgent | None:
    """Who called a tool or handed over last."""
    return cast("ConversableAgent | None", groupchat.agent_by_name(tool_executor.get_tool_call_originator() or ""))


def _resolved(
    target: TransitionTarget,
    groupchat: GroupChat,
    current_agent: ConversableAgent,
    user_agent: ConversableAgent | None,
    tool_executor: GroupToolExecutor,
) -> Choice:
    """What a target says, in the form in which a selection function returns it."""
    target.activate_target(groupchat)
    result = target.resolve(groupchat, current_agent, user_agent)
    member = tool_executor.members.get(result.agent_name or "")  # the group would ask all agents for their names
    return member if member in groupchat.agents else result.get_speaker_selection_result(groupchat)


def last_group_speaker(
    groupchat: GroupChat, group_agent_names: list[str], tool_executor: GroupToolExecutor
) -> Agent | None:
    """The agent of the group, neither its user nor the executor, that spoke last; None if none has.

    Args:
        groupchat: the group.
        group_agent_names: the names of its agents.
        tool_executor: who runs the tools.
    """
    for message in reversed(groupchat.messages):
        name = message.get("name")
        if name in group_agent_names and name != tool_executor.name:
            return groupchat.agent_by_name(name)
    return None
