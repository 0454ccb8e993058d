"""Let chance decide."""

from __future__ import annotations

import random
from typing import Any

__all__ = ("choose",)


def choose(groupchat: Any, last_speaker: Any, candidates: list[Any]) -> Any:
    """Choose any of the candidates; ``random.seed`` makes the choice repeatable."""
    return groupchat.random_select_speaker(candidates)


def pick(candidates: list[Any]) -> Any:
    """Pick one of the candidates.

    Raises:
        IndexError: when there is none.
    """
    return random.choice(candidates)
