"""Who goes next in a swarm when an agent has spoken, and the target of a group that says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ...._core.party import is_agent
from ...conversable_agent import ConversableAgent
from ...group.context_str import ContextStr
from ...group.speaker_selection_result import SpeakerSelectionResult
from ...group.targets.group_manager_target import GroupManagerSelectionMessage, GroupManagerTarget
from ...group.targets.transition_target import (
    AgentNameTarget,
    AgentTarget,
    ResolvingTarget,
    RevertToUserTarget,
    StayTarget,
    TerminateTarget,
    TransitionTarget,
)

if TYPE_CHECKING:
    from ...groupchat import GroupChat

__all__ = ("AFTER_WORK", "AfterWork", "AfterWorkOption", "target_of")


class AfterWorkOption(Enum):
    """What happens when an agent has spoken and called nothing."""

    TERMINATE = "TERMINATE"
    """The chat ends."""
    REVERT_TO_USER = "REVERT_TO_USER"
    """The user goes next."""
    STAY = "STAY"
    """The same agent speaks once more."""
    SWARM_MANAGER = "SWARM_MANAGER"
    """The model of the manager chooses who goes next."""


NextSpeaker: TypeAlias = "AfterWorkOption | ConversableAgent | str | Callable[..., Any]"
SelectionMessage: TypeAlias = str | ContextStr | Callable[..., Any]


@dataclass
class AfterWork:
    """Who goes next when an agent has spoken and called nothing.

    Attributes:
        agent: an agent; an `AfterWorkOption` or its name; or a function of (last_speaker, messages, groupchat) that
            returns one of these or the name of an agent.
        next_agent_selection_msg: what the manager's model is asked with SWARM_MANAGER: a text, a `ContextStr`, or a
            function of (agent, messages) that returns the text; None for the usual question.
    """

    agent: NextSpeaker
    next_agent_selection_msg: SelectionMessage | None = None

    def __post_init__(self) -> None:
        """Turn the name of an option into the option.

        Raises:
            ValueError: a text is not the name of an option, or it is nothing of what is allowed.
        """
        if isinstance(self.agent, str):
            self.agent = AfterWorkOption(self.agent.upper())
        if not (isinstance(self.agent, AfterWorkOption) or is_agent(self.agent) or callable(self.agent)):
            raise ValueError(
                f"AfterWork takes an agent, an AfterWorkOption or its name, or a function, but it is {self.agent!r}."
            )


class AFTER_WORK(AfterWork):
    """The first name of `AfterWork`."""


class _UserIfThereIsOne(RevertToUserTarget):
    """The user goes next; a swarm without a user ends."""

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The user, or nobody; see `TransitionTarget.resolve`."""
        if user_agent is None:
            return SpeakerSelectionResult(terminate=True)
        return super().resolve(groupchat, current_agent, user_agent)


_OPTIONS: dict[AfterWorkOption, type[TransitionTarget]] = {
    AfterWorkOption.TERMINATE: TerminateTarget,
    AfterWorkOption.REVERT_TO_USER: _UserIfThereIsOne,
    AfterWorkOption.STAY: StayTarget,
    AfterWorkOption.SWARM_MANAGER: GroupManagerTarget,
}


class _FunctionOfGroup(ResolvingTarget):
    """A function of (last_speaker, messages, groupchat) finds out who goes next."""

    function: Callable[..., Any]

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Whoever the function returns; see `TransitionTarget.resolve`."""
        chosen = self.function(current_agent, groupchat.messages, groupchat)
        return target_of(chosen).resolve(groupchat, current_agent, user_agent)

    def display_name(self) -> str:
        """The name for readers."""
        return getattr(self.function, "__name__", "a function")

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return self.display_name()


class _SelectionMessage(GroupManagerSelectionMessage):
    """A function of (agent, messages) says what the manager's model is asked."""

    function: Callable[..., Any]

    def get_message(self, agent: ConversableAgent) -> str:
        """The text that the function returns; see `GroupManagerSelectionMessage.get_message`."""
        return str(self.function(agent, agent.chat_messages.get(cast(Any, agent._group_manager), [])))


def target_of(next_speaker: object, selection_message: SelectionMessage | None = None) -> TransitionTarget:
    """Find the target that says the same as an after-work.

    Args:
        next_speaker: an `AfterWork`, or what it takes; a text may also be the name of an agent.
        selection_message: what the manager's model is asked.

    Raises:
        ValueError: ``next_speaker`` is none of these.
    """
    if isinstance(next_speaker, AfterWork):
        return target_of(next_speaker.agent, next_speaker.next_agent_selection_msg)
    if isinstance(next_speaker, str):
        names = {option.value for option in AfterWorkOption}
        if next_speaker.upper() not in names:
            return AgentNameTarget(next_speaker)
        next_speaker = AfterWorkOption(next_speaker.upper())
    if next_speaker is AfterWorkOption.SWARM_MANAGER:
        if callable(selection_message):
            return GroupManagerTarget(selection_message=_SelectionMessage(function=selection_message))
        return GroupManagerTarget(selection_message=cast(Any, selection_message))
    if isinstance(next_speaker, AfterWorkOption):
        return _OPTIONS[next_speaker]()
    if is_agent(next_speaker):
        return AgentTarget(cast(ConversableAgent, next_speaker))
    if callable(next_speaker):
        return _FunctionOfGroup(function=next_speaker)
    raise ValueError(
        f"An after-work must be an AfterWork, an AfterWorkOption or its name, an agent or its name, or a function, but "
        f"it is {next_speaker!r}."
    )
