"""Who goes next: the targets of handoffs, after-works and tools."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pydantic import field_validator

from ...._core.party import described, is_agent
from ...._core.tape import choice
from ....errors import MissingItemError
from .._named import NamedModel
from ..speaker_selection_result import SpeakerSelectionResult
from .transition_utils import __AGENT_WRAPPER_PREFIX__

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from ...groupchat import GroupChat

__all__ = (
    "AgentNameTarget",
    "AgentTarget",
    "AskUserTarget",
    "NestedChatTarget",
    "RandomAgentTarget",
    "ResolvingTarget",
    "RevertToUserTarget",
    "StayTarget",
    "TerminateTarget",
    "TransitionTarget",
    "WrappedTarget",
)


class TransitionTarget(NamedModel):
    """Who goes next; a subclass says who."""

    def can_resolve_for_speaker_selection(self) -> bool:
        """Tell whether `resolve` finds the next speaker; otherwise a hidden agent acts for the target."""
        return False

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Find out who speaks next.

        Args:
            groupchat: the group.
            current_agent: who hands over.
            user_agent: the user of the group, or None.
        """
        raise NotImplementedError("Requires subclasses to implement.")

    def display_name(self) -> str:
        """The name for readers."""
        raise NotImplementedError("Requires subclasses to implement.")

    def normalized_name(self) -> str:
        """The name within the name of the tool by which a model chooses the target."""
        raise NotImplementedError("Requires subclasses to implement.")

    def needs_agent_wrapper(self) -> bool:
        """Tell whether a hidden agent has to act for the target."""
        raise NotImplementedError("Requires subclasses to implement.")

    def create_wrapper_agent(self, parent_agent: ConversableAgent, index: int) -> ConversableAgent:
        """Make the hidden agent that acts for the target.

        Args:
            parent_agent: who hands over.
            index: the number of the target among those of this agent that need one, counted from 0.

        Raises:
            NotImplementedError: the target needs no such agent.
        """
        raise NotImplementedError(f"{type(self).__name__} does not require wrapping in an agent.")

    def activate_target(self, groupchat: GroupChat) -> None:
        """Prepare the group for the choice, just before it is made; most targets have nothing to prepare.

        Args:
            groupchat: the group.
        """

    def __str__(self) -> str:
        return ""


class ResolvingTarget(TransitionTarget):
    """A target that finds the next speaker itself."""

    def can_resolve_for_speaker_selection(self) -> bool:
        """True: `resolve` finds the next speaker."""
        return True

    def needs_agent_wrapper(self) -> bool:
        """False: no hidden agent is needed."""
        return False


class WrappedTarget(TransitionTarget):
    """A target for which a hidden agent acts in the group."""

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The hidden agent, which joins the group if it is not there yet; see `TransitionTarget.resolve`.

        Raises:
            ValueError: the agent is not in a group with handoffs.
        """
        executor = current_agent._classic_group_executor
        if executor is None:
            raise ValueError(
                f"{self.display_name()} goes next in groups with handoffs only, but {current_agent.name} has no group."
            )
        return SpeakerSelectionResult(agent_name=executor.agent_for(self, current_agent, groupchat).name)

    def needs_agent_wrapper(self) -> bool:
        """True: a hidden agent acts for it."""
        return True


class AgentTarget(ResolvingTarget):
    """An agent goes next.

    Attributes:
        agent_name: its name, which is all that is kept of it.
    """

    agent_name: str

    def __init__(self, agent: ConversableAgent | None = None, **data: Any) -> None:
        """Name the agent.

        Args:
            agent: the agent.
            **data: ``agent_name`` in its place, as `model_dump` writes it.

        Raises:
            TypeError: ``agent`` is not an agent.
        """
        if (agent is not None or "agent_name" not in data) and not is_agent(agent):
            hint = f" For the agent of this name write AgentNameTarget({agent!r})." if isinstance(agent, str) else ""
            raise TypeError(f"AgentTarget takes an agent, but was given {described(agent)}.{hint}")
        super().__init__(**(data if agent is None else {"agent_name": agent.name, **data}))

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The agent; see `TransitionTarget.resolve`."""
        return SpeakerSelectionResult(agent_name=self.agent_name)

    def display_name(self) -> str:
        """The name of the agent."""
        return self.agent_name

    def normalized_name(self) -> str:
        """The name of the agent."""
        return self.agent_name

    def __str__(self) -> str:
        return f"Transfer to {self.agent_name}"


