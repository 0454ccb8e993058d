"""The ways in which the agents of a group take turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._core.lazy import load

if TYPE_CHECKING:
    from .auto import AutoPattern
    from .manual import ManualPattern
    from .pattern import DefaultPattern, Pattern
    from .random import RandomPattern
    from .round_robin import RoundRobinPattern

__all__ = ["AutoPattern", "DefaultPattern", "ManualPattern", "Pattern", "RandomPattern", "RoundRobinPattern"]

_HOMES = {
    "AutoPattern": ".auto",
    "DefaultPattern": ".pattern",
    "ManualPattern": ".manual",
    "Pattern": ".pattern",
    "RandomPattern": ".random",
    "RoundRobinPattern": ".round_robin",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
