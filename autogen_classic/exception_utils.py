"""The errors of the library, as one small tree under `AutogenClassicError`."""

from __future__ import annotations

from typing import Any

__all__ = (
    "AgentNameConflict",
    "AutogenClassicError",
    "InvalidCarryOverType",
    "NoEligibleSpeaker",
    "SenderRequired",
    "UndefinedNextAgent",
)


class AutogenClassicError(Exception):
    """The root of every error that this library defines; catch it to catch them all."""


class _ErrorWithMessage(AutogenClassicError):
    """An error that keeps its text as ``message``.

    Args:
        message: what went wrong.

    Attributes:
        message: the same text.
    """

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class AgentNameConflict(AutogenClassicError):
    """Two agents that have to be told apart have the same name.

    Args:
        msg: what went wrong.
        *args: further details; they end up in ``args``.
        **kwargs: accepted and ignored, as in AutoGen v0.2.
    """

    def __init__(self, msg: str = "Found multiple agents with the same name.", *args: Any, **kwargs: Any) -> None:
        super().__init__(msg, *args)


class NoEligibleSpeaker(_ErrorWithMessage):
    """A group chat has no agent that may speak next; the chat ends.

    Args:
        message: what went wrong.
    """

    def __init__(self, message: str = "No eligible speakers.") -> None:
        super().__init__(message)


class SenderRequired(_ErrorWithMessage):
    """A chat of a queue does not say which agent sends.

    Args:
        message: what went wrong.
    """

    def __init__(self, message: str = "Sender is required but not provided.") -> None:
        super().__init__(message)


class InvalidCarryOverType(_ErrorWithMessage):
    """The ``carryover`` of a chat is neither a text nor a list of texts.

    Args:
        message: what went wrong.
    """

    def __init__(
        self,
        message: str = "Carryover should be a string or a list of strings. Not adding carryover to the message.",
    ) -> None:
        super().__init__(message)


class UndefinedNextAgent(_ErrorWithMessage):
    """The agents that may speak next do not belong to the group.

    Args:
        message: what went wrong.
    """

    def __init__(self, message: str = "The provided agents list does not overlap with agents in the group.") -> None:
        super().__init__(message)
