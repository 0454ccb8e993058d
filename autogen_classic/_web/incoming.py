"""What a server asks of a request before an agent hears of it."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ("MOST_BYTES", "refusal_of")

MOST_BYTES = 16 * 1024**2


def refusal_of(headers: Mapping[str, str]) -> tuple[int, str] | None:
    """Refuse what a page in somebody's browser could send to this machine unasked, and what is too large.

    A browser asks the server before it sends JSON for a page of elsewhere, but sends a form or a plain text at once.

    Args:
        headers: of the request, by their names in small letters.

    Returns:
        The status and the reason; None for a request that is taken.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return 415, f"Send JSON, with the header 'Content-Type: application/json', not {kind or 'without a type'}."
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > MOST_BYTES:
        return 413, f"A request has at most {MOST_BYTES} bytes."
    return None
