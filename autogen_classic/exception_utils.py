"""The errors of v0.2 at their old address; see `autogen_classic.errors` for all of them."""

from __future__ import annotations

from .errors import (
    AgentNameConflict,
    AutogenClassicError,
    InvalidCarryOverType,
    NoEligibleSpeaker,
    SenderRequired,
    UndefinedNextAgent,
)

__all__ = (
    "AgentNameConflict",
    "AutogenClassicError",
    "InvalidCarryOverType",
    "NoEligibleSpeaker",
    "SenderRequired",
    "UndefinedNextAgent",
)
