"""Commands that a model writes, run in a workspace behind a filter."""

from .shell_tool import ShellExecutor

__all__ = ("ShellExecutor",)
