"""Functions that make agents, so that each conversation has its own."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeAlias, TypeVar

from ..._secrets import without_secrets
from ...errors import ServingError
from ..conversable_agent import ConversableAgent

__all__ = ("Maker", "made_by", "made_for_request", "refuse_the_same")

logger = logging.getLogger("autogen.agentchat.remote")

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


@contextmanager
def made_for_request(maker: Maker[MadeT], name: str) -> Iterator[MadeT]:
    """What a function makes for a request, for the length of a ``with`` block.

    An error of closing is logged: it takes no answer back, and hides no other error.

    Args:
        maker: the function.
        name: what it is called in errors.

    Raises:
        ServingError: the function is asynchronous.
    """
    opened = made_by(maker, name)
    agents = opened.__enter__()
    try:
        yield agents
    except BaseException:
        with _closing_errors_logged(agents, name):
            opened.__exit__(*sys.exc_info())
        raise
    with _closing_errors_logged(agents, name):
        opened.__exit__(None, None, None)


@contextmanager
def _closing_errors_logged(agents: object, name: str) -> Iterator[None]:
    try:
        yield
    except (Exception, SystemExit) as error:
        known = [getattr(one, "llm_config", None) or {} for one in (agents if isinstance(agents, tuple) else [agents])]
        text = without_secrets(f"{type(error).__name__}: {error}", known)
        logger.error("%s: what was made for a request could not be closed: %s", name, text)


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
