"""A handoff that a model may choose."""

from __future__ import annotations

import re
from typing import Any

from pydantic import field_validator

from ._named import NamedModel
from ._plain_forms import as_available, as_llm_condition, read_target
from .available_condition import AvailableCondition
from .llm_condition import LLMCondition
from .targets.transition_target import TransitionTarget

__all__ = ("OnCondition",)


class OnCondition(NamedModel):
    """A handoff that the model of an agent chooses by calling a tool without parameters.

    Attributes:
        target: who goes next; an agent stands for its `AgentTarget`.
        condition: when the model is to choose it; a text stands for its `StringLLMCondition`.
        available: when it is offered to the model; None for always. A `ContextExpression` or the name of a variable
            stand for the conditions with them.
        llm_function_name: the name of the tool, which the group sets when a chat begins.
    """

    target: TransitionTarget
    condition: LLMCondition
    available: AvailableCondition | None = None
    llm_function_name: str | None = None

    _read_target = field_validator("target", mode="before")(read_target)
    _read_condition = field_validator("condition", mode="before")(as_llm_condition)
    _read_available = field_validator("available", mode="before")(as_available)

    def has_target_type(self, target_type: type[Any]) -> bool:
        """Tell whether the target is of a class.

        Args:
            target_type: the class.
        """
        return isinstance(self.target, target_type)

    def tool_name(self, target: str, number: int) -> str:
        """The name of the tool by which the model chooses the handoff.

        Args:
            target: the normalized name of the target.
            number: the number of the handoff among those of its agent, counted from 1.
        """
        return f"transfer_to_{re.sub(r'[^a-zA-Z0-9_-]+', '_', target).strip('_') or 'target'}_{number}"

    def target_requires_wrapping(self) -> bool:
        """Tell whether a hidden agent has to act for the target: a nested chat, or a group chat."""
        return self.target.needs_agent_wrapper()
