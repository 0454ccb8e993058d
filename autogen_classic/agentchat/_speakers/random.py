"""Let chance decide."""

from __future__ import annotations

from typing import Any

from ..._core.tape import choice
from .._groupchat.contract import Group
from ..agent import Agent

__all__ = ("choose",)


def choose(groupchat: Group, last_speaker: Agent, candidates: list[Any]) -> Agent | None:
    """Choose any of the candidates; ``random.seed`` makes the choice repeatable."""
    return groupchat.random_select_speaker(candidates)


def pick(candidates: list[Agent]) -> Agent:
    """Pick one of the candidates.

    Raises:
        IndexError: when there are no candidates.
    """
    return choice(candidates)
