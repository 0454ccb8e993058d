"""What a conversation has cost so far."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ...events import ModelAnswered

__all__ = ("Spent",)


@dataclass
class Spent:
    """Tokens and US dollars.

    Attributes:
        tokens: sent and received.
        cost: US dollars, as far as they are known.
        is_known: whether the price of every model was known.
    """

    tokens: int = 0
    cost: float = 0.0
    is_known: bool = True

    def add(self, answer: ModelAnswered) -> None:
        """Count an answer.

        Args:
            answer: the event; an answer from a cache costs nothing.
        """
        if answer.from_cache:
            return
        self.tokens += answer.usage.get("total_tokens") or 0
        self.cost += answer.cost or 0.0
        self.is_known = self.is_known and answer.cost is not None

    def as_data(self) -> dict[str, Any]:
        """The same as JSON can hold it: the arguments of this class."""
        return asdict(self)

    def __str__(self) -> str:
        cost = f"${self.cost:.4f}" if self.is_known else f"${self.cost:.4f} + ?" if self.cost else "cost unknown"
        return f"{self.tokens:,} tokens, {cost}"
