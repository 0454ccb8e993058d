"""A text with places for context variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from .._groupchat.texts import fill

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
            KeyError: a variable of the text does not exist, or a brace that is meant as it stands is not written twice.
        """
        values = context_variables.to_dict() if hasattr(context_variables, "to_dict") else dict(context_variables)
        return fill("The template of a ContextStr", self.template, **values) if values else self.template

    def __str__(self) -> str:
        return f"ContextStr, unformatted: {self.template}"
