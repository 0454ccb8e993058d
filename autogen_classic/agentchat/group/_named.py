"""Data classes of groups whose values are given by name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

__all__ = ("NamedModel",)


class NamedModel(BaseModel):
    """A model that says how it is written when its values are given by their places."""

    def __init__(self, *by_place: object, **by_name: Any) -> None:
        """Take the values of the fields.

        Args:
            *by_place: refused.
            **by_name: the values.

        Raises:
            TypeError: values are given by their places.
        """
        if by_place:
            form = ", ".join(f"{name}=..." for name in type(self).model_fields)
            raise TypeError(f"Give {type(self).__name__} its values by name: {type(self).__name__}({form}).")
        super().__init__(**by_name)
