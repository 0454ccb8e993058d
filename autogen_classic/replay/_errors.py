"""What can go wrong with a recording or a replay, and the stand-ins for recorded errors."""

from __future__ import annotations

from ..exception_utils import AutogenClassicError

__all__ = ("CassetteError", "RecordedModelError", "RecordedToolError", "ReplayMismatchError", "UnusedTurnsError")


class CassetteError(AutogenClassicError):
    """A recording cannot be read, written or used."""


class ReplayMismatchError(CassetteError):
    """The program asks for something that the recording does not have."""


class UnusedTurnsError(CassetteError):
    """The program has ended without asking for everything that the recording has."""


class RecordedModelError(AutogenClassicError):
    """A model failed while the run was recorded, with an error whose class cannot be found here."""


class RecordedToolError(AutogenClassicError):
    """A tool, or code, failed while the run was recorded."""
