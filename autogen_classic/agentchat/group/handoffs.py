"""The handoffs of an agent: to whom it hands over, and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field

from ..._core.party import is_agent
from .on_condition import OnCondition
from .on_context_condition import OnContextCondition
from .targets.transition_target import TransitionTarget

__all__ = ("Handoffs",)


class Handoffs(BaseModel):
    """To whom an agent hands over, and when.

    Before the agent speaks, its context conditions are asked in their order; the first that holds hands over. Then its
    model may choose one of its LLM conditions. When it has spoken, its after-works are asked in their order.

    Attributes:
        context_conditions: handoffs that context variables decide.
        llm_conditions: handoffs that the model chooses.
        after_works: what happens when the agent has spoken; without any that holds, the group decides.
    """

    context_conditions: list[OnContextCondition] = Field(default_factory=list)
    llm_conditions: list[OnCondition] = Field(default_factory=list)
    after_works: list[OnContextCondition] = Field(default_factory=list)

    def add_context_condition(self, condition: OnContextCondition) -> Handoffs:
        """Add a handoff that context variables decide.

        Args:
            condition: the handoff.

        Returns:
            These handoffs.

        Raises:
            TypeError: it is not an `OnContextCondition`.
        """
        _check_type(condition, OnContextCondition)
        self.context_conditions.append(condition)
        return self

    def add_context_conditions(self, conditions: list[OnContextCondition]) -> Handoffs:
        """Add several; see `add_context_condition`."""
        self.context_conditions.extend(_all_of_type(conditions, OnContextCondition))
        return self

    def add_llm_condition(self, condition: OnCondition) -> Handoffs:
        """Add a handoff that the model chooses.

        Args:
            condition: the handoff.

        Returns:
            These handoffs.

        Raises:
            TypeError: it is not an `OnCondition`.
        """
        _check_type(condition, OnCondition)
        self.llm_conditions.append(condition)
        return self

    def add_llm_conditions(self, conditions: list[OnCondition]) -> Handoffs:
        """Add several; see `add_llm_condition`."""
        self.llm_conditions.extend(_all_of_type(conditions, OnCondition))
        return self

    def set_after_work(self, target: TransitionTarget) -> Handoffs:
        """Say who goes next when the agent has spoken, in place of all former after-works.

        Args:
            target: who goes next.

        Returns:
            These handoffs.

        Raises:
            TypeError: it is not a target.
        """
        _check_type(target, TransitionTarget, "AgentTarget(...)")
        self.after_works = [OnContextCondition(target=target)]
        return self

    def add_after_work(self, condition: OnContextCondition) -> Handoffs:
        """Add an after-work. One without a condition takes the place of the former one without, and stays the last.

        Args:
            condition: the after-work.

        Returns:
            These handoffs.

        Raises:
            TypeError: it is not an `OnContextCondition`.
        """
        _check_type(condition, OnContextCondition)
        conditional = [one for one in self.after_works if one.condition is not None]
        unconditional = [one for one in self.after_works if one.condition is None]
        if condition.condition is None:
            unconditional = [condition]
        else:
            conditional.append(condition)
        self.after_works = [*conditional, *unconditional]
        return self

    def add_after_works(self, conditions: list[OnContextCondition]) -> Handoffs:
        """Add several; see `add_after_work`."""
        for condition in _all_of_type(conditions, OnContextCondition):
            self.add_after_work(condition)
        return self

    def add(self, condition: OnContextCondition | OnCondition) -> Handoffs:
        """Add a handoff of either kind.

        Args:
            condition: an `OnCondition`, or an `OnContextCondition`, which goes to the context conditions.

        Returns:
            These handoffs.

        Raises:
            TypeError: it is neither.
        """
        if isinstance(condition, OnCondition):
            return self.add_llm_condition(condition)
        if isinstance(condition, OnContextCondition):
            return self.add_context_condition(condition)
        raise TypeError(
            f"Unsupported condition type: {type(condition).__name__}. It must be an OnCondition or an "
            "OnContextCondition."
        )

    def add_many(self, conditions: list[OnContextCondition | OnCondition]) -> Handoffs:
        """Add several of both kinds; see `add`."""
        for condition in conditions:
            self.add(condition)
        return self

    def clear(self) -> Handoffs:
        """Forget all handoffs and after-works."""
        self.context_conditions.clear()
        self.llm_conditions.clear()
        self.after_works.clear()
        return self

    def get_llm_conditions_by_target_type(self, target_type: type[Any]) -> list[OnCondition]:
        """The LLM conditions whose target is of a class.

        Args:
            target_type: the class.
        """
        return [condition for condition in self.llm_conditions if condition.has_target_type(target_type)]

    def get_context_conditions_by_target_type(self, target_type: type[Any]) -> list[OnContextCondition]:
        """The context conditions whose target is of a class.

        Args:
            target_type: the class.
        """
        return [condition for condition in self.context_conditions if condition.has_target_type(target_type)]

    def get_llm_conditions_requiring_wrapping(self) -> list[OnCondition]:
        """The LLM conditions for whose targets a hidden agent has to act."""
        return [condition for condition in self.llm_conditions if condition.target_requires_wrapping()]

    def get_context_conditions_requiring_wrapping(self) -> list[OnContextCondition]:
        """The context conditions for whose targets a hidden agent has to act."""
        return [condition for condition in self.context_conditions if condition.target_requires_wrapping()]

    def set_llm_function_names(self) -> None:
        """Name the tools by which the model chooses: ``transfer_to_TARGET_N``, with N counted from 1."""
        for number, condition in enumerate(self.llm_conditions, 1):
            condition.llm_function_name = condition.tool_name(condition.target.normalized_name(), number)


def _check_type(value: object, wanted: type[Any], for_agent: str | None = None) -> None:
    if not isinstance(value, wanted):
        article = "an" if wanted.__name__[0] in "AEIOU" else "a"
        advice = f": use {for_agent} for an agent" if for_agent and is_agent(value) else ""
        raise TypeError(f"Expected {article} {wanted.__name__} instance, got {type(value).__name__}{advice}")


def _all_of_type(values: Iterable[Any], wanted: type[Any]) -> list[Any]:
    values = list(values)
    if not all(isinstance(value, wanted) for value in values):
        raise TypeError(f"All conditions must be of type {wanted.__name__}")
    return values
