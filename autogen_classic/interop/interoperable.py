"""What a bridge to another framework has to be able to do."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from ..tools.tool import Tool

__all__ = ("Interoperable",)


@runtime_checkable
class Interoperable(Protocol):
    """A class that makes tools of ours from those of another framework."""

    @classmethod
    def convert_tool(cls, tool: object, **kwargs: Any) -> Tool:
        """Make a tool of ours.

        Args:
            tool: the tool of the other framework.
            **kwargs: what the bridge takes besides.
        """
        ...

    @classmethod
    def get_unsupported_reason(cls) -> str | None:
        """Say why the bridge cannot be used here, such as a missing package; None if it can be."""
        ...
