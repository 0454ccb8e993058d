"""Finding and running code: blocks, results, extractors and executors, each loaded on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load

if TYPE_CHECKING:
    from .base import CodeBlock, CodeExecutor, CodeExtractor, CodeResult
    from .daytona_code_executor import DaytonaCodeExecutor, DaytonaCodeResult, DaytonaSandboxResources
    from .docker_commandline_code_executor import DockerCommandLineCodeExecutor
    from .factory import CodeExecutorFactory
    from .limits import ResourceLimits
    from .local_commandline_code_executor import LocalCommandLineCodeExecutor
    from .markdown_code_extractor import MarkdownCodeExtractor
    from .remyx_code_executor import RemyxCodeExecutor, RemyxCodeResult
    from .yepcode_code_executor import YepCodeCodeExecutor, YepCodeCodeResult

__all__ = (
    "CodeBlock",
    "CodeExecutor",
    "CodeExecutorFactory",
    "CodeExtractor",
    "CodeResult",
    "DaytonaCodeExecutor",
    "DaytonaCodeResult",
    "DaytonaSandboxResources",
    "DockerCommandLineCodeExecutor",
    "LocalCommandLineCodeExecutor",
    "MarkdownCodeExtractor",
    "RemyxCodeExecutor",
    "RemyxCodeResult",
    "ResourceLimits",
    "YepCodeCodeExecutor",
    "YepCodeCodeResult",
)

_HOMES = {
    "CodeBlock": ".base",
    "CodeExecutor": ".base",
    "CodeExecutorFactory": ".factory",
    "CodeExtractor": ".base",
    "CodeResult": ".base",
    "DaytonaCodeExecutor": ".daytona_code_executor",
    "DaytonaCodeResult": ".daytona_code_executor",
    "DaytonaSandboxResources": ".daytona_code_executor",
    "DockerCommandLineCodeExecutor": ".docker_commandline_code_executor",
    "LocalCommandLineCodeExecutor": ".local_commandline_code_executor",
    "MarkdownCodeExtractor": ".markdown_code_extractor",
    "RemyxCodeExecutor": ".remyx_code_executor",
    "RemyxCodeResult": ".remyx_code_executor",
    "ResourceLimits": ".limits",
    "YepCodeCodeExecutor": ".yepcode_code_executor",
    "YepCodeCodeResult": ".yepcode_code_executor",
}

# Programs say `autogen.coding.utils` without importing it.
_SUBMODULES = {*(home.removeprefix(".") for home in _HOMES.values()), "func_with_reqs", "utils"}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
