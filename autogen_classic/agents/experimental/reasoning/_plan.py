"""How a ReasoningAgent searches: what ``reason_config`` says, checked before anything is asked and paid for."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...._warn import warn_once
from ....agentchat.contrib._settings import check_kind, checked_number

__all__ = ("Plan", "plan_from")

logger = logging.getLogger("autogen.agents.experimental.reasoning")

_METHODS = ("beam_search", "mcts", "lats", "dfs")
_APPROACHES = ("pool", "best")
_KEYS = (
    "method",
    "max_depth",
    "beam_size",
    "answer_approach",
    "forest_size",
    "nsim",
    "exploration_constant",
    "batch_grading",
    "interim_execution",
    "rating_scale",
)


@dataclass(frozen=True)
class Plan:
    """How to search.

    Attributes:
        method: ``"beam_search"``, ``"dfs"`` (a beam of one), ``"mcts"`` or ``"lats"``.
        max_depth: how many steps a line of reasoning may have.
        beam_size: how many lines a beam search follows at a time.
        answer_approach: ``"pool"`` answers from all lines, ``"best"`` from the best alone.
        forest_size: how many trees are searched before one answer is made of theirs.
        nsim: how many answers a tree search tries.
        exploration_constant: how much a tree search prefers what it has tried less.
        batch_grading: whether the steps after the same one are rated in one request.
        interim_execution: whether each step is carried out before the next one is planned.
        rating_scale: the best rating; the worst is 1.
    """

    method: str = "beam_search"
    max_depth: int = 4
    beam_size: int = 3
    answer_approach: str = "pool"
    forest_size: int = 1
    nsim: int = 3
    exploration_constant: float = 1.41
    batch_grading: bool = False
    interim_execution: bool = False
    rating_scale: int = 10

    @property
    def simulates(self) -> bool:
        """Whether answers are tried before one is chosen."""
        return self.method in ("mcts", "lats")


def plan_from(reason_config: Mapping[str, Any] | None, **defaults: Any) -> Plan:
    """Read a ``reason_config``.

    Args:
        reason_config: the dict; a key that it does not know has no effect, and a warning says so.
        **defaults: what holds for keys that are not there.

    Raises:
        TypeError: it is not a dict, or a value has the wrong type.
        ValueError: a value is unknown or impossible.
    """
    check_kind("reason_config", reason_config, "a dict", Mapping)
    given = reason_config or {}
    unknown = [str(key) for key in given if key not in _KEYS]
    if unknown:
        known = ", ".join(_KEYS)
        warn_once(logger, f"reason_config has {', '.join(unknown)}, which has no effect. Known keys are {known}.")
    plan = Plan(**{**defaults, **{key: value for key, value in given.items() if key in _KEYS}})
    if plan.method not in _METHODS:
        raise ValueError(f"The reasoning method {plan.method!r} is not known. It must be one of {', '.join(_METHODS)}.")
    if plan.answer_approach not in _APPROACHES:
        raise ValueError(f"answer_approach must be one of {', '.join(_APPROACHES)}, not {plan.answer_approach!r}.")
    for key, least in (("max_depth", 1), ("beam_size", 1), ("forest_size", 1), ("nsim", 1), ("rating_scale", 2)):
        value = getattr(plan, key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{key} must be a whole number of at least {least}, but it is {value!r}.")
    constant = checked_number("exploration_constant", plan.exploration_constant)
    if not math.isfinite(constant) or constant < 0:
        raise ValueError(f"exploration_constant must be 0 or more, but it is {constant}.")
    return replace(plan, beam_size=1) if plan.method == "dfs" else plan
