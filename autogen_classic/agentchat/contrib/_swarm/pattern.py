"""How a swarm differs from a group with handoffs: in names, in results of tools, in who begins and what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ...._core.party import is_agent
from ...conversable_agent import ConversableAgent
from ...group._transitions import Choice, GroupTransition
from ...group.context_variables import ContextVariables
from ...group.group_tool_executor import GroupToolExecutor
from ...group.patterns.pattern import DefaultPattern
from ...group.reply_result import ReplyResult
from .after_work import target_of

if TYPE_CHECKING:
    from ...groupchat import GroupChat

__all__ = ("SwarmPattern", "SwarmResult")


class SwarmResult(BaseModel):
    """What a tool of a swarm returns besides a text.

    Attributes:
        values: what the model reads.
        agent: who goes next: an agent or its name, or an `AfterWorkOption` or its name; None leaves that to the
            handoffs of the agent that called the tool.
        context_variables: variables that the swarm takes over.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    values: str = ""
    agent: Any = None
    context_variables: dict[str, Any] = Field(default_factory=dict)

    @field_validator("agent")
    @classmethod
    def _check_can_go_next(cls, value: object) -> object:
        if value is not None:
            target_of(value)
        return value

    def __str__(self) -> str:
        return self.values


class _ToolExecutor(GroupToolExecutor):
    """Runs the tools of a swarm."""

    NAME: ClassVar[str] = "_Swarm_Tool_Executor"
    HANDED_OVER: ClassVar[str] = "Swarm agent --> {target}"

    def _answer_handoff(self, **arguments: object) -> str:
        return self.HANDED_OVER.format(target=self.get_next_target().display_name())

    def _as_group_result(self, returned: object) -> object:
        if is_agent(returned):
            agent = cast(ConversableAgent, returned)
            returned = SwarmResult(values=self.HANDED_OVER.format(target=agent.name), agent=agent)
        if isinstance(returned, SwarmResult):
            return ReplyResult(
                message=returned.values,
                target=None if returned.agent is None else target_of(returned.agent),
                context_variables=ContextVariables(data=returned.context_variables),
            )
        return returned


class _Transition(GroupTransition):
    """Chooses who speaks next in a swarm; the initial agent speaks first in a chat that is resumed as well."""

    announces_always = False
    _has_begun = False

    def __call__(self, last_speaker: ConversableAgent, groupchat: GroupChat) -> Choice:
        """Choose the next speaker; see `GroupTransition`."""
        if not self._has_begun:
            self._has_begun = True
            return self.initial_agent
        return super().__call__(last_speaker, groupchat)


class SwarmPattern(DefaultPattern):
    """The handoffs of the agents decide, and nothing is printed about them."""

    executor_class = _ToolExecutor
    transition_class = _Transition
    announces = False
