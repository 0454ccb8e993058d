"""Tools of other frameworks as tools of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from .crewai import CrewAIInteroperability
    from .interoperability import Interoperability
    from .interoperable import Interoperable
    from .langchain import LangChainInteroperability
    from .pydantic_ai import PydanticAIInteroperability
    from .registry import register_interoperable_class

__all__ = (
    "CrewAIInteroperability",
    "Interoperability",
    "Interoperable",
    "LangChainInteroperability",
    "PydanticAIInteroperability",
    "register_interoperable_class",
)

_HOMES = {
    "CrewAIInteroperability": ".crewai",
    "Interoperability": ".interoperability",
    "Interoperable": ".interoperable",
    "LangChainInteroperability": ".langchain",
    "PydanticAIInteroperability": ".pydantic_ai",
    "register_interoperable_class": ".registry",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
