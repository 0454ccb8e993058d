"""A handoff that context variables decide, and the handoff after the work of an agent."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from ._named import NamedModel
from ._plain_forms import as_available, as_context_condition, read_target
from .available_condition import AvailableCondition
from .context_condition import ContextCondition
from .targets.transition_target import TransitionTarget

__all__ = ("OnContextCondition",)


class OnContextCondition(NamedModel):
    """A handoff that is decided without a model.

    Attributes:
        target: who goes next; an agent stands for its `AgentTarget`.
        condition: when; None for always. A `ContextExpression` stands for the condition with it.
        available: when it counts at all; None for always. A `ContextExpression` or the name of a variable stand for the
            conditions with them.
    """

    target: TransitionTarget
    condition: ContextCondition | None = None
    available: AvailableCondition | None = None

    _read_target = field_validator("target", mode="before")(read_target)
    _read_condition = field_validator("condition", mode="before")(as_context_condition)
    _read_available = field_validator("available", mode="before")(as_available)

    def has_target_type(self, target_type: type[Any]) -> bool:
        """Tell whether the target is of a class.

        Args:
            target_type: the class.
        """
        return isinstance(self.target, target_type)

    def target_requires_wrapping(self) -> bool:
        """Tell whether a hidden agent has to act for the target: a nested chat, or a group chat."""
        return self.target.needs_agent_wrapper()
