"""What a chat has spent, and what it may spend.

Every answer of a model is charged to the chat that runs, and to each chat around it: a nested chat, the selection of
a speaker and a summary all count against the chat that they serve. Answers from a cache cost nothing.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

__all__ = ("NO_BUDGET", "Account", "Budget", "Spent", "tokens_of")


@dataclass(frozen=True)
class Budget:
    """The limits of a chat; None means no limit.

    Attributes:
        max_cost: US dollars.
        max_tokens: tokens, sent and received together.
        max_seconds: seconds since the chat was opened, including the time that people take.
    """

    max_cost: float | None = None
    max_tokens: float | None = None
    max_seconds: float | None = None

    def __post_init__(self) -> None:
        for name, limit in vars(self).items():
            if limit is None:
                continue
            is_number = isinstance(limit, (int, float)) and not isinstance(limit, bool)
            if not (is_number and math.isfinite(limit) and limit >= 0):
                raise ValueError(f"{name} of a chat must be a number from 0 on, or None, but it is {limit!r}.")


NO_BUDGET = Budget()


class Spent(NamedTuple):
    """What a chat spent on models; answers from a cache are not in it.

    Attributes:
        cost: US dollars; None when the price of some answer is not known.
        tokens: tokens, sent and received together; None when some answer did not say how many.
        requests: how many answers there were.
        seconds: how long the chat took, its summary included.
    """

    cost: float | None
    tokens: int | None
    requests: int
    seconds: float


class Account:
    """The account of one running chat.

    Args:
        budget: its limits.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._opened = monotonic()
        self._idle = 0.0
        self._lock = threading.Lock()  # chats within this one may run in other threads
        self._cost = 0.0
        self._tokens = 0
        self._requests = 0
        self._without_price = ""
        self._without_tokens = ""

    def add(self, model: str, cost: float | None, tokens: int | None) -> None:
        """Charge one answer.

        Args:
            model: who gave it.
            cost: US dollars, or None when unknown.
            tokens: how many it took, or None when unknown.
        """
        with self._lock:
            self._requests += 1
            self._cost += cost or 0
            self._tokens += tokens or 0
            if cost is None:
                self._without_price = model
            if tokens is None:
                self._without_tokens = model

    def exclude_seconds(self, seconds: float) -> None:
        """Leave time out of the limit: somebody had paused the chat.

        Args:
            seconds: how long.
        """
        with self._lock:
            self._idle += seconds

    def spent(self) -> Spent:
        """What has been spent so far."""
        return Spent(
            None if self._without_price else self._cost,
            None if self._without_tokens else self._tokens,
            self._requests,
            monotonic() - self._opened,
        )

    def overdraft(self) -> str | None:
        """Say which limit has been passed and by how much, or that it cannot be kept; None while all is well."""
        limits = self.budget
        if limits.max_cost is not None:
            if self._without_price:
                return (
                    f"max_cost={limits.max_cost} cannot be kept: what an answer of the model {self._without_price} "
                    'costs is not known. Give its price in the config_list: "price": [prompt_price, completion_price] '
                    "in US dollars per 1,000 tokens."
                )
            if self._cost > limits.max_cost:
                return f"it has cost {self._cost:.6g} US dollars, and may cost max_cost={limits.max_cost}."
        if limits.max_tokens is not None:
            if self._without_tokens:
                return (
                    f"max_tokens={limits.max_tokens} cannot be kept: the model {self._without_tokens} does not say "
                    "how many tokens its answers take."
                )
            if self._tokens > limits.max_tokens:
                return f"it has taken {self._tokens} tokens, and may take max_tokens={limits.max_tokens}."
        if limits.max_seconds is not None:
            seconds = monotonic() - self._opened - self._idle
            if seconds > limits.max_seconds:
                return f"it has taken {seconds:.3g} seconds, and may take max_seconds={limits.max_seconds}."
        return None


def tokens_of(response: object) -> int | None:
    """Say how many tokens an answer took, sent and received.

    Args:
        response: the answer of a model client.

    Returns:
        The number; None when the answer does not say.
    """
    usage = getattr(response, "usage", None)
    sent, received = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    if sent is None and received is None:
        total = getattr(usage, "total_tokens", None)
        return None if total is None else int(total)
    return int(sent or 0) + int(received or 0)
