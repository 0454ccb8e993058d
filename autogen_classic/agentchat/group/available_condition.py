"""Conditions on which a handoff is available at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from .context_expression import ContextExpression, refuse_text

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent

__all__ = ("AvailableCondition", "ExpressionAvailableCondition", "StringAvailableCondition")


class AvailableCondition(BaseModel):
    """Tells whether a handoff is available; a subclass says how."""

    def is_available(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> bool:
        """Tell whether the handoff is available.

        Args:
            agent: whose handoff it is; it has the context variables.
            messages: the conversation.
        """
        raise NotImplementedError("Requires subclasses to implement.")


class StringAvailableCondition(AvailableCondition):
    """A handoff is available while a context variable is true.

    Attributes:
        context_variable: the name of the variable; one that does not exist counts as false.
    """

    context_variable: str

    def __init__(self, context_variable: str, **data: Any) -> None:
        """Name the variable.

        Args:
            context_variable: its name.
            **data: further fields of a subclass.
        """
        super().__init__(**{"context_variable": context_variable, **data})

    def is_available(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> bool:
        """Tell whether the variable is true; see `AvailableCondition.is_available`."""
        return bool(agent.context_variables.get(self.context_variable, False))


class ExpressionAvailableCondition(AvailableCondition):
    """A handoff is available while an expression holds.

    Attributes:
        expression: the expression.
    """

    expression: ContextExpression

    def __init__(self, expression: ContextExpression, **data: Any) -> None:
        """Give the expression.

        Args:
            expression: the expression.
            **data: further fields of a subclass.

        Raises:
            ValueError: it is a text.
        """
        refuse_text(expression, type(self).__name__)
        super().__init__(**{"expression": expression, **data})

    def is_available(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> bool:
        """Tell whether the expression holds; see `AvailableCondition.is_available`.

        Raises:
            KeyError: a variable of the expression does not exist.
        """
        return bool(self.expression.evaluate(agent.context_variables))
