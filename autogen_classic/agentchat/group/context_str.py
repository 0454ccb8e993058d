"""A text with places for context variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from .context_variables import ContextVariables

__all__ = ("ContextStr",)


class ContextStr(BaseModel):
    """A text with places for context variables.

    Attributes:
        template: the text, with ``{name}`` where the value of a variable goes.
    """

    template: str

    def format(self, context_variables: ContextVariables) -> str:
        """Put the values into the text.

        Args:
            context_variables: the variables. Without any, the text stays as it is.

        Raises:
            KeyError: a variable of the text does not exist.
        """
        values = context_variables.to_dict() if hasattr(context_variables, "to_dict") else dict(context_variables)
        return self.template.format(**values) if values else self.template

    def __str__(self) -> str:
        return f"ContextStr, unformatted: {self.template}"
