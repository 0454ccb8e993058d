"""Numbers of things, in words."""

from __future__ import annotations

__all__ = ("counted",)


def counted(number: int, what: str, several: str | None = None) -> str:
    """Say how many there are, as in "1 message" and "2 messages".

    Args:
        number: how many.
        what: the word for one of them.
        several: the word for several; by default the same with an s.
    """
    return f"{number} {what if number == 1 else several or f'{what}s'}"
