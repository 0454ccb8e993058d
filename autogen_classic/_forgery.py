"""Marks that stand around the texts of strangers: a stranger must not write them, in whatever disguise."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ("GAP", "without_marks")

GAP = r"(?:\s|\\[bfnrtv]|\\u00[01][0-9a-f])*"
"""What may stand between the words of a mark: nothing, blanks, or blanks and controls as JSON writes them."""

_MAY_BE_A_DISGUISE = re.compile(r"[^\t\n\r -~]")


def without_marks(text: str, mark: re.Pattern[str], instead: str) -> str:
    """Replace the first character of each mark in a text.

    A mark is found even if characters that nobody sees stand in it, or other forms of its characters, such as wide
    ones. All else stays as it is.

    Args:
        text: the text of a stranger.
        mark: what a mark looks like; it takes the first character alone, and looks ahead at the others.
        instead: what stands in the place of that character.
    """
    if not _MAY_BE_A_DISGUISE.search(text):
        return mark.sub(instead, text)
    seen = [(place, sign) for place, character in enumerate(text) for sign in _as_read(character)]
    plain = "".join(sign for _, sign in seen)
    first = {seen[found.start()][0] for found in mark.finditer(plain)}
    return "".join(instead if place in first else character for place, character in enumerate(text))


@lru_cache(maxsize=4096)
def _as_read(character: str) -> str:
    """The plain form of a character; empty if it is a control, a sign for the layout, or only changes another."""
    if unicodedata.category(character)[0] in "CM" and not character.isspace():
        return ""
    return unicodedata.normalize("NFKC", character)
