"""The entrance to all bridges: convert a tool by the name of the framework that it comes from."""

from __future__ import annotations

from typing import Any

from ..tools.tool import Tool
from .crewai import CrewAIInteroperability
from .interoperable import Interoperable
from .langchain import LangChainInteroperability
from .pydantic_ai import PydanticAIInteroperability
from .registry import InteroperableRegistry

__all__ = ("Interoperability",)


class Interoperability:
    """Makes tools of ours from those of other frameworks."""

    registry = InteroperableRegistry.get_instance()

    @classmethod
    def get_supported_types(cls) -> list[str]:
        """Return the values of ``type`` that can be used here, because the frameworks are installed."""
        return cls.registry.get_supported_types()

    @classmethod
    def get_interoperability_class(cls, type: str) -> type[Interoperable]:
        """Return the bridge to a framework.

        Args:
            type: ``"langchain"``, ``"pydanticai"``, ``"crewai"``, or the name of a bridge of your own.

        Raises:
            ValueError: there is no such bridge, or the framework is not installed.
        """
        bridge = cls.registry.get_class(type)
        reason = bridge.get_unsupported_reason()
        if reason is not None:
            raise ValueError(f"The bridge {type!r} cannot be used here: {reason}")
        return bridge

    @classmethod
    def convert_tool(cls, *, tool: object, type: str, **kwargs: Any) -> Tool:
        """Make a tool of ours from one of another framework.

        Args:
            tool: the tool.
            type: the framework, as for `get_interoperability_class`.
            **kwargs: what the bridge takes besides, such as ``deps`` for pydantic-ai.

        Raises:
            ValueError: there is no such bridge, the framework is not installed, or the tool is not one of it.
        """
        return cls.get_interoperability_class(type).convert_tool(tool, **kwargs)


for _name, _bridge in (
    ("crewai", CrewAIInteroperability),
    ("langchain", LangChainInteroperability),
    ("pydanticai", PydanticAIInteroperability),
):
    Interoperability.registry.register(_name, _bridge)
