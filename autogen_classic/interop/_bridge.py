"""What the bridges have in common."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, TypeVar

from .._packages import install_command

__all__ = ("checked_tool", "refuse_further", "why_missing")


ToolT = TypeVar("ToolT")


def why_missing(module: str, extra: str) -> str | None:
    """Say that a package is not installed; None if it is.

    Args:
        module: the module that it brings.
        extra: the extra that installs it.
    """
    if find_spec(module):
        return None
    return f"{module} is not installed. Install it with: {install_command(extra)}"


def checked_tool(tool: object, kind: type[ToolT], name: str) -> ToolT:
    """Refuse what is not a tool of a framework.

    Args:
        tool: what a program gave for one.
        kind: the class of the tools.
        name: the full name of that class.

    Returns:
        The tool.

    Raises:
        ValueError: ``tool`` is not of this class.
    """
    if not isinstance(tool, kind):
        raise ValueError(f"A tool of this kind is a {name}, but this is of type {type(tool).__name__}: {tool!r:.80}")
    return tool


def refuse_further(kwargs: dict[str, Any], bridge: str) -> None:
    """Refuse arguments that a bridge does not take.

    Args:
        kwargs: the arguments.
        bridge: its name.

    Raises:
        ValueError: there are any.
    """
    if kwargs:
        raise ValueError(f"The bridge to {bridge} takes no further arguments, but it got {', '.join(kwargs)}.")
