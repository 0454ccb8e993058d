"""Functions that make agents, so that each conversation has its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeAlias, TypeVar

from ...errors import ServingError
from ..conversable_agent import ConversableAgent

__all__ = ("Maker", "made_by", "refuse_the_same")

MadeT = TypeVar("MadeT")

Maker: TypeAlias = Callable[[], MadeT | AbstractContextManager[MadeT]]
"""A function without parameters that makes agents, or a context manager that also closes what they have opened."""


@contextmanager
def made_by(maker: Maker[MadeT], name: str) -> Iterator[MadeT]:
    """What a function makes, for the length of a ``with`` block.

    Args:
        maker: the function.
        name: what it is called in errors.

    Raises:
        ServingError: the function is asynchronous.
    """
    made: Any = maker()
    if inspect.iscoroutine(made):
        made.close()
        raise ServingError(f"{name}: the function that makes the agents must not be asynchronous.")
    with made if isinstance(made, AbstractContextManager) else nullcontext(made) as agents:
        yield agents


def refuse_the_same(name: str, made: Iterable[ConversableAgent], seen: Iterable[ConversableAgent]) -> None:
    """Refuse agents that were made before.

    Args:
        name: what their function is called in errors.
        made: the agents.
        seen: those that it had made at first.

    Raises:
        ServingError: it returns the same ones again.
    """
    known = {id(agent) for agent in seen}
    if any(id(agent) in known for agent in made):
        raise ServingError(
            f"{name}: the function returns the same agents again, so that conversations would mix. Make new ones in "
            "it, or serve the agents themselves."
        )
