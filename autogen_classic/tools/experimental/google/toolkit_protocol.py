"""What toolkits for Google have in common."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ("GoogleToolkitProtocol",)


@runtime_checkable
class GoogleToolkitProtocol(Protocol):
    """Tools for a service of Google."""

    @classmethod
    def recommended_scopes(cls) -> list[str]:
        """Return what a person must allow, so that the tools work, and no more."""
