"""What is spent on models, and on whose account it is: what was paid for, and the same with cached answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

__all__ = ("TOKEN_KEYS", "USAGE_KEYS", "Spender", "UsageSummary", "count_usage", "paid_by")

UsageSummary = dict[str, Any]

TOKEN_KEYS = ("prompt_tokens", "completion_tokens", "total_tokens")
USAGE_KEYS = (*TOKEN_KEYS, "cost", "model")
_lock = threading.Lock()


class Spender(Protocol):
    """Who spends on models and keeps account of it, such as an `OpenAIWrapper`."""

    total_usage_summary: UsageSummary | None
    actual_usage_summary: UsageSummary | None


_payers: ContextVar[Mapping[int, Spender] | None] = ContextVar("autogen_classic_payers", default=None)


def _payer_of(spender: Spender) -> Spender:
    """Who pays, in this thread or task, for what somebody spends: somebody else within `paid_by`, or the spender."""
    payers = _payers.get()
    return spender if payers is None else payers.get(id(spender), spender)


@contextmanager
def paid_by(payer: Spender, *spenders: Spender) -> Iterator[None]:
    """Put on one account what others spend, in this thread or task alone.

    Args:
        payer: on whose account it is.
        *spenders: who spend.

    Yields:
        None.
    """
    before = _payers.get()
    account = _payer_of(payer)
    _payers.set({**(before or {}), **{id(spender): account for spender in spenders}})
    try:
        yield
    finally:
        _payers.set(before)


def count_usage(spender: Spender, usage: Mapping[str, Any], from_cache: bool) -> None:
    """Add the usage of one answer to the summaries of who spends, or of who pays for it here.

    Args:
        spender: who has asked for the answer; see `paid_by`.
        usage: what ``get_usage`` of the client returned; what is not known is not counted.
        from_cache: whether the answer came from a cache, so that nothing was paid.
    """
    if not _is_valid(usage):
        return
    account = _payer_of(spender)
    with _lock:
        account.total_usage_summary = _added(account.total_usage_summary, usage)
        if not from_cache:
            account.actual_usage_summary = _added(account.actual_usage_summary, usage)


def _is_valid(usage: object) -> bool:
    """Tell whether a client has reported everything that a summary needs."""
    return isinstance(usage, Mapping) and None not in map(usage.get, USAGE_KEYS)


def _added(summary: UsageSummary | None, usage: Mapping[str, Any]) -> UsageSummary:
    """Add the usage of one answer to a summary, which is edited in place."""
    if summary is None:
        summary = {"total_cost": 0}
    summary["total_cost"] += usage["cost"]
    if usage["model"] not in summary:
        summary[usage["model"]] = {"cost": 0, **dict.fromkeys(TOKEN_KEYS, 0)}
    of_model = summary[usage["model"]]
    of_model["cost"] += usage["cost"]
    for key in TOKEN_KEYS:
        of_model[key] += usage[key]
    return summary
