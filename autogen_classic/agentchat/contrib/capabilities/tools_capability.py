"""Several tools that are added to an agent at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ...._core.party import check_capable
from .._settings import check_methods

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent

__all__ = ("ToolsCapability",)


class _Tool(Protocol):
    """A tool that knows how an agent gets it."""

    def register_tool(self, agent: ConversableAgent) -> object: ...


Tool: TypeAlias = "_Tool | Callable[..., Any]"


class ToolsCapability:
    """Tools for an agent whose model may call them, and which runs them itself.

    Args:
        tool_list: objects with a method ``register_tool(agent)``, or functions with annotated parameters, whose
            docstrings the model reads.

    Raises:
        TypeError: something on the list is neither, or there is no list.
    """

    def __init__(self, tool_list: Sequence[Tool]) -> None:
        if not isinstance(tool_list, Iterable):
            raise TypeError(f"tool_list must be a list of tools, but it is {tool_list!r}. Put one into a list, too.")
        for tool in tool_list:
            if hasattr(tool, "register_tool"):
                check_methods("tool", tool, "register_tool")
            if not (hasattr(tool, "register_tool") or callable(tool)):
                raise TypeError(f"A tool must be a function or have a method register_tool, but it is {tool!r}.")
        self.tools = list(tool_list)

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Let an agent call and run the tools.

        Args:
            agent: the agent.

        Raises:
            TypeError: it is not an agent.
        """
        check_capable(self, agent)
        for tool in self.tools:
            if hasattr(tool, "register_tool"):
                tool.register_tool(agent=agent)
            else:
                agent.register_for_llm(description=inspect.getdoc(tool) or tool.__name__)(tool)
                agent.register_for_execution()(tool)
