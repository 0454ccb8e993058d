"""What hidden helpers of an agent spend is spent on its account."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from .._core.party import Party
from .._core.usage import Spender, paid_by

__all__ = ("on_account_of",)


def on_account_of(owner: Party | None, *spenders: Spender | None) -> AbstractContextManager[None]:
    """Let others count what they spend as spent by an agent, in this thread or task.

    Args:
        owner: the agent. None, or one without a model, has no account; then each counts for itself.
        *spenders: those who spend, such as clients of models; None spends nothing.

    Returns:
        A context manager, within which it is so.
    """
    account = None if owner is None else owner.client
    if account is None:
        return nullcontext()
    return paid_by(account, *(spender for spender in spenders if spender is not None))
