"""Hidden helpers of an agent work with its clients, and what they spend is spent on its account."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from .._core.party import Party
from .._core.usage import Spender, paid_by

if TYPE_CHECKING:
    from ..oai.client import OpenAIWrapper

__all__ = ("on_account_of",)


@runtime_checkable
class _Wrapper(Spender, Protocol):
    """Who asks models by a configuration, and may have clients that a program has registered."""

    def inherit_clients(self, other: OpenAIWrapper) -> None:
        """Use the registered clients of another one."""


def on_account_of(owner: Party | None, *spenders: Spender | None) -> AbstractContextManager[None]:
    """Let others count what they spend as spent by an agent, in this thread or task.

    Where they wait for a model client of the program's own, they use the one that the agent has registered.

    Args:
        owner: the agent. None, or one without a model, has no account; then each counts for itself.
        *spenders: those who spend, such as clients of models; None spends nothing.

    Returns:
        A context manager, within which it is so.
    """
    account = None if owner is None else owner.client
    if account is None:
        return nullcontext()
    given = [spender for spender in spenders if spender is not None and spender is not account]
    for spender in given:
        if isinstance(spender, _Wrapper) and isinstance(account, _Wrapper):
            spender.inherit_clients(cast("OpenAIWrapper", account))
    return paid_by(account, *given)
