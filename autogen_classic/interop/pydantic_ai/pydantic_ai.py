"""The bridge to the tools of pydantic-ai."""

from __future__ import annotations

import functools
import inspect
import typing
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...tools.tool import Tool
from .._bridge import checked_tool, why_missing

if TYPE_CHECKING:
    from pydantic_ai import RunContext
    from pydantic_ai.tools import Tool as PydanticAITool

__all__ = ("PydanticAIInteroperability",)


class PydanticAIInteroperability:
    """Makes tools of ours from those of pydantic-ai."""

    @classmethod
    def convert_tool(cls, tool: object, deps: object = None, **kwargs: Any) -> Tool:
        """Make a tool with the parameters of pydantic-ai's tool, its context apart.

        Args:
            tool: a ``pydantic_ai.Tool``.
            deps: what the tool finds in ``ctx.deps``; needed if it takes a context.
            **kwargs: has no effect, as in AG2.

        Raises:
            ValueError: it is not such a tool, or it takes a context and ``deps`` is missing.
        """
        from pydantic_ai import RunContext
        from pydantic_ai.models.test import TestModel
        from pydantic_ai.tools import Tool as PydanticAITool
        from pydantic_ai.usage import RunUsage

        foreign = checked_tool(tool, PydanticAITool, "pydantic_ai.Tool")
        context = None
        if foreign.takes_ctx:
            if deps is None:
                raise ValueError(f"The tool {foreign.name!r} takes a context, so convert_tool needs its deps=...")
            context = RunContext(deps=deps, model=TestModel(), usage=RunUsage(), tool_name=foreign.name)
        elif deps is not None:
            warnings.warn(f"The tool {foreign.name!r} takes no context, so its deps are not used.", stacklevel=2)
        return Tool(
            name=foreign.name,
            description=foreign.description or "",
            func_or_tool=cls.inject_params(context, foreign),
            parameters_json_schema=dict(foreign.function_schema.json_schema),
        )

    @staticmethod
    def inject_params(ctx: RunContext[Any] | None, tool: PydanticAITool[Any]) -> Callable[..., Any]:
        """Make a function that gives pydantic-ai's tool its context.

        Args:
            ctx: the context, or None for a tool that takes none. Its ``retry`` counts the failures in a row.
            tool: the tool.

        Returns:
            A function of the other parameters. After more than ``max_retries`` failures in a row, the next call raises
            ValueError instead of calling the tool.
        """
        function = tool.function
        failures = 0
        most = 1 if tool.max_retries is None else tool.max_retries

        def given() -> tuple[Any, ...]:
            nonlocal failures
            if failures > most:
                times, failures = failures, 0
                raise ValueError(f"The tool {tool.name!r} failed {times} times in a row; do without it.")
            if ctx is None:
                return ()
            ctx.retry = failures
            return (ctx,)

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> object:
            nonlocal failures
            before = given()
            failures += 1
            result = function(*before, *args, **kwargs)
            failures = 0
            return result

        @functools.wraps(function)
        async def a_run(*args: Any, **kwargs: Any) -> object:
            nonlocal failures
            before = given()
            failures += 1
            result = await function(*before, *args, **kwargs)
            failures = 0
            return result

        wrapped = a_run if inspect.iscoroutinefunction(function) else run
        return _without_context(wrapped, function) if ctx is not None else wrapped

    @classmethod
    def get_unsupported_reason(cls) -> str | None:
        """Say that pydantic-ai is not installed; None if it is."""
        return why_missing("pydantic_ai", "interop-pydantic-ai")


def _without_context(wrapped: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function look as if it had no first parameter."""
    signature = inspect.signature(function)
    _, *others = signature.parameters.values()
    hints = typing.get_type_hints(function, include_extras=True)
    names = [parameter.name for parameter in others]
    wrapped.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {name: hints[name] for name in (*names, "return") if name in hints}
    del wrapped.__wrapped__  # type: ignore[attr-defined]
    return wrapped
