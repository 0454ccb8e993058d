"""Tools of other frameworks as tools of ours, and configurations of ours for other frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from .crewai import CrewAIInteroperability
    from .interoperability import Interoperability
    from .interoperable import Interoperable
    from .langchain import LangChainChatModelFactory, LangChainInteroperability
    from .litellm import LiteLLmConfigAdapter, LiteLLmConfigFactory
    from .pydantic_ai import PydanticAIInteroperability
    from .registry import register_interoperable_class

__all__ = (
    "CrewAIInteroperability",
    "Interoperability",
    "Interoperable",
    "LangChainChatModelFactory",
    "LangChainInteroperability",
    "LiteLLmConfigAdapter",
    "LiteLLmConfigFactory",
    "PydanticAIInteroperability",
    "register_interoperable_class",
)

_HOMES = {
    "CrewAIInteroperability": ".crewai",
    "Interoperability": ".interoperability",
    "Interoperable": ".interoperable",
    "LangChainChatModelFactory": ".langchain",
    "LangChainInteroperability": ".langchain",
    "LiteLLmConfigAdapter": ".litellm",
    "LiteLLmConfigFactory": ".litellm",
    "PydanticAIInteroperability": ".pydantic_ai",
    "register_interoperable_class": ".registry",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
