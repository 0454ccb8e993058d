"""The measurements as plots for the page about speed: one ``<svg>`` each, which takes its colours from the theme."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .environments import AG2, OURS, ROOT, V02
from .metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ("FOLDER", "PLOTS", "digest_of", "draw_all")

FOLDER = ROOT / "website" / "figures"

Results = dict[str, dict[str, float]]
"""The medians by implementation and metric."""

# matplotlib draws in colours that stand for those of the theme; the second of each pair takes its place afterwards.
TEXT, GRID = "#0000f1", "#0000f2"
COLOURS = {OURS: "#0000a1", V02: "#0000b1", AG2: "#0000c1"}
VARIABLES = {
    TEXT: "var(--md-default-fg-color)",
    GRID: "var(--md-default-fg-color--lightest)",
    COLOURS[OURS]: "var(--figure-a)",
    COLOURS[V02]: "var(--figure-b)",
    COLOURS[AG2]: "var(--figure-c)",
}
MARKERS = {OURS: "o", V02: "s", AG2: "^"}

RATIOS = {
    "import_bare": "import",
    "import_agent": "import and a first agent",
    "construct": "an agent",
    "construct_model": "an agent with a model",
    "turn": "a turn of two agents",
    "turn_printed": "a turn, printed",
    "turn_async": "a turn, asynchronous",
    "group_4": "a message in a group of 4",
    "group_64": "a message in a group of 64",
    "wire_turn_2": "asking a model, 2 messages",
    "wire_turn_400": "asking a model, 400 messages",
    "stream": "a piece of a stream",
    "cache_hit": "an answer from the cache",
    "selection": "a speaker chosen by a model",
    "concurrent": "1,000 chats at once",
    "code_local": "running code as a process",
}
GROUP_SIZES = (4, 16, 64)
REQUEST_SIZES = (2, 100, 400)


def draw_all(results: Results) -> list[Path]:
    """Draw every plot into the folder of the figures.

    Args:
        results: the medians by implementation and metric.

    Returns:
        The files that were written.
    """
    files = []
    for name, (title, draw, describe) in PLOTS.items():
        file = FOLDER / f"{name}.svg"
        file.write_text(_as_part_of_a_page(name, title, describe(results), draw, results), encoding="utf-8")
        files.append(file)
    return files


def digest_of(results: Results) -> str:
    """What tells one set of results from another; every plot holds it."""
    return hashlib.sha256(json.dumps(results, sort_keys=True).encode()).hexdigest()[:16]


# --- The plots --------------------------------------------------------------------------------------------------------


def _draw_ratios(axes: Axes, results: Results) -> None:
    labels = [label for key, label in RATIOS.items() if key in results[OURS]]
    rows = range(len(labels), 0, -1)
    axes.axvline(1, color=TEXT, linewidth=1)
    for name in (V02, AG2):
        ratios = list(_ratios(results, name).values())
        axes.plot(ratios, rows, MARKERS[name], color=COLOURS[name], label=f"than {name}", markersize=7)
    axes.set_yticks(list(rows), labels)
    axes.set_xscale("log")
    axes.set_xticks(
        [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500], ["0.5", "1", "2", "5", "10", "20", "50", "100", "200", "500"]
    )
    axes.minorticks_off()
    axes.set_xlabel("times faster (below 1: slower)")


def _draw_requests(axes: Axes, results: Results) -> None:
    for name in (V02, AG2, OURS):
        times = [1e3 * results[name][f"wire_turn_{size}"] for size in REQUEST_SIZES]
        axes.plot(REQUEST_SIZES, times, f"{MARKERS[name]}-", color=COLOURS[name], label=name, markersize=7)
    bare = [1e3 * results[OURS][f"wire_http_{size}"] for size in REQUEST_SIZES]
    axes.plot(REQUEST_SIZES, bare, "--", color=TEXT, label="bare HTTP")
    axes.set_xlabel("messages in the request")
    axes.set_ylabel("milliseconds for a turn")
    axes.set_ylim(bottom=0)


def _draw_groups(axes: Axes, results: Results) -> None:
    for name in (V02, AG2, OURS):
        times = [1e6 * results[name][f"group_{size}"] for size in GROUP_SIZES]
        axes.plot(GROUP_SIZES, times, f"{MARKERS[name]}-", color=COLOURS[name], label=name, markersize=7)
    axes.set_xticks(GROUP_SIZES)
    axes.set_xlabel("agents in the group")
    axes.set_ylabel("microseconds for a message")
    axes.set_ylim(bottom=0)


# --- The same in words ------------------------------------------------------------------------------------------------


def _describe_ratios(results: Results) -> str:
    faster = {name: _ratios(results, name) for name in (V02, AG2)}
    rows = [
        f"{RATIOS[key]}: {ratio:.2g} times as fast as {V02}, {faster[AG2][key]:.2g} times as fast as {AG2}"
        for key, ratio in faster[V02].items()
    ]
    return "; ".join(rows) + "."


def _describe_requests(results: Results) -> str:
    return _describe_series(results, "wire_turn_{}", REQUEST_SIZES, "messages") + " The table has the exact figures."


def _describe_groups(results: Results) -> str:
    return _describe_series(results, "group_{}", GROUP_SIZES, "agents") + " The table has the exact figures."


def _describe_series(results: Results, form: str, sizes: tuple[int, ...], what: str) -> str:
    rows = []
    for size in sizes:
        metric = METRICS[form.format(size)]
        values = [f"{name} {results[name][form.format(size)] * metric.scale:.3g} {metric.unit}" for name in COLOURS]
        rows.append(f"{size} {what}: {', '.join(values)}")
    return "; ".join(rows) + "."


def _ratios(results: Results, name: str) -> dict[str, float]:
    """How many times faster we are than another implementation."""
    return {key: results[name][key] / results[OURS][key] for key in RATIOS if key in results[OURS]}


PLOTS: dict[str, tuple[str, Callable[[Axes, Results], None], Callable[[Results], str]]] = {
    "speed-ratios": ("How many times faster than AutoGen 0.2.40 and AG2", _draw_ratios, _describe_ratios),
    "speed-requests": ("A turn with a model, by the length of the chat", _draw_requests, _describe_requests),
    "speed-groups": ("A message in a group, by the size of the group", _draw_groups, _describe_groups),
}
"""The title, the drawing and the description of each plot."""


# --- From matplotlib to the page --------------------------------------------------------------------------------------


def _as_part_of_a_page(
    name: str, title: str, description: str, draw: Callable[[Axes, Results], None], results: Results
) -> str:
    svg = _drawn_by_matplotlib(name, draw, results)
    (view_box,) = re.findall(r'viewBox="[^"]*"', svg)
    body = svg[svg.index("<defs>") : svg.rindex("</svg>")]
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)  # it would count for the whole page
    body = re.sub(r'(<g) id="[^"]*"', r"\1", body)
    body = re.sub(r" font-family: [^;\"]*;", "", body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, variable)
    body = "\n".join(line for line in body.splitlines() if line.strip())
    return (
        f'<svg class="plot" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {view_box} '
        f'role="img" data-source="{digest_of(results)}">\n'
        f"<title>{html.escape(title, quote=False)}</title>\n"
        f"<desc>{html.escape(description, quote=False)}</desc>\n"
        f"{body}\n</svg>\n"
    )


def _drawn_by_matplotlib(name: str, draw: Callable[[Axes, Results], None], results: Results) -> str:
    import matplotlib
    from matplotlib.figure import Figure

    settings = {
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": name,  # the same results give the same file
        "font.size": 10,
        **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), TEXT),
        "grid.color": GRID,
    }
    with matplotlib.rc_context(settings):
        rows = len(RATIOS) if name == "speed-ratios" else 12
        figure = Figure(figsize=(7, 0.8 + 0.25 * rows), layout="constrained")
        axes = figure.add_subplot()
        draw(axes, results)
        axes.grid(True)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper left", ncols=4, frameon=False)
        figure.patch.set_visible(False)
        axes.patch.set_visible(False)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
