"""What a wrapper has spent: one summary of what was paid for, one that counts cached answers too."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...io.base import IOStream

if TYPE_CHECKING:
    from ..client import OpenAIWrapper

__all__ = ("UsageSummary", "add_usage", "count_usage", "move_usage", "print_usage", "valid_usage")

UsageSummary = dict[str, Any]

USAGE_KEYS = ("prompt_tokens", "completion_tokens", "total_tokens", "cost", "model")
_TOKEN_KEYS = ("prompt_tokens", "completion_tokens", "total_tokens")
_RULER = "-" * 100
_lock = threading.Lock()


def valid_usage(usage: object) -> bool:
    """Tell whether a client has reported everything that a summary needs.

    Args:
        usage: what ``get_usage`` of the client returned.
    """
    return isinstance(usage, Mapping) and all(usage.get(key) is not None for key in USAGE_KEYS)


def add_usage(summary: UsageSummary | None, usage: Mapping[str, Any]) -> UsageSummary:
    """Add the usage of one answer to a summary.

    Args:
        summary: the summary so far, or None; it is edited in place.
        usage: a usage for which `valid_usage` holds.

    Returns:
        The summary.
    """
    with _lock:
        if summary is None:
            summary = {"total_cost": 0}
        summary["total_cost"] += usage["cost"]
        of_model = summary.setdefault(usage["model"], {"cost": 0, **dict.fromkeys(_TOKEN_KEYS, 0)})
        of_model["cost"] += usage["cost"]
        for key in _TOKEN_KEYS:
            of_model[key] += usage[key]
        return summary


def count_usage(wrapper: OpenAIWrapper, usage: Mapping[str, Any], from_cache: bool) -> None:
    """Add the usage of one answer to the summaries of a wrapper.

    Args:
        wrapper: the wrapper.
        usage: what ``get_usage`` of the client returned; what is not known is not counted.
        from_cache: whether the answer came from a cache, so that nothing was paid.
    """
    if not valid_usage(usage):
        return
    wrapper.total_usage_summary = add_usage(wrapper.total_usage_summary, usage)
    if not from_cache:
        wrapper.actual_usage_summary = add_usage(wrapper.actual_usage_summary, usage)


def move_usage(source: OpenAIWrapper, target: OpenAIWrapper) -> None:
    """Move the summaries of one wrapper into those of another.

    Args:
        source: who has spent; its summaries are empty afterwards.
        target: on whose account it was.
    """
    for name in ("total_usage_summary", "actual_usage_summary"):
        spent = getattr(source, name) or {}
        setattr(source, name, None)
        for model, usage in spent.items():
            if model != "total_cost":
                setattr(target, name, add_usage(getattr(target, name), {**usage, "model": model}))


def print_usage(actual: UsageSummary | None, total: UsageSummary | None, mode: str | list[str]) -> None:
    """Print summaries through the current IOStream.

    Args:
        actual: what was paid for.
        total: what would have been paid for without a cache.
        mode: ``"actual"``, ``"total"``, or a list with one or both of them.

    Raises:
        ValueError: the mode is something else.
    """
    write = IOStream.get_default().print
    if total is None:
        write('No usage summary. Please call "create" first.')
        return
    modes = [mode] if isinstance(mode, str) else list(mode or [])
    show_actual, show_total = "actual" in modes, "total" in modes
    if not (show_actual or show_total):
        raise ValueError(f'Invalid mode: {mode}, choose from "actual", "total", ["actual", "total"]')

    write(_RULER, flush=True)
    if show_actual:
        _print_one(actual, "excluding")
    if show_actual and show_total:
        write()
    if show_total and show_actual and total == actual:
        write(
            "All completions are non-cached: the total cost with cached completions is the same as actual cost.",
            flush=True,
        )
    elif show_total:
        _print_one(total, "including")
    write(_RULER, flush=True)


def _print_one(summary: UsageSummary | None, word: str) -> None:
    write = IOStream.get_default().print
    if summary is None:
        write("No actual cost incurred (all completions are using cache).")
        return
    write(f"Usage summary {word} cached usage: ", flush=True)
    write(f"Total cost: {round(summary['total_cost'], 5)}", flush=True)
    for model, usage in summary.items():
        if model == "total_cost":
            continue
        tokens = ", ".join(f"{key}: {usage[key]}" for key in _TOKEN_KEYS)
        write(f"* Model '{model}': cost: {round(usage['cost'], 5)}, {tokens}", flush=True)
