"""What was said in conversations whose clients send each message alone, as those of other libraries do."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ("Memory", "Remembered")


@dataclass(frozen=True)
class Remembered:
    """A conversation so far.

    Attributes:
        messages: what was said, in OpenAI's form.
        context: the context variables, or None.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    context: dict[str, Any] | None = None


class Memory:
    """Keeps the latest conversations, and forgets those in which nothing was said for a while.

    Args:
        most_conversations: how many it keeps.
        most_characters: how many characters it keeps in all, as JSON. Of a conversation that is longer than an eighth
            of that, the beginning is forgotten.
        seconds: how long it keeps one in which nothing is said.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        most_conversations: int = 1000,
        most_characters: int = 64 * 1024**2,
        seconds: float = 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_conversations = most_conversations
        self._most_characters = most_characters
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()  # the latest at the end
        self._characters = 0

    def recall(self, key: Hashable) -> Remembered:
        """Return a conversation; an empty one if it is not known.

        Args:
            key: which one.
        """
        self._forget_the_old()
        _, written = self._kept.get(key, (0.0, ""))
        return Remembered(**json.loads(written)) if written else Remembered()

    def add(self, key: Hashable, said: Sequence[dict[str, Any]], context: dict[str, Any] | None) -> None:
        """Add to a conversation.

        Args:
            key: which one.
            said: what was said, the message of the client first.
            context: the context variables as they are now; None leaves those that are known.
        """
        known = self.recall(key)
        messages = [*known.messages, *said]
        written = _written(messages, context or known.context)
        while len(written) > self._most_characters // 8 and messages:
            messages = _without_first_round(messages)
            written = _written(messages, context or known.context)
        self._forget(key)
        if messages:
            self._kept[key] = self._clock(), written
            self._characters += len(written)
        while len(self._kept) > self._most_conversations or self._characters > self._most_characters:
            self._forget(next(iter(self._kept)))

    def _forget_the_old(self) -> None:
        while self._kept:
            oldest, (when, _) = next(iter(self._kept.items()))
            if self._clock() - when <= self._seconds:
                return
            self._forget(oldest)

    def _forget(self, key: Hashable) -> None:
        _, written = self._kept.pop(key, (0.0, ""))
        self._characters -= len(written)


def _written(messages: list[dict[str, Any]], context: dict[str, Any] | None) -> str:
    return json.dumps({"messages": messages, "context": context}, default=str)


def _without_first_round(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was said from the second message of the client on."""
    later = (place for place, message in enumerate(messages) if place and message.get("role") == "user")
    return messages[next(later, len(messages)) :]