class AgentNameTarget(ResolvingTarget):
    """The agent of a name goes next.

    Attributes:
        agent_name: the name.
    """

    agent_name: str

    def __init__(self, agent_name: str, **data: Any) -> None:
        """Give the name.

        Args:
            agent_name: the name.
            **data: further fields of a subclass.
        """
        super().__init__(**{"agent_name": agent_name, **data})

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The agent of this name; see `TransitionTarget.resolve`."""
        return SpeakerSelectionResult(agent_name=self.agent_name)

    def display_name(self) -> str:
        """The name of the agent."""
        return self.agent_name

    def normalized_name(self) -> str:
        """The name of the agent."""
        return self.agent_name

    def __str__(self) -> str:
        return f"Transfer to {self.agent_name}"


class NestedChatTarget(WrappedTarget):
    """Chats outside of the group run, and their outcome is said in the group.

    Attributes:
        nested_chat_config: ``chat_queue``, as for `ConversableAgent.register_nested_chats`, and ``use_async``.
    """

    nested_chat_config: dict[str, Any]

    @field_validator("nested_chat_config")
    @classmethod
    def _check_has_chats(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "chat_queue" not in value:
            raise MissingItemError(
                'nested_chat_config of a NestedChatTarget must have "chat_queue", the list of chats.'
            )
        return value

    def display_name(self) -> str:
        """The name for readers."""
        return "a nested chat"

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return "nested_chat"

    def wrapper_name(self, parent_agent: ConversableAgent, index: int) -> str:
        """The name of the hidden agent; see `create_wrapper_agent` for the arguments."""
        return f"{__AGENT_WRAPPER_PREFIX__}nested_{parent_agent.name}_{index + 1}"

    def create_wrapper_agent(self, parent_agent: ConversableAgent, index: int) -> ConversableAgent:
        """Make the agent that runs the chats and then hands back; see `TransitionTarget.create_wrapper_agent`."""
        from ...agent import Agent
        from ...conversable_agent import ConversableAgent

        wrapper = ConversableAgent(self.wrapper_name(parent_agent, index), llm_config=False)
        wrapper.register_nested_chats(
            self.nested_chat_config["chat_queue"],
            trigger=[Agent, None],
            position=0,
            use_async=self.nested_chat_config.get("use_async") or None,
        )
        wrapper.handoffs.set_after_work(AgentTarget(parent_agent))
        return wrapper

    def __str__(self) -> str:
        return "Transfer to nested chat"


class TerminateTarget(ResolvingTarget):
    """The chat ends."""

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Nobody; see `TransitionTarget.resolve`."""
        return SpeakerSelectionResult(terminate=True)

    def display_name(self) -> str:
        """The name for readers."""
        return "Terminate"

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return "terminate"

    def __str__(self) -> str:
        return "Terminate"


class StayTarget(ResolvingTarget):
    """The agent that hands over speaks once more."""

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The same agent; see `TransitionTarget.resolve`."""
        return SpeakerSelectionResult(agent_name=current_agent.name)

    def display_name(self) -> str:
        """The name for readers."""
        return "Stay"

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return "stay"

    def __str__(self) -> str:
        return "Stay with agent"


class RevertToUserTarget(ResolvingTarget):
    """The user of the group goes next."""

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """The user; see `TransitionTarget.resolve`.

        Raises:
            ValueError: the group has no user.
        """
        if user_agent is None:
            raise ValueError(
                "User agent must be provided to the chat for the revert_to_user option. Give the pattern user_agent=..."
            )
        return SpeakerSelectionResult(agent_name=user_agent.name)

    def display_name(self) -> str:
        """The name for readers."""
        return "Revert to User"

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return "revert_to_user"

    def __str__(self) -> str:
        return "Revert to User"


class AskUserTarget(ResolvingTarget):
    """The person at the terminal chooses who goes next."""

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Whoever the person chooses; see `TransitionTarget.resolve`."""
        return SpeakerSelectionResult(speaker_selection_method="manual")

    def display_name(self) -> str:
        """The name for readers."""
        return "Ask User"

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return "ask_user"

    def __str__(self) -> str:
        return "Ask User"


class RandomAgentTarget(ResolvingTarget):
    """One of several agents goes next, and chance decides which; never the one that hands over.

    Attributes:
        agent_names: the names of the agents.
        nominated_name: the name that was drawn last.
    """

    agent_names: list[str]
    nominated_name: str = "<Not Randomly Selected Yet>"

    def __init__(self, agents: list[ConversableAgent] | None = None, **data: Any) -> None:
        """Name the agents.

        Args:
            agents: the agents.
            **data: ``agent_names`` in their place, as `model_dump` writes them.

        Raises:
            TypeError: something is not an agent.
            ValueError: there are no agents.
        """
        if agents is not None:
            for agent in agents if isinstance(agents, Collection) else [agents]:
                if not is_agent(agent):
                    raise TypeError(f"RandomAgentTarget takes a list of agents, but was given {described(agent)}.")
            data = {"agent_names": [agent.name for agent in agents], **data}
        super().__init__(**data)
        if not self.agent_names:
            raise ValueError("RandomAgentTarget needs agents to choose from, but its list of agents is empty.")

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Draw one of the others; see `TransitionTarget.resolve`. ``random.seed`` makes the choice repeatable.

        Raises:
            IndexError: there is nobody else.
        """
        others = [name for name in self.agent_names if name != current_agent.name]
        if not others:
            raise IndexError(f"A RandomAgentTarget of {current_agent.name} has no other agent to choose from.")
        self.nominated_name = choice(others)
        return SpeakerSelectionResult(agent_name=self.nominated_name)

    def display_name(self) -> str:
        """The name that was drawn last."""
        return self.nominated_name

    def normalized_name(self) -> str:
        """The name that was drawn last."""
        return self.nominated_name

    def __str__(self) -> str:
        return f"Transfer to {self.nominated_name}"
