"""Runs commands that a model writes in a workspace, behind a filter."""

from ...._code.workspace.shell_executor import CmdResult, ShellExecutor

__all__ = ("CmdResult", "ShellExecutor")
