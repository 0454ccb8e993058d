"""Several tools that are registered together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .tool import Tool

if TYPE_CHECKING:
    from .._core.party import Party

__all__ = ("Toolkit",)


class Toolkit:
    """Tools by name, which agents get together."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        """Gather tools.

        Args:
            tools: the tools; of several with the same name, the last one counts.

        Raises:
            TypeError: one of them is not a `Tool`, or they are not in a list.
        """
        if not isinstance(tools, Iterable):
            raise TypeError(f"A toolkit takes a list of tools, such as Toolkit([tool]), but it was given {tools!r}.")
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            self.set_tool(tool)

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    @property
    def tools(self) -> list[Tool]:
        """The tools, in the order in which they came."""
        return list(self._tools.values())

    def get_tool(self, tool_name: str) -> Tool:
        """Find a tool.

        Args:
            tool_name: its name.

        Returns:
            The tool.

        Raises:
            ValueError: there is no tool of this name.
        """
        self._check(tool_name)
        return self._tools[tool_name]

    def set_tool(self, tool: Tool) -> None:
        """Add a tool, or replace the one that has its name.

        Args:
            tool: the tool.

        Raises:
            TypeError: for anything that is not a `Tool`.
        """
        if not isinstance(tool, Tool):
            raise TypeError(
                f"A toolkit holds tools, but it was given {tool!r} ({type(tool).__name__}). "
                "Make a tool of a function with Tool(func_or_tool=function), or with the decorator @tool()."
            )
        self._tools[tool.name] = tool

    def remove_tool(self, tool_name: str) -> None:
        """Take a tool out; agents that have it keep it.

        Args:
            tool_name: its name.

        Raises:
            ValueError: there is no tool of this name.
        """
        self._check(tool_name)
        del self._tools[tool_name]

    def register_for_llm(self, agent: Party) -> None:
        """Tell an agent's model about all tools.

        Args:
            agent: the agent.
        """
        for tool in self:
            tool.register_for_llm(agent)

    def register_for_execution(self, agent: Party) -> None:
        """Let an agent run all tools.

        Args:
            agent: the agent.
        """
        for tool in self:
            tool.register_for_execution(agent)

    def _check(self, tool_name: str) -> None:
        if tool_name not in self._tools:
            known = ", ".join(map(repr, self._tools)) or "nothing"
            raise ValueError(f"Tool '{tool_name}' not found in Toolkit. It has {known}.")
