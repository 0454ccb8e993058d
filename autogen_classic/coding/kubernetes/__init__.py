"""Running code in a pod of a Kubernetes cluster; the package ``kubernetes`` is loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...errors import PodError
    from .pod_commandline_code_executor import PodCommandLineCodeExecutor

__all__ = ("PodCommandLineCodeExecutor", "PodError")

_HOMES = {"PodCommandLineCodeExecutor": "pod_commandline_code_executor", "PodError": "_pods"}


def __getattr__(name: str) -> Any:
    if name == "pod_commandline_code_executor":
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
