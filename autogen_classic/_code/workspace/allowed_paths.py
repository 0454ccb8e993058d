"""Which paths a tool may touch, as patterns tell."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

__all__ = ("is_allowed",)


def is_allowed(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path fits one of the patterns.

    Args:
        path: relative to the workspace, with ``/`` between its parts.
        patterns: ``*`` stands for any text, also across folders, so ``*.py`` and ``**/*.py`` allow Python files
            anywhere, ``src/**`` everything below ``src``, and ``**`` everything.
    """
    return any(fnmatchcase(path, form) for pattern in patterns for form in (pattern, pattern.replace("**/", "")))
