"""Finding and running code: blocks, results, extractors and executors, each loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import CodeBlock, CodeExecutor, CodeExtractor, CodeResult
    from .docker_commandline_code_executor import DockerCommandLineCodeExecutor
    from .factory import CodeExecutorFactory
    from .limits import ResourceLimits
    from .local_commandline_code_executor import LocalCommandLineCodeExecutor
    from .markdown_code_extractor import MarkdownCodeExtractor

__all__ = (
    "CodeBlock",
    "CodeExecutor",
    "CodeExecutorFactory",
    "CodeExtractor",
    "CodeResult",
    "DockerCommandLineCodeExecutor",
    "LocalCommandLineCodeExecutor",
    "MarkdownCodeExtractor",
    "ResourceLimits",
)

_HOMES = {
    "CodeBlock": "base",
    "CodeExecutor": "base",
    "CodeExecutorFactory": "factory",
    "CodeExtractor": "base",
    "CodeResult": "base",
    "DockerCommandLineCodeExecutor": "docker_commandline_code_executor",
    "LocalCommandLineCodeExecutor": "local_commandline_code_executor",
    "MarkdownCodeExtractor": "markdown_code_extractor",
    "ResourceLimits": "limits",
}

# Programs say `autogen.coding.utils` without importing it.
_MODULES = {*_HOMES.values(), "func_with_reqs", "utils"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
