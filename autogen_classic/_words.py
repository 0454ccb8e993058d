"""Words of texts for people: numbers of things, and names that were misspelt."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ("counted", "did_you_mean")


def counted(number: int, what: str, several: str | None = None) -> str:
    """Say how many there are, as in "1 message" and "2 messages".

    Args:
        number: how many.
        what: the word for one of them.
        several: the word for several; by default the same with an s.
    """
    return f"{number} {what if number == 1 else several or f'{what}s'}"


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Ask whether a name stands for one that is much like it, as in "Did you mean 'max_turns'?".

    Args:
        name: the name.
        known: the names that it could stand for.

    Returns:
        The question; empty for a name that is known, or unlike all of them.
    """
    if name in known:
        return ""
    from difflib import get_close_matches  # for the rare name that is not known

    near = get_close_matches(name.lower(), known, 1, 0.8)
    return f"Did you mean {near[0]!r}?" if near else ""
