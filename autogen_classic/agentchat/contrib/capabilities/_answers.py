"""What a model means that was asked for one word."""

from __future__ import annotations

import re

__all__ = ("says_only", "says_yes")

_YES = re.compile(r"(?<![a-z])yes(?![a-z])", re.IGNORECASE)


def says_yes(answer: str) -> bool:
    """Tell whether an answer has the word yes; "yesterday" has not.

    Args:
        answer: what the model says, perhaps with a reason behind it.
    """
    return _YES.search(answer) is not None


def says_only(word: str, answer: str) -> bool:
    """Tell whether an answer is one word, with whatever marks around it.

    Args:
        word: the word, in small letters.
        answer: what the model says.
    """
    return re.sub(r"[\W_]+", "", answer).lower() == word
