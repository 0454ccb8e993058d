"""Let the agents speak in the order of the group."""

from __future__ import annotations

from typing import Any

__all__ = ("choose",)


def choose(groupchat: Any, last_speaker: Any, candidates: list[Any]) -> Any:
    """Choose the candidate that comes next in the order of the group."""
    return groupchat.next_agent(last_speaker, candidates)
