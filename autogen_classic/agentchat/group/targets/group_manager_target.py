"""The target that leaves the choice to the model of the group's manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, field_validator

from ..._groupchat.texts import fill
from ..context_str import ContextStr
from ..speaker_selection_result import SpeakerSelectionResult
from .transition_target import ResolvingTarget

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from ...groupchat import GroupChat

__all__ = (
    "GroupManagerSelectionMessage",
    "GroupManagerSelectionMessageContextStr",
    "GroupManagerSelectionMessageString",
    "GroupManagerTarget",
    "prepare_groupchat_auto_speaker",
)


class GroupManagerSelectionMessage(BaseModel):
    """What the model of the manager is asked; a subclass says how."""

    def get_message(self, agent: ConversableAgent) -> str:
        """The question, in which ``{agentlist}`` stands for the names of the candidates.

        Args:
            agent: an agent of the group; it has the context variables.
        """
        raise NotImplementedError("Requires subclasses to implement.")


class GroupManagerSelectionMessageString(GroupManagerSelectionMessage):
    """A question that is always the same.

    Attributes:
        message: the question.
    """

    message: str

    def get_message(self, agent: ConversableAgent) -> str:
        """The question; see `GroupManagerSelectionMessage.get_message`."""
        return self.message


class GroupManagerSelectionMessageContextStr(GroupManagerSelectionMessage):
    """A question with context variables.

    Attributes:
        context_str_template: the question, with ``{name}`` where the value of a variable goes.
    """

    context_str_template: str

    def get_message(self, agent: ConversableAgent) -> str:
        """The question with the values; see `GroupManagerSelectionMessage.get_message`.

        Raises:
            KeyError: a variable of the question does not exist.
        """
        values = {**agent.context_variables.to_dict(), "agentlist": "{agentlist}"}
        return fill("The template of a GroupManagerSelectionMessageContextStr", self.context_str_template, **values)


class GroupManagerTarget(ResolvingTarget):
    """The model of the group's manager chooses who goes next.

    Attributes:
        selection_message: what it is asked: a message, or a text, which becomes one; None for the usual question.
    """

    selection_message: GroupManagerSelectionMessage | None = None

    @field_validator("selection_message", mode="before")
    @classmethod
    def _read_selection_message(cls, value: object) -> object:
        if isinstance(value, ContextStr):
            return GroupManagerSelectionMessageContextStr(context_str_template=value.template)
        return GroupManagerSelectionMessageString(message=value) if isinstance(value, str) else value

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Whoever the model names; see `TransitionTarget.resolve`."""
        if self.selection_message is not None:
            prepare_groupchat_auto_speaker(groupchat, current_agent, self.selection_message)
        return SpeakerSelectionResult(speaker_selection_method="auto")

    def display_name(self) -> str:
        """The name for readers."""
        return "the group manager"

    def normalized_name(self) -> str:
        """The same name; in the name of a tool, underscores take the place of its spaces."""
        return self.display_name()

    def __str__(self) -> str:
        return "Transfer to the group manager"


def prepare_groupchat_auto_speaker(
    groupchat: GroupChat,
    last_group_agent: ConversableAgent,
    group_chat_manager_selection_msg: GroupManagerSelectionMessage | None,
) -> None:
    """Change the question that the model of the manager is asked.

    Args:
        groupchat: the group, whose ``select_speaker_prompt_template`` changes.
        last_group_agent: an agent of the group; it has the context variables.
        group_chat_manager_selection_msg: what is asked; None leaves the question as it is.
    """
    if group_chat_manager_selection_msg is not None:
        names = [agent.name for agent in groupchat.agents if agent is not last_group_agent._classic_group_executor]
        question = group_chat_manager_selection_msg.get_message(last_group_agent).replace("{agentlist}", str(names))
        groupchat.select_speaker_prompt_template = question.replace("{", "{{").replace("}", "}}")
