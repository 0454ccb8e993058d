"""The ways to choose who speaks next, one file each, and the table in which a group looks them up.

A way to choose is a function of the group, the last speaker and the candidates. It returns one of the candidates,
or None to have the model of the manager choose; one that has to ask somebody is written as steps. Enter your own
function in `SELECTORS` under a name, and ``GroupChat(..., speaker_selection_method=name)`` finds it. A method that only
one group uses need not be entered: ``speaker_selection_method`` takes a function as well, see `custom`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import manual, random, round_robin
from .auto import choose as leave_it_to_the_model

__all__ = ("SELECTORS", "Selector")

Selector = Callable[[Any, Any, list[Any]], Any]

SELECTORS: dict[str, Selector] = {
    "auto": leave_it_to_the_model,
    "manual": manual.choose,
    "random": random.choose,
    "round_robin": round_robin.choose,
}
"""The ways to choose by their names in lower case."""
