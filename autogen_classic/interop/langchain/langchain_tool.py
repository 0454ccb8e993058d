"""The bridge to LangChain's tools."""

from __future__ import annotations

import inspect
from typing import Any

from ...tools.tool import Tool
from .._bridge import check_is_tool, refuse_further, why_missing

__all__ = ("LangChainInteroperability",)


class LangChainInteroperability:
    """Makes tools of ours from those of LangChain."""

    @classmethod
    def convert_tool(cls, tool: Any, **kwargs: Any) -> Tool:
        """Make a tool with one parameter, ``tool_input``, whose fields are the parameters of LangChain's tool.

        Args:
            tool: a ``langchain_core.tools.BaseTool``. One that has nothing but a coroutine becomes an asynchronous
                tool.
            **kwargs: nothing else is taken.

        Raises:
            ValueError: it is not such a tool, or there are further arguments.
        """
        from langchain_core.tools import BaseTool

        check_is_tool(tool, BaseTool, "langchain_core.tools.BaseTool")
        refuse_further(kwargs, "LangChain")
        schema = tool.args_schema
        takes_model = inspect.isclass(schema)

        def arguments(tool_input: Any) -> Any:
            return tool_input.model_dump() if hasattr(tool_input, "model_dump") else tool_input

        def run(tool_input: Any) -> Any:
            return tool.run(arguments(tool_input))

        async def a_run(tool_input: Any) -> Any:
            return await tool.arun(arguments(tool_input))

        is_asynchronous = getattr(tool, "coroutine", None) is not None and getattr(tool, "func", None) is None
        function = a_run if is_asynchronous else run
        function.__annotations__["tool_input"] = schema if takes_model else dict[str, Any]
        parameters = None if takes_model else _wrapped(tool.tool_call_schema if schema is None else schema)
        return Tool(
            name=tool.name, description=tool.description, func_or_tool=function, parameters_json_schema=parameters
        )

    @classmethod
    def get_unsupported_reason(cls) -> str | None:
        """Say that LangChain is not installed; None if it is."""
        return why_missing("langchain_core", "interop-langchain")


def _wrapped(schema: Any) -> dict[str, Any]:
    """The parameters for a tool whose own are given as JSON schema."""
    fields = schema if isinstance(schema, dict) else schema.model_json_schema()
    return {"type": "object", "properties": {"tool_input": fields}, "required": ["tool_input"]}
