"""Running code in the dynamic sessions of Azure Container Apps; the HTTP client is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...errors import SessionPoolError
    from .dynamic_sessions_code_executor import ACADynamicSessionsCodeExecutor

__all__ = ("ACADynamicSessionsCodeExecutor", "SessionPoolError")

_HOMES = {
    "ACADynamicSessionsCodeExecutor": "dynamic_sessions_code_executor",
    "SessionPoolError": "_session_pool",
}


def __getattr__(name: str) -> Any:
    if name == "dynamic_sessions_code_executor":
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
