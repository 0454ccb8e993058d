"""Running code in the dynamic sessions of Azure Container Apps; the HTTP client is loaded on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._core.lazy import load

if TYPE_CHECKING:
    from ...errors import SessionPoolError
    from .dynamic_sessions_code_executor import ACADynamicSessionsCodeExecutor

__all__ = ("ACADynamicSessionsCodeExecutor", "SessionPoolError")

_HOMES = {
    "ACADynamicSessionsCodeExecutor": ".dynamic_sessions_code_executor",
    "SessionPoolError": "...errors",
}

_SUBMODULES = ("dynamic_sessions_code_executor",)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
