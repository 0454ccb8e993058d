"""What a wrapper has spent, as people read it."""

from __future__ import annotations

from ..._core.usage import TOKEN_KEYS, UsageSummary
from ...io.base import IOStream, was_sent

__all__ = ("print_usage",)

_RULER = "-" * 100
_MODES = ("actual", "total")


def print_usage(actual: UsageSummary | None, total: UsageSummary | None, mode: str | list[str]) -> None:
    """Print summaries through the current IOStream, or send them to it as one event if it takes events.

    Args:
        actual: what was paid for.
        total: what would have been paid for without a cache.
        mode: ``"actual"``, ``"total"``, or a list with one or both of them.

    Raises:
        ValueError: ``mode`` is none of these.
    """
    named = [mode] if isinstance(mode, str) else list(mode or [])
    modes = [one for one in _MODES if one in named]
    if not modes and total is not None:
        raise ValueError(f'Invalid mode: {mode}, choose from "actual", "total", ["actual", "total"]')
    shown = modes[0] if len(modes) == 1 else "both"
    if not was_sent("UsageSummaryEvent", actual_usage_summary=actual, total_usage_summary=total, mode=shown):
        _print(actual, total, modes)


def _print(actual: UsageSummary | None, total: UsageSummary | None, modes: list[str]) -> None:
    """Print summaries in the words of AutoGen 0.2."""
    write = IOStream.get_default().print
    if total is None:
        write('No usage summary. Please call "create" first.')
        return
    write(_RULER, flush=True)
    if "actual" in modes:
        _print_one(actual, "excluding")
    if len(modes) == len(_MODES):
        write()
    if len(modes) == len(_MODES) and total == actual:
        write(
            "All completions are non-cached: the total cost with cached completions is the same as actual cost.",
            flush=True,
        )
    elif "total" in modes:
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
