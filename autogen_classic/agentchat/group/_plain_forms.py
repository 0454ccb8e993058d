"""Plain values that stand for conditions and targets, as older programs write them, where they are unambiguous."""

from __future__ import annotations

from ..._core.party import is_agent
from .available_condition import ExpressionAvailableCondition, StringAvailableCondition
from .context_condition import ExpressionContextCondition
from .context_expression import ContextExpression
from .context_str import ContextStr
from .context_variables import ContextVariables
from .llm_condition import ContextStrLLMCondition, StringLLMCondition
from .targets.transition_target import AgentTarget, TransitionTarget

__all__ = (
    "as_available",
    "as_context_condition",
    "as_context_variables",
    "as_llm_condition",
    "as_target",
    "read_target",
)


def as_target(value: object) -> object:
    """An agent stands for the target that is this agent."""
    return AgentTarget(agent_name=value.name) if is_agent(value) else value  # type: ignore[attr-defined]


def read_target(value: object) -> object:
    """As `as_target`; texts and classes, which are not targets, are refused with what to write instead.

    Raises:
        ValueError: the value is a text, or a class of targets.
    """
    if isinstance(value, str):
        raise ValueError(f"a target is needed, not a text; an agent is named by AgentNameTarget({value!r})")
    if isinstance(value, type) and issubclass(value, TransitionTarget):
        raise ValueError(f"a target is needed, not its class; write {value.__name__}(...)")
    return as_target(value)


def as_context_variables(value: object) -> object:
    """A dict stands for the variables that it holds; one with nothing but ``data`` may be what a dump has left."""
    is_dump = isinstance(value, dict) and value.keys() == {"data"} and isinstance(value["data"], dict)
    return ContextVariables(data=value) if isinstance(value, dict) and not is_dump else value


def as_llm_condition(value: object) -> object:
    """A text stands for the condition that has it as its prompt."""
    if isinstance(value, str):
        return StringLLMCondition(prompt=value)
    return ContextStrLLMCondition(context_str=value) if isinstance(value, ContextStr) else value


def as_context_condition(value: object) -> object:
    """An expression stands for the condition that it holds; a text, which could be either kind, is refused.

    Raises:
        ValueError: the value is a text.
    """
    if isinstance(value, str):
        form = (
            f"ExpressionContextCondition(ContextExpression({value!r}))"
            if "${" in value
            else f"StringContextCondition(variable_name={value!r})"
        )
        raise ValueError(f"a condition on context variables is needed, not a text; write {form}")
    return ExpressionContextCondition(expression=value) if isinstance(value, ContextExpression) else value


def as_available(value: object) -> object:
    """An expression, or a text with ``${}``, stands for the condition that it holds; another text is a variable."""
    if isinstance(value, str):
        return (
            ExpressionAvailableCondition(expression=ContextExpression(value))
            if "${" in value
            else StringAvailableCondition(context_variable=value)
        )
    return ExpressionAvailableCondition(expression=value) if isinstance(value, ContextExpression) else value
