"""What the tools for messages have in common: long texts in parts, moments, and what a model is told."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated

__all__ = ("MOST_MESSAGES", "Message", "Most", "Since", "moment_of", "parts_of", "sent")

MOST_MESSAGES = 1_000
"""How many messages are read where nothing else is asked for."""

Message = Annotated[str, "The message."]
Since = Annotated[
    str | None, "Read what came after this: the ID of a message, or a date such as '2025-01-25T00:00:00Z'."
]
Most = Annotated[int | None, "How many messages at most."]


def parts_of(text: str, longest: int) -> list[str]:
    """Cut a message into parts that a platform takes, at the ends of lines where there are any.

    Args:
        text: the message.
        longest: how many characters a part may have.
    """
    parts = []
    while len(text) > longest:
        end = text.rfind("\n", 1, longest) + 1 or longest
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]


def sent(ids: list[str], message: str) -> str:
    """What a model is told of a message that was sent.

    Args:
        ids: the IDs of its parts.
        message: the message.
    """
    how = f"ID: {ids[0]}" if len(ids) == 1 else f"{len(ids)} chunks, first ID: {ids[0]}"
    return f"Message sent successfully ({how}):\n{message}"


def moment_of(text: str) -> datetime | None:
    """Read a date.

    Args:
        text: the date in the ISO format, in UTC if it does not say otherwise.

    Returns:
        The moment; None if the text is not a date.
    """
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
