"""A long text in parts, and where words stand in it."""

from __future__ import annotations

import re

__all__ = ("has_words", "split")


def split(text: str, size: int) -> list[tuple[int, int]]:
    """Divide a text into parts that end after white space.

    Args:
        text: the whole text.
        size: how long a part is at least. Where no white space follows, as in Chinese, it ends at twice that length.

    Returns:
        Where each part begins and ends; one empty part for an empty text.
    """
    size = max(size, 1)
    parts: list[tuple[int, int]] = []
    start = 0
    while start < len(text) or not parts:
        end = min(start + size, len(text))
        longest = min(start + 2 * size, len(text))
        while end < longest and not text[end - 1].isspace():
            end += 1
        parts.append((start, end))
        start = end
    return parts


def has_words(text: str, query: str) -> bool:
    """Return whether a text holds the words of a query one after the other.

    Args:
        text: where to look.
        query: whole words. Case and punctuation do not count, and ``*`` stands for any text.
    """
    wanted = re.sub(r"[^\w*]+", " ", query.lower()).strip()
    if not wanted:
        return False
    looked_at = re.sub(r"\W+", " ", text.lower())
    pieces = wanted.split("*")
    position = 0
    # Each piece is looked for once, after the one before: a pattern with many stars would take ages to fail.
    for number, piece in enumerate(pieces):
        if not piece:
            continue
        begins = r"(?<!\w)" if number == 0 else ""
        ends = r"(?!\w)" if number == len(pieces) - 1 else ""
        found = re.compile(begins + re.escape(piece) + ends).search(looked_at, position)
        if found is None:
            return False
        position = found.end()
    return True
