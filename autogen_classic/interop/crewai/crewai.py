"""The bridge to CrewAI's tools."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from ...tools.tool import Tool
from .._bridge import checked_tool, refuse_further, why_missing

__all__ = ("CrewAIInteroperability",)

_NOT_IN_NAMES = re.compile(r"[^\w-]+", re.ASCII)
# CrewAI writes name and parameters into the description, which the schema says already.
_DESCRIPTION = "Tool Description: "


class CrewAIInteroperability:
    """Makes tools of ours from those of CrewAI."""

    @classmethod
    def convert_tool(cls, tool: object, **kwargs: Any) -> Tool:
        """Make a tool with one parameter, ``args``, whose fields are the parameters of CrewAI's tool.

        Args:
            tool: a ``crewai.tools.BaseTool``. What providers refuse in names, such as spaces, becomes underscores.
            **kwargs: nothing else is taken.

        Raises:
            ValueError: it is not such a tool, or there are further arguments.
        """
        from crewai.tools import BaseTool

        foreign = checked_tool(tool, BaseTool, "crewai.tools.BaseTool")
        refuse_further(kwargs, "CrewAI")

        def run(args: BaseModel) -> object:
            return foreign.run(**args.model_dump())

        run.__name__ = _NOT_IN_NAMES.sub("_", foreign.name)  # the one that errors about arguments name
        run.__annotations__["args"] = foreign.args_schema
        description = foreign.description.rpartition(_DESCRIPTION)[2]
        return Tool(
            name=run.__name__,
            description=f"{description} (Give all arguments within `args`.)",
            func_or_tool=run,
        )

    @classmethod
    def get_unsupported_reason(cls) -> str | None:
        """Say that CrewAI is not installed; None if it is."""
        return why_missing("crewai", "interop-crewai")
