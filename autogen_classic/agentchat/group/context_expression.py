"""A condition written as a text, such as ``${tries} > 2 and not ${done}``.

The text is parsed and then walked: nothing in it is ever run as Python.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import MissingItemError

if TYPE_CHECKING:
    from .context_variables import ContextVariables, Value

__all__ = ("ContextExpression", "refuse_text")

# A quoted text stays as it is; outside of it stand variables and the short forms of and, or and not.
_TOKEN = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\$\{([^{}]*)\}|(&&?|\|\|?|!(?!=))""")
_WORDS = {"&": " and ", "|": " or ", "!": " not "}

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CONSTANTS = {"true": "True", "false": "False", "none": "None", "null": "None"}
_ALLOWED = (
    "An expression may have variables as ${name}, and, or, not (also &, |, !), comparisons (== != < <= > >=), numbers, "
    "texts, True, False, None, parentheses and len(...)."
)


@dataclass
class ContextExpression:
    """A condition on context variables.

    Attributes:
        expression: the condition. It may have variables as ``${name}``, ``and``, ``or``, ``not`` (also ``&``, ``|``,
            ``!``), comparisons, numbers, texts, ``True``, ``False``, ``None``, parentheses and ``len(...)``. A list or
            dict counts as true when it is not empty.
    """

    expression: str

    def __post_init__(self) -> None:
        """Read the text.

        Raises:
            SyntaxError: it cannot be read.
            ValueError: it has something that is not allowed, or is not a text.
        """
        if not isinstance(self.expression, str):
            raise ValueError(f"A context expression must be a text, but it is {self.expression!r}. {_ALLOWED}")
        self._variables: list[str] = []
        try:
            tree = ast.parse(_TOKEN.sub(self._as_python, self.expression).strip(), mode="eval").body
            self._check(tree)
        except SyntaxError as error:
            raise SyntaxError(f"Invalid expression syntax in {self.expression!r}: {error.msg}. {_ALLOWED}") from None
        except RecursionError:
            raise ValueError(f"The context expression {self.expression[:80]!r}... is nested too deeply.") from None
        self._tree = tree

    def _as_python(self, found: re.Match[str]) -> str:
        text, variable, sign = found.groups()
        if text is not None:
            return str(text)
        if variable is None:
            return _WORDS[sign[0]]
        if not variable.strip():
            raise SyntaxError("a variable must have a name, as in ${name}")
        self._variables.append(variable.strip())
        return f"_{len(self._variables) - 1}_"  # a name that stands for the variable of this number

    def _check(self, node: ast.AST) -> None:
        """Refuse whatever is not part of the grammar."""
        if isinstance(node, ast.Compare):
            for sign in node.ops:
                if type(sign) not in _COMPARISONS:
                    raise ValueError(self._refusal(f"The comparison {type(sign).__name__} is not allowed"))
        elif isinstance(node, ast.UnaryOp):
            if not isinstance(node.op, (ast.Not, ast.USub)):
                raise ValueError(self._refusal(f"The operation {type(node.op).__name__} is not allowed"))
        elif isinstance(node, ast.Call):
            is_len = isinstance(node.func, ast.Name) and node.func.id == "len"
            if not is_len or len(node.args) != 1 or node.keywords:
                raise ValueError(self._refusal("Only the function len(...) of one value is allowed"))
            self._check(node.args[0])
            return
        elif not isinstance(node, (ast.BoolOp, ast.Constant, ast.Name)):
            raise ValueError(self._refusal(f"{type(node).__name__} is not allowed"))
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._check(child)

    def _refusal(self, fault: str) -> str:
        return f"Error validating expression {self.expression!r}: {fault}. {_ALLOWED}"

    def evaluate(self, context_variables: ContextVariables | Mapping[str, Any]) -> Value:
        """Tell whether the condition holds.

        Args:
            context_variables: the variables; a dict will do.

        Returns:
            True or False; for a lone variable that is a text, a number or None its value, whose truth counts.

        Raises:
            KeyError: a variable does not exist.
            ValueError: values cannot be compared, or the expression has a name without ``${}``.
        """
        values = []
        for name in self._variables:
            if name not in context_variables:
                raise MissingItemError(f"Missing context variable: '{name}'")
            values.append(context_variables[name])
        try:
            return self._value(self._tree, values)
        except TypeError as error:
            raise ValueError(f"Error evaluating expression {self.expression!r}: {error}.") from error

    def _value(self, node: ast.expr, values: list[Any], as_condition: bool = True) -> Value:
        """The value of a part of the expression; as a condition, a list or dict is false if it is empty."""
        if isinstance(node, ast.BoolOp):
            outcome: Any = None
            for part in node.values:
                outcome = self._value(part, values)
                if bool(outcome) is isinstance(node.op, ast.Or):
                    break
            return outcome
        if isinstance(node, ast.UnaryOp):
            operand = self._value(node.operand, values, as_condition=isinstance(node.op, ast.Not))
            return not operand if isinstance(node.op, ast.Not) else -operand
        if isinstance(node, ast.Compare):
            return self._compared(node, values)
        if isinstance(node, ast.Call):
            argument = self._value(node.args[0], values, as_condition=False)
            return len(argument) if hasattr(argument, "__len__") else 0
        if isinstance(node, ast.Constant):
            return node.value
        assert isinstance(node, ast.Name)
        value = self._value_of_variable(node.id, values)
        return bool(value) if as_condition and isinstance(value, (list, dict, tuple, set)) else value

    def _compared(self, node: ast.Compare, values: list[Any]) -> bool:
        left = self._value(node.left, values, as_condition=False)
        for sign, side in zip(node.ops, node.comparators, strict=True):
            right = self._value(side, values, as_condition=False)
            if not _COMPARISONS[type(sign)](left, right):
                return False
            left = right
        return True

    def _value_of_variable(self, name: str, values: list[Any]) -> Value:
        number = name.strip("_")
        if number.isdecimal() and int(number) < len(values) and name == f"_{number}_":
            return values[int(number)]
        constant = _CONSTANTS.get(name.lower())
        raise ValueError(
            f"Error evaluating expression {self.expression!r}: the name {name!r} is not defined. "
            + (f"Write {constant}, or " if constant else "Write ")
            + f"a context variable as ${{{name}}}, and a text in quotes."
        )

    def __str__(self) -> str:
        return f"ContextExpression('{self.expression}')"


def refuse_text(expression: object, condition: str) -> None:
    """Refuse a text where an expression is needed.

    Args:
        expression: what was given.
        condition: the class that needs it.

    Raises:
        ValueError: it is a text.
    """
    if isinstance(expression, str):
        raise ValueError(
            f"{condition} takes a ContextExpression, not a text. Write {condition}(ContextExpression({expression!r}))."
        )
