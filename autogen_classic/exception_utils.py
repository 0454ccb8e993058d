"""The errors of v0.2 and of AG2 at their old address; see `autogen_classic.errors` for all of them."""

from __future__ import annotations

from .errors import (
    AgentNameConflict,
    AutogenClassicError,
    InvalidCarryOverType,
    ModelToolNotSupportedError,
    NoEligibleSpeaker,
    SenderRequired,
    UndefinedNextAgent,
)

__all__ = (
    "AgentNameConflict",
    "AgentNameConflictError",
    "AutogenClassicError",
    "InvalidCarryOverType",
    "InvalidCarryOverTypeError",
    "ModelToolNotSupportedError",
    "NoEligibleSpeaker",
    "NoEligibleSpeakerError",
    "SenderRequired",
    "SenderRequiredError",
    "UndefinedNextAgent",
    "UndefinedNextAgentError",
)

# AG2 has the same classes under names that end with "Error".
AgentNameConflictError = AgentNameConflict
InvalidCarryOverTypeError = InvalidCarryOverType
NoEligibleSpeakerError = NoEligibleSpeaker
SenderRequiredError = SenderRequired
UndefinedNextAgentError = UndefinedNextAgent
