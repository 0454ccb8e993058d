"""Let the agents speak in the order of the group."""

from __future__ import annotations

from typing import Any

from .._groupchat.contract import Group
from ..agent import Agent

__all__ = ("choose",)


def choose(groupchat: Group, last_speaker: Agent, candidates: list[Any]) -> Agent:
    """Choose the candidate that comes next in the order of the group."""
    return groupchat.next_agent(last_speaker, candidates)
