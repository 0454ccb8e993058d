"""What a wrapper has spent, as people read it."""

from __future__ import annotations

from ..._core.usage import TOKEN_KEYS, UsageSummary
from ...io.base import IOStream

__all__ = ("print_usage",)

_RULER = "-" * 100


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
        tokens = ", ".join(f"{key}: {usage[key]}" for key in TOKEN_KEYS)
        write(f"* Model '{model}': cost: {round(usage['cost'], 5)}, {tokens}", flush=True)
