"""One HTML page for a run, or for two beside each other: a diagram, the messages, and what each agent has taken.

The policy at the top of the page lets nothing be loaded and no script run but our own, which is named by its hash. In
a notebook, where a page has no policy of its own, there is no script at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import TypeAlias

from .._core.budget import Spent
from .._words import counted
from .drawing import as_label
from .entries import EVERYBODY, Entry, message_text, names_in
from .html import CODE_STYLE, body_of, shown
from .sequence import Conversation

__all__ = ("Run", "first_difference", "page", "small_page")

_MOST_IN_SMALL = 100
_LONGEST_SUMMARY = 60

Difference: TypeAlias = "tuple[int | None, int | None]"
"""The place of the first difference in each of two runs; None in one that ends before it."""

_STYLE = """
:root { color-scheme: light dark; --edge: #8886; --soft: #8882; --mark: #b83200; --quiet: #5f6368;
  --ac-keyword: #8530b0; --ac-string: #0a6b35; --ac-comment: #606060; --ac-number: #964800; --ac-name: #1257b0; }
@media screen and (prefers-color-scheme: dark) { :root { --mark: #ff9a66; --quiet: #a8adb3;
  --ac-keyword: #d2a8ff; --ac-string: #7ee2a8; --ac-comment: #a6a6a6; --ac-number: #ffb370; --ac-name: #8ab8ff; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 110ch; padding: 1rem; }
body.two { max-width: 190ch; }
h1, h2 { overflow-wrap: anywhere; line-height: 1.25; } h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; }
main { display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
section { min-width: 0; }
article { border: 1px solid var(--edge); border-radius: .5rem; margin: .6rem 0; padding: .5rem .8rem; }
article.failed { border-color: var(--mark); }
article.differs { outline: 3px solid var(--mark); }
article header { color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
article header b { color: CanvasText; }
article header strong, .difference { color: var(--mark); }
pre { background: var(--soft); border-radius: .3rem; overflow-wrap: anywhere; padding: .5rem; white-space: pre-wrap;
  font-size: .875rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; max-height: 60vh; }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid var(--edge); padding: .2rem .8rem .2rem 0; }
th { text-align: left; } td, thead th + th { text-align: right; }
.wide { margin: 1rem 0; overflow: auto; max-height: 75vh; } .wide svg { color-scheme: inherit !important; }
input { font: inherit; padding: .3rem .5rem; width: 100%; box-sizing: border-box; }
a { color: LinkText; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
@media print {
  :root { color-scheme: light; } .search { display: none; }
  article, tr { break-inside: avoid; } article:has(pre), article:has(details) { break-inside: auto; }
  .wide { max-height: none; overflow: visible; } svg { max-width: 100%; height: auto; }
}
"""

_SCRIPT = """
const field = document.getElementById("search"), found = document.getElementById("found");
const articles = [...document.querySelectorAll("article")];
field.addEventListener("input", () => {
  const wanted = field.value.toLowerCase();
  for (const article of articles) article.hidden = !article.textContent.toLowerCase().includes(wanted);
  const left = articles.filter(article => !article.hidden).length;
  found.textContent = wanted ? `${left} of ${articles.length} entries` : "";
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && event.target !== field) { field.focus(); event.preventDefault(); }
  if (event.key === "Escape" && event.target === field) { field.value = ""; field.dispatchEvent(new Event("input")); }
});
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open], .again)")];
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
"""

# In a notebook the style must not reach what stands around the picture.
_SMALL_STYLE = """
.ac-chat pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8882; padding: .4em; }
.ac-chat p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2em 0; }
.ac-chat .ac-entry { border-top: 1px solid #8886; padding: .3em 0; } .ac-chat img { max-width: 100%; }
.ac-chat .ac-wide { overflow: auto; max-height: 30em; } .ac-chat summary { cursor: pointer; }
"""


@dataclass(frozen=True)
class Run:
    """A run to look at.

    Attributes:
        name: what it is called, such as the name of its file.
        entries: what happened, in order.
        notes: what else is to be said about it, a line each.
    """

    name: str
    entries: Sequence[Entry]
    notes: Sequence[str] = field(default=())


def page(runs: Sequence[Run]) -> str:
    """Write the page.

    Args:
        runs: one run, or two to compare.

    Returns:
        A whole HTML document.
    """
    title = shown(" and ".join(run.name for run in runs))
    difference = first_difference(*runs) if len(runs) == 2 else None
    comparison = _comparison(runs, difference) if len(runs) == 2 else ""
    sections = "".join(
        _section(run, number, difference, f"<h2>{shown(run.name)}</h2>\n" if len(runs) > 1 else "")
        for number, run in enumerate(runs)
    )
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}{CODE_STYLE}</style>\n</head>\n"
        f'<body class="{"two" if len(runs) > 1 else "one"}">\n<h1>{title}</h1>\n{comparison}'
        '<p class="search"><label for="search">Show only entries with this text (press / to write):</label> '
        '<input id="search" type="search" autocomplete="off"> <span id="found" role="status"></span></p>\n'
        f"<main>\n{sections}</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def small_page(entries: Sequence[Entry], reason: str | None, spent: Spent | None, summary: object) -> str:
    """Write a chat for a notebook, which shows it among its own outputs.

    Args:
        entries: the messages.
        reason: why the chat stopped.
        spent: what it took.
        summary: its summary.

    Returns:
        HTML without a script, which loads nothing.
    """
    facts = [counted(len(entries), "message")]
    facts += [f"stopped: {reason}"] if reason else []
    facts += _spent(spent) if spent is not None else []
    said = message_text(summary) if summary else ""
    messages = "".join(
        f'<div class="ac-entry"><small>{_heading(entry)}</small>{body_of(entry)}</div>'
        for entry in entries[:_MOST_IN_SMALL]
    )
    left_out = len(entries) - _MOST_IN_SMALL
    more = f"<p><em>{counted(left_out, 'more message')} left out.</em></p>" if left_out > 0 else ""
    return (
        f'<div class="ac-chat"><style>{_SMALL_STYLE}{CODE_STYLE}</style>\n'
        f"<p><b>Chat</b> &middot; {shown(', '.join(facts))}</p>\n"
        f"{f'<p>Summary: {shown(said)}</p>' if said else ''}\n"
        f"<details><summary>Who spoke to whom</summary>{_diagram(entries, 'ac-wide')}</details>\n"
        f"<details><summary>Messages</summary>{messages}{more}</details>\n</div>"
    )


def _spent(spent: Spent) -> list[str]:
    cost = "cost unknown" if spent.cost is None else f"${spent.cost:.6g}"
    tokens = "tokens unknown" if spent.tokens is None else f"{spent.tokens} tokens"
    return [f"{spent.requests} requests", tokens, cost, f"{spent.seconds:.3g} s"]


def _comparison(runs: Sequence[Run], difference: Difference | None) -> str:
    if difference is None:
        return "<p>The runs do not differ.</p>\n"
    places = [
        f'<a href="#difference-{number}">entry {place + 1} of {shown(run.name)}</a>'
        for number, (run, place) in enumerate(zip(runs, difference, strict=True))
        if place is not None
    ]
    return f'<p class="difference">The runs first differ at {" and ".join(places)}.</p>\n'


def _section(run: Run, number: int, difference: Difference | None, title: str) -> str:
    marked = None if difference is None else difference[number]
    are_said = any(entry.kind == "message" for entry in run.entries)
    entries = "".join(
        _article(entry, _body(entry, are_said), f"difference-{number}" if place == marked else "")
        for place, entry in enumerate(run.entries)
    )
    ends = [entry.text for entry in run.entries if entry.kind == "end"]
    notes = "".join(f"<p>{shown(note)}</p>" for note in [*run.notes, *_began(run.entries), *ends])
    is_shorter = difference is not None and marked is None
    end = '<p class="difference">This run ends here, and the other goes on.</p>' if is_shorter else ""
    return (
        f'<section aria-label="{shown(run.name)}">\n{title}{notes}{_table(run.entries)}'
        f"{_diagram(run.entries, 'wide')}{entries}{end}</section>\n"
    )


def _began(entries: Sequence[Entry]) -> list[str]:
    times = [time for entry in entries if (time := _time(entry)) is not None]
    return (
        [f"Began {times[0]:%Y-%m-%d %H:%M:%S} UTC, took {(max(times) - times[0]).total_seconds():.3g} s"]
        if times
        else []
    )


def _body(entry: Entry, are_said: bool) -> str:
    """What an entry says; where messages tell the same once more, it is folded."""
    body = body_of(entry)
    if are_said and entry.kind in ("model", "code") and not entry.failed:
        return (
            f'<details class="again"><summary>{shown(as_label(entry.text, _LONGEST_SUMMARY))}</summary>{body}</details>'
        )
    return body


def _article(entry: Entry, body: str, difference: str) -> str:
    kinds = [name for name, holds in (("failed", entry.failed), ("differs", difference)) if holds]
    mark = "<strong>First difference.</strong> " if difference else ""
    place = f' id="{difference}" tabindex="-1"' if difference else ""
    return f'<article class="{" ".join(kinds)}"{place}>\n<header>{mark}{_heading(entry)}</header>\n{body}\n</article>\n'


def _heading(entry: Entry) -> str:
    names = " to ".join(f"<b>{shown(name)}</b>" for name in (entry.agent, entry.to) if name)
    return f"{names}{' &middot; ' if names else ''}{shown(', '.join([entry.kind, *_facts(entry)]))}"


def _facts(entry: Entry) -> list[str]:
    facts = ["FAILED"] if entry.failed else []
    facts += [entry.model] if entry.model else []
    facts += ["from the cache"] if entry.from_cache else []
    facts += [f"{entry.tokens} tokens"] if entry.tokens is not None else []
    facts += [f"${entry.cost:.6g}"] if entry.cost else []
    facts += [f"{entry.seconds:.3g} s"] if entry.seconds is not None else []
    facts += [entry.at[11:23]] if entry.at else []
    return facts


def _table(entries: Sequence[Entry]) -> str:
    """What each agent has said and taken."""
    rows = []
    seconds = _seconds(entries)
    for name in names_in(entries):
        own = [entry for entry in entries if entry.agent == name]
        asked = [entry for entry in own if entry.kind == "model" and not entry.from_cache]
        figures = (
            f"{sum(entry.kind == 'message' for entry in own)}",
            f"{len(asked)}",
            f"{sum(entry.tokens or 0 for entry in asked)}",
            f"${sum(entry.cost or 0 for entry in asked):.6g}",
            f"{seconds[name]:.3g}",
        )
        cells = "".join(f"<td>{figure}</td>" for figure in figures)
        rows.append(f'<tr><th scope="row">{shown(name)}</th>{cells}</tr>\n')
    titles = ("Agent", "Messages", "Requests", "Tokens", "Cost", "Seconds")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>"
    return _wide("What each agent has taken", table, "wide")


def _diagram(entries: Iterable[Entry], style: str) -> str:
    conversation = Conversation.of(entries)
    return _wide("Who spoke to whom", conversation.as_svg(), style) if conversation.messages else ""


def _wide(label: str, body: str, style: str) -> str:
    """Something that may be wider than the page: it can be scrolled, by keyboard, too."""
    return f'<div class="{style}" role="region" aria-label="{label}" tabindex="0">\n{body}\n</div>\n'


def _seconds(entries: Sequence[Entry]) -> Mapping[str, float]:
    """How long each agent took: the time before each of its entries, or the times that the entries state."""
    taken: defaultdict[str, float] = defaultdict(float)
    last = None
    for entry in entries:
        now = _time(entry)
        if entry.kind in ("event", "agent"):  # nobody was at work before it
            last = now
        elif entry.agent and now is not None and last is not None:
            taken[entry.agent] += max(0, (now - last).total_seconds())
        elif entry.agent and now is None and entry.kind != "end":
            taken[entry.agent] += entry.seconds or 0
        last = now or last
    return taken


def _time(entry: Entry) -> datetime | None:
    try:
        return None if entry.at is None else datetime.fromisoformat(entry.at)
    except ValueError:  # a program may have logged it itself
        return None


def first_difference(one: Run, other: Run) -> Difference | None:
    """Find where two runs first differ, in what both of them have: messages, answers of models, tools and so on.

    Args:
        one: a run.
        other: another run.

    Returns:
        The place in each, None for one that is over there; None if they do not differ.
    """
    told, also_told = ({entry.kind for entry in run.entries} - {"event", "agent"} for run in (one, other))
    kinds = told & also_told or told | also_told
    first, second = ([at for at, entry in enumerate(run.entries) if entry.kind in kinds] for run in (one, other))
    for here, there in zip_longest(first, second):
        if here is None or there is None or not _is_same(one.entries[here], other.entries[there]):
            return here, there
    return None


def _is_same(one: Entry, other: Entry) -> bool:
    if (one.kind, one.agent, one.text) != (other.kind, other.agent, other.text):
        return False
    return one.to == other.to or EVERYBODY in (one.to, other.to)
