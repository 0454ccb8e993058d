"""What hidden helpers of an agent spend is spent on its account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._core.party import Party

if TYPE_CHECKING:
    from ..oai.client import OpenAIWrapper

__all__ = ("on_account_of",)


@contextmanager
def on_account_of(owner: Party | None, client: OpenAIWrapper | None) -> Iterator[None]:
    """Let a client of its own count what it spends as spent by an agent.

    Args:
        owner: the agent. None, or one without a model, has no account; then the client counts for itself.
        client: an `OpenAIWrapper`; None spends nothing.

    Yields:
        None.
    """
    account = None if owner is None else owner.client
    if account is None or client is None or client is account:
        yield
        return
    _share(account, client)
    try:
        yield
    finally:
        _share(client, account)


def _share(spender: OpenAIWrapper, other: OpenAIWrapper) -> None:
    other.total_usage_summary = spender.total_usage_summary
    other.actual_usage_summary = spender.actual_usage_summary
