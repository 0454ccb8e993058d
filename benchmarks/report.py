"""The measurements as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from . import plots
from .environments import AG2, OURS, ROOT, V02, Implementation
from .metrics import METRICS, Metric

__all__ = ("conditions", "medians", "missed_targets", "redraw", "save", "table")

PAGE = ROOT / "website" / "docs" / "speed.md"
RESULTS = ROOT / "benchmarks" / "results.json"
BEGIN, END = "<!-- results begin: written by benchmarks/run.py -->", "<!-- results end -->"

Samples = dict[str, dict[str, list[float]]]
"""The samples by implementation and metric."""


def medians(samples: Samples) -> dict[str, dict[str, float]]:
    """Reduce the samples of each metric to their median.

    Args:
        samples: the samples by implementation and metric.

    Returns:
        The medians by implementation and metric, in the units of the scripts.
    """
    return {name: {key: median(values) for key, values in found.items()} for name, found in samples.items()}


def table(results: dict[str, dict[str, float]]) -> str:
    """Write the results as a table in Markdown.

    Args:
        results: the medians by implementation and metric.

    Returns:
        The table. A ratio says how many times better we are: above 1 is faster or smaller.
    """
    lines = [
        f"| | {OURS} | {V02} | {AG2} | vs 0.2.40 | vs AG2 | target | met |",
        "|---|--:|--:|--:|--:|--:|--:|:-:|",
    ]
    ours = results[OURS]
    for key, metric in METRICS.items():
        if key in ours:
            values = [results.get(name, {}).get(key) for name in (OURS, V02, AG2)]
            cells = [metric.label, *(_in_unit(metric, value) for value in values)]
            cells += [_ratio(metric, ours[key], value) for value in values[1:]]
            met = _is_met(key, results)
            cells += [str(metric.target or ""), "" if met is None else "yes" if met else "**no**"]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def missed_targets(results: dict[str, dict[str, float]]) -> list[str]:
    """Name the metrics that miss their target.

    Args:
        results: the medians by implementation and metric.

    Returns:
        Their labels.
    """
    return [METRICS[key].label for key in results[OURS] if _is_met(key, results) is False]


def conditions(implementations: list[Implementation], rounds: int) -> dict[str, Any]:
    """Say when, where and with what was measured.

    Args:
        implementations: what was measured.
        rounds: how often.

    Returns:
        A dict for JSON.
    """
    return {
        "date": date.today().isoformat(),
        "rounds": rounds,
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.platform(terse=True)},
        "versions": {implementation.name: implementation.versions for implementation in implementations},
    }


def save(results: dict[str, dict[str, float]], samples: Samples, measured: dict[str, Any]) -> list[Path]:
    """Write the results as JSON, then the page of the documentation and its plots.

    Args:
        results: the medians by implementation and metric.
        samples: what they were taken from.
        measured: the conditions.

    Returns:
        The files that were written.
    """
    RESULTS.write_text(
        json.dumps({**measured, "medians": results, "samples": samples}, indent=1) + "\n", encoding="utf-8"
    )
    return [RESULTS, *redraw()]


def redraw() -> list[Path]:
    """Write the page of the documentation and its plots from the results that are stored.

    Returns:
        The files that were written.
    """
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    content = f"{_conditions_in_words(stored)}\n\n{table(stored['medians'])}"
    PAGE.write_text(f"{before}{BEGIN}\n\n{content}\n\n{END}{after}", encoding="utf-8")
    return [PAGE, *plots.draw_all(stored["medians"])]


def _is_met(key: str, results: dict[str, dict[str, float]]) -> bool | None:
    metric = METRICS[key]
    if metric.target is None:
        return None
    reference = results.get(V02, {}).get(key)
    return metric.target.is_met(results[OURS][key] * metric.scale, reference and reference * metric.scale)


def _in_unit(metric: Metric, value: float | None) -> str:
    if value is None:
        return "-"
    value *= metric.scale
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
    return f"{value:,.{digits}f} {metric.unit}".rstrip()


def _ratio(metric: Metric, ours: float, other: float | None) -> str:
    if other is None or ours <= 0 or "divided" in metric.label or "ratio" in metric.label:
        return ""
    ratio = other / ours
    return f"{ratio:,.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


def _conditions_in_words(measured: dict[str, Any]) -> str:
    machine = measured["machine"]
    rounds = "1 round" if measured["rounds"] == 1 else f"{measured['rounds']} rounds"
    lines = [
        f"Measured on {measured['date']}, {rounds}, on {machine['cores']} cores of "
        f"{machine['processor']}, {machine['system']}.",
        "",
    ]
    for name, versions in measured["versions"].items():
        packages = ", ".join(f"{package} {version}" for package, version in versions.items())
        lines.append(f"- {name}: {packages}")
    return "\n".join(lines)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
