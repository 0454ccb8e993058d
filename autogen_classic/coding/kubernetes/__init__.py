"""Running code in a pod of a Kubernetes cluster; the package ``kubernetes`` is loaded on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._core.lazy import load

if TYPE_CHECKING:
    from ...errors import PodError
    from .pod_commandline_code_executor import PodCommandLineCodeExecutor

__all__ = ("PodCommandLineCodeExecutor", "PodError")

_HOMES = {"PodCommandLineCodeExecutor": ".pod_commandline_code_executor", "PodError": "...errors"}

_SUBMODULES = ("pod_commandline_code_executor",)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
