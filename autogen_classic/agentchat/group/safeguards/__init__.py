"""Policies that block, mask or report what agents, tools, models and people say to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._core.lazy import load

if TYPE_CHECKING:
    from .api import apply_safeguard_policy, reset_safeguard_policy
    from .enforcer import SafeguardEnforcer
    from .events import SafeguardEvent

__all__ = ["SafeguardEnforcer", "SafeguardEvent", "apply_safeguard_policy", "reset_safeguard_policy"]

_HOMES = {
    "SafeguardEnforcer": ".enforcer",
    "SafeguardEvent": ".events",
    "apply_safeguard_policy": ".api",
    "reset_safeguard_policy": ".api",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
