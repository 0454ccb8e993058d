"""Conditions on context variables, which need no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._named import NamedModel
from .context_expression import ContextExpression, refuse_text

if TYPE_CHECKING:
    from .context_variables import ContextVariables

__all__ = ("ContextCondition", "ExpressionContextCondition", "StringContextCondition")


class ContextCondition(NamedModel):
    """Tells whether context variables are as they should be; a subclass says how."""

    def evaluate(self, context_variables: ContextVariables) -> bool:
        """Tell whether the condition holds.

        Args:
            context_variables: the variables.
        """
        raise NotImplementedError("Requires subclasses to implement.")


class StringContextCondition(ContextCondition):
    """Holds while a context variable is true.

    Attributes:
        variable_name: the name of the variable; one that does not exist counts as false.
    """

    variable_name: str

    def evaluate(self, context_variables: ContextVariables) -> bool:
        """Tell whether the variable is true; see `ContextCondition.evaluate`."""
        return bool(context_variables.get(self.variable_name, False))


class ExpressionContextCondition(ContextCondition):
    """Holds while an expression does.

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

    def evaluate(self, context_variables: ContextVariables) -> bool:
        """Tell whether the expression holds; see `ContextCondition.evaluate`.

        Raises:
            KeyError: a variable of the expression does not exist.
        """
        return bool(self.expression.evaluate(context_variables))
