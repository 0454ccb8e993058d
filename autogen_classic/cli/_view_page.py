"""One HTML page for a run, or for two beside each other: a diagram, the messages, and what each agent has taken.

What models, tools and people said is hostile text. It is escaped wherever it appears, and the policy at the top of
the page lets nothing be loaded and no script run but the one for the search, which is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape
from itertools import zip_longest

from ._log_sources import Entry
from ._view_sources import Run

__all__ = ("page",)

_CODE = re.compile(r"```[ \t]*([\w+-]*)[ \t]*\r?\n(.*?)```", re.DOTALL)
_LONGEST_OPEN = 4000
_LANE = 280
_STEP = 26
_LONGEST_LABEL = 40
_MOST_ARROWS = 400

_STYLE = """
:root { color-scheme: light dark; --edge: #8886; --soft: #8882; --mark: #d9480f; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 110ch; padding: 1rem; }
main { display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
article { border: 1px solid var(--edge); border-radius: .5rem; margin: .6rem 0; padding: .5rem .8rem; }
article.failed { border-color: var(--mark); }
article.differs { outline: 3px solid var(--mark); }
article header { color: GrayText; font-size: .85rem; }
article header b { color: CanvasText; }
pre { background: var(--soft); border-radius: .3rem; overflow-x: auto; padding: .5rem; white-space: pre-wrap; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid var(--edge); padding: .2rem .8rem .2rem 0; }
td + td, th + th { text-align: right; }
figure { margin: 1rem 0; overflow-x: auto; } svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
input { font: inherit; padding: .3rem .5rem; width: 100%; box-sizing: border-box; }
@media print { input { display: none; } article { break-inside: avoid; } details > * { display: block; } }
"""

_SCRIPT = """
const field = document.getElementById("search");
field.addEventListener("input", () => {
  const wanted = field.value.toLowerCase();
  for (const entry of document.querySelectorAll("article"))
    entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
});
"""


def page(runs: Sequence[Run]) -> str:
    """Write the page.

    Args:
        runs: one run, or two to compare.

    Returns:
        A whole HTML document.
    """
    title = escape(" and ".join(run.name for run in runs))
    differs_at = _first_difference(runs)
    note = "" if differs_at is None else f"<p>The runs first differ at entry {differs_at + 1}, which is marked.</p>"
    if len(runs) > 1 and differs_at is None:
        note = "<p>The runs do not differ.</p>"
    shown = "".join(_section(run, differs_at) for run in runs)
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{note}"
        '<label for="search">Show only entries with this text:</label> <input id="search" type="search">\n'
        f"<main>\n{shown}</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _section(run: Run, differs_at: int | None) -> str:
    entries = "".join(_article(entry, place == differs_at) for place, entry in enumerate(run.entries))
    stops = [f"<p>{escape(entry.text)}</p>" for entry in run.entries if entry.kind == "end"]
    name = escape(run.name)
    return (
        f'<section aria-label="{name}">\n<h2>{name}</h2>\n{_table(run.entries)}{"".join(stops[-1:])}'
        f"{_diagram(run.entries)}{entries}</section>\n"
    )


def _article(entry: Entry, differs: bool) -> str:
    kinds = [name for name, holds in (("failed", entry.failed), ("differs", differs)) if holds]
    who = f"<b>{escape(entry.agent or '-')}</b>" + (f" to <b>{escape(entry.to)}</b>" if entry.to else "")
    facts = [entry.kind, *_facts(entry)]
    text = _text(entry.text)
    if entry.kind == "tool" or len(entry.text) > _LONGEST_OPEN:
        beginning = escape(" ".join(entry.text.split())[:_LONGEST_LABEL])
        text = f"<details><summary>{beginning}...</summary>{text}</details>"
    return (
        f'<article class="{" ".join(kinds)}">\n<header>{who} &middot; {escape(", ".join(facts))}</header>\n{text}\n'
        "</article>\n"
    )


def _facts(entry: Entry) -> list[str]:
    facts = ["FAILED"] if entry.failed else []
    facts += [entry.model] if entry.model else []
    facts += ["from the cache"] if entry.from_cache else []
    facts += [f"{entry.tokens} tokens"] if entry.tokens is not None else []
    facts += [f"${entry.cost:.6g}"] if entry.cost else []
    facts += [f"{entry.seconds:.3g} s"] if entry.seconds is not None else []
    facts += [f"{entry.at} UTC"] if entry.at else []
    return facts


def _text(text: str) -> str:
    """A text with its blocks of code set apart."""
    parts, end = [], 0
    for block in _CODE.finditer(text):
        parts += [_paragraph(text[end : block.start()]), f"<pre><code>{escape(block[2])}</code></pre>"]
        end = block.end()
    return "".join([*parts, _paragraph(text[end:])])


def _paragraph(text: str) -> str:
    return f"<p>{escape(text.strip())}</p>" if text.strip() else ""


def _table(entries: Sequence[Entry]) -> str:
    """What each agent has said and taken."""
    rows = []
    for name in _names(entries):
        own = [entry for entry in entries if entry.agent == name]
        asked = [entry for entry in own if entry.kind == "model" and not entry.from_cache]
        figures = (
            f"{sum(entry.kind == 'message' for entry in own)}",
            f"{len(asked)}",
            f"{sum(entry.tokens or 0 for entry in asked)}",
            f"${sum(entry.cost or 0 for entry in asked):.6g}",
            f"{sum(entry.seconds or 0 for entry in own if entry.kind != 'end'):.3g}",
        )
        rows.append(f"<tr><td>{escape(name)}</td>{''.join(f'<td>{figure}</td>' for figure in figures)}</tr>\n")
    titles = ("Agent", "Messages", "Requests", "Tokens", "Cost", "Seconds")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n"


def _names(entries: Sequence[Entry]) -> list[str]:
    """The agents in the order in which they appear."""
    seen = dict.fromkeys(name for entry in entries for name in (entry.agent, entry.to) if name)
    return list(seen)


def _diagram(entries: Sequence[Entry]) -> str:
    """Who spoke to whom, as a sequence diagram with a text for those who cannot see it."""
    spoken = [entry for entry in entries if entry.kind == "message" and entry.agent and entry.to]
    if not spoken:
        return ""
    lanes = {name: _LANE // 2 + place * _LANE for place, name in enumerate(_names(spoken))}
    shown = spoken[:_MOST_ARROWS]
    width, height = _LANE * len(lanes), 50 + _STEP * len(shown)
    parts = [
        f'<text x="{x}" y="16" text-anchor="middle">{escape(_short(name, 20))}</text>'
        f'<line x1="{x}" y1="24" x2="{x}" y2="{height}" stroke="currentColor" stroke-opacity=".3"/>'
        for name, x in lanes.items()
    ]
    for place, entry in enumerate(shown):
        y = 50 + place * _STEP
        start, end = lanes[entry.agent or ""], lanes[entry.to or ""]
        side = 1 if end >= start else -1
        label = escape(_short(" ".join(entry.text.split()), _LONGEST_LABEL))
        parts.append(
            f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" stroke="currentColor"/>'
            f'<path d="M{end} {y} l{-7 * side} -4 v8 z" fill="currentColor"/>'
            f'<text x="{(start + end) // 2}" y="{y - 4}" text-anchor="middle">{label}</text>'
        )
    left_out = len(spoken) - len(shown)
    caption = "Who spoke to whom" + (f"; {left_out} more messages are not drawn" if left_out else "")
    alternative = escape("; ".join(f"{entry.agent} to {entry.to}" for entry in shown))
    return (
        f'<figure>\n<svg role="img" aria-label="{alternative}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>\n<figcaption>{caption}.</figcaption>\n</figure>\n'
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _first_difference(runs: Sequence[Run]) -> int | None:
    """The place of the first entry that two runs do not share; None without one."""
    if len(runs) < 2:
        return None
    pairs = zip_longest(*(run.entries for run in runs))
    return next((place for place, (one, other) in enumerate(pairs) if _compared(one) != _compared(other)), None)


def _compared(entry: Entry | None) -> tuple[object, ...] | None:
    return None if entry is None else (entry.kind, entry.agent, entry.to, entry.text)
