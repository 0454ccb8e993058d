"""What the agents of a group know together, and the tools and conditions of the group read and change."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel, Field

from ...errors import MissingItemError
from ...tools.dependency_injection import fill_parameters_of_type

if TYPE_CHECKING:
    from ..._core.party import Party

__all__ = ("ContextVariables", "Value")

Value: TypeAlias = Any
"""What a program keeps under a name."""


class ContextVariables(BaseModel):
    """Values by their names, shared by all agents of a group.

    It reads like a dict: ``variables["name"]``, ``in``, ``len``; iterating yields pairs of name and value.

    Attributes:
        data: the values by their names, which are texts.
    """

    data: dict[str, Any] = Field(default_factory=dict)

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """Take a copy of values.

        Args:
            data: the values by their names.
            **kwargs: not used, as in AG2.

        Raises:
            pydantic.ValidationError: data is not a dict with texts as its keys.
        """
        super().__init__(data={} if data is None else data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ContextVariables:
        """Take a copy of the values of a dict.

        Args:
            data: the values by their names.
        """
        return cls(data=data)

    def get(self, key: str, default: Value = None) -> Value:
        """A value, or the default if the name is unknown.

        Args:
            key: the name.
            default: what stands for an unknown name.
        """
        return self.data.get(key, default)

    def set(self, key: str, value: Value) -> None:
        """Give a name a value.

        Args:
            key: the name.
            value: its value.
        """
        self.data[key] = value

    def remove(self, key: str) -> bool:
        """Forget a name.

        Args:
            key: the name.

        Returns:
            Whether it was known.
        """
        if key not in self.data:
            return False
        del self.data[key]
        return True

    def contains(self, key: str) -> bool:
        """Tell whether a name is known.

        Args:
            key: the name.
        """
        return key in self.data

    def update(self, other: Mapping[str, Any] | ContextVariables) -> None:
        """Take over the values of others.

        Args:
            other: a dict, or other context variables.
        """
        self.data.update(other.data if isinstance(other, ContextVariables) else other)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self.data.keys()

    def values(self) -> ValuesView[Value]:
        """The values."""
        return self.data.values()

    def items(self) -> ItemsView[str, Value]:
        """The pairs of name and value."""
        return self.data.items()

    def clear(self) -> None:
        """Forget everything."""
        self.data.clear()

    def to_dict(self) -> dict[str, Any]:
        """A dict with the values, which is a copy."""
        return self.data.copy()

    def __getitem__(self, key: str) -> Value:
        try:
            return self.data[key]
        except KeyError:
            raise MissingItemError(f"Context variable '{key}' not found") from None

    def __setitem__(self, key: str, value: Value) -> None:
        self.data[key] = value

    def __delitem__(self, key: str) -> None:
        if not self.remove(key):
            raise MissingItemError(f"Context variable '{key}' not found")

    def __contains__(self, key: object) -> bool:
        return key in self.data

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]  # pairs, as in AG2
        yield from self.data.items()

    def __str__(self) -> str:
        return f"ContextVariables({self.data})"


def _copy_for_tool(agent: Party) -> ContextVariables:
    """What a tool gets: a copy, so that only what it returns in a `ReplyResult` changes the variables."""
    variables: ContextVariables = agent.context_variables  # type: ignore[attr-defined]
    return ContextVariables(data=variables.to_dict())


fill_parameters_of_type(ContextVariables, _copy_for_tool)
