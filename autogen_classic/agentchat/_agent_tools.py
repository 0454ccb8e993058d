"""What AG2 lets programs do with the tools of an agent, one line each into the room that does the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from .._core.party import Party
from . import _tool_registration

if TYPE_CHECKING:
    from ..tools.tool import Tool

__all__ = ("AgentTools",)


class AgentTools:
    """The part of a `ConversableAgent` that knows its tools as objects."""

    _classic_tools: dict[str, Tool]

    def _classic_set_up_tools(self, functions: Callable[..., Any] | list[Callable[..., Any]] | None) -> None:
        """Start with the functions that the constructor was given; the client has to be there."""
        self._classic_tools = {}
        if functions is not None:
            _tool_registration.add_functions(cast(Party, self), functions)

    @property
    def tools(self) -> list[Tool]:
        """The tools that the agent's model knows, in the order in which they were registered."""
        return _tool_registration.tools_of(cast(Party, self))

    def remove_tool_for_llm(self, tool: Tool) -> None:
        """Take a tool back from the agent's model; whoever runs it still can.

        Args:
            tool: the tool.

        Raises:
            ValueError: the model knows other tools, but not this one.
            AssertionError: the model does not know any.
            TypeError: it is not a tool.
        """
        _tool_registration.remove_tool(cast(Party, self), tool)
