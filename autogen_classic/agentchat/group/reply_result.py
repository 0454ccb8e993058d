"""What a tool of a group returns besides a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import field_validator

from ._named import NamedModel
from ._plain_forms import as_context_variables, read_target
from .context_variables import ContextVariables
from .targets.transition_target import TransitionTarget

if TYPE_CHECKING:
    from .._group_member import GroupMember

__all__ = ("ReplyResult",)


class ReplyResult(NamedModel):
    """The answer of a tool that changes context variables or says who goes next.

    Attributes:
        message: what the model reads.
        target: who goes next; an agent stands for its `AgentTarget`. None leaves that to the handoffs of the agent that
            called the tool.
        context_variables: variables that the group takes over, as `ContextVariables` or as a dict; None for no change.
    """

    message: str
    target: TransitionTarget | None = None
    context_variables: ContextVariables | None = None

    _read_target = field_validator("target", mode="before")(read_target)
    _read_variables = field_validator("context_variables", mode="before")(as_context_variables)

    def __str__(self) -> str:
        return self.message

    def _classic_taken_over_by(self, agent: GroupMember) -> str:
        """Change the variables of the agent that has run the tool, and return what the model reads."""
        if self.context_variables is not None:
            agent.context_variables.update(self.context_variables.to_dict())
        return self.message
