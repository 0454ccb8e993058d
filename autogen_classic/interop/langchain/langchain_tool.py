"""The bridge to LangChain's tools."""

from __future__ import annotations

import inspect
from typing import Any, cast

from pydantic import BaseModel

from ...tools.tool import Tool
from .._bridge import checked_tool, refuse_further, why_missing

__all__ = ("LangChainInteroperability",)


class LangChainInteroperability:
    """Makes tools of ours from those of LangChain."""

    @classmethod
    def convert_tool(cls, tool: object, **kwargs: Any) -> Tool:
        """Make a tool with one parameter, ``tool_input``, whose fields are the parameters of LangChain's tool.

        Args:
            tool: a ``langchain_core.tools.BaseTool``. One that has nothing but a coroutine becomes an asynchronous
                tool.
            **kwargs: nothing else is taken.

        Raises:
            ValueError: it is not such a tool, or there are further arguments.
        """
        from langchain_core.tools import BaseTool

        foreign = checked_tool(tool, BaseTool, "langchain_core.tools.BaseTool")  # type: ignore[type-abstract]
        refuse_further(kwargs, "LangChain")
        schema = foreign.args_schema or foreign.tool_call_schema
        takes_model = inspect.isclass(schema)

        def run(tool_input: object) -> object:
            return foreign.run(_plain(tool_input))

        async def a_run(tool_input: object) -> object:
            return await foreign.arun(_plain(tool_input))

        is_asynchronous = getattr(foreign, "coroutine", None) is not None and getattr(foreign, "func", None) is None
        function = a_run if is_asynchronous else run
        function.__name__ = foreign.name  # the one that errors about arguments name
        function.__annotations__["tool_input"] = schema if takes_model else dict[str, Any]
        return Tool(
            name=foreign.name,
            description=foreign.description,
            func_or_tool=function,
            parameters_json_schema=None if takes_model else _within_one(schema),
        )

    @classmethod
    def get_unsupported_reason(cls) -> str | None:
        """Say that LangChain is not installed; None if it is."""
        return why_missing("langchain_core", "interop-langchain")


def _plain(tool_input: object) -> dict[str, Any]:
    """The arguments, which come as a model where the tool has one, as LangChain takes them."""
    return tool_input.model_dump() if isinstance(tool_input, BaseModel) else cast("dict[str, Any]", tool_input)


def _within_one(schema: object) -> dict[str, Any]:
    """The parameters for a tool whose own are given as JSON schema."""
    return {"type": "object", "properties": {"tool_input": schema}, "required": ["tool_input"]}
