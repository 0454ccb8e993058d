"""One HTML page for a run, or for two side by side: a diagram, the entries, and what each agent has taken.

The policy at the top of the page lets nothing be loaded and no script run but our own, which is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .differences import Difference, first_difference
from .drawing import as_label
from .entries import Entry, names_in
from .html import CODE_STYLE, body_of, shown
from .page_assets import SCRIPT, STYLE
from .page_parts import diagram, heading, scrollable

__all__ = ("Run", "page")

_ANCHORS = ("difference-0", "difference-1")
_LONGEST_SUMMARY = 60
_ENDS_BEFORE_THE_OTHER = '<p class="difference">This run ends here, and the other goes on.</p>'


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
    if len(runs) == 1:
        return _document(title, "one", "", _section(runs[0]))
    difference = first_difference(runs[0].entries, runs[1].entries)
    places = difference or (None, None)
    sections = ""
    for run, place, anchor in zip(runs, places, _ANCHORS, strict=True):
        is_shorter = difference is not None and place is None
        end = _ENDS_BEFORE_THE_OTHER if is_shorter else ""
        sections += _section(run, f"<h2>{shown(run.name)}</h2>\n", place, anchor, end)
    return _document(title, "two", _comparison(runs, difference), sections)


def _document(title: str, style: str, comparison: str, sections: str) -> str:
    """The whole page; its policy lets no script run but our own, and nothing be loaded."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}{CODE_STYLE}</style>\n</head>\n"
        f'<body class="{style}">\n<h1>{title}</h1>\n{comparison}'
        '<p class="search"><label for="search">Show only entries with this text (press / to write):</label> '
        '<input id="search" type="search" autocomplete="off"> <span id="found" role="status"></span></p>\n'
        f"<main>\n{sections}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _comparison(runs: Sequence[Run], difference: Difference | None) -> str:
    """A sentence that says where two runs first differ, with links to the places."""
    if difference is None:
        return "<p>The runs do not differ.</p>\n"
    places = [
        f'<a href="#{anchor}">entry {place + 1} of {shown(run.name)}</a>'
        for run, place, anchor in zip(runs, difference, _ANCHORS, strict=True)
        if place is not None
    ]
    return f'<p class="difference">The runs first differ at {" and ".join(places)}.</p>\n'


def _section(run: Run, title: str = "", different: int | None = None, anchor: str = "", end: str = "") -> str:
    """A run as HTML.

    Args:
        run: the run.
        title: HTML that goes above it.
        different: the place of the first entry that differs from the other run, if any does.
        anchor: the id of that entry.
        end: HTML that goes below the run.
    """
    has_messages = any(entry.kind == "message" for entry in run.entries)
    entries = "".join(
        _article(entry, _body(entry, has_messages), anchor if place == different else "")
        for place, entry in enumerate(run.entries)
    )
    ends = [entry.text for entry in run.entries if entry.kind == "end"]
    notes = "".join(f"<p>{shown(note)}</p>" for note in [*run.notes, *_began(run.entries), *ends])
    return (
        f'<section aria-label="{shown(run.name)}">\n{title}{notes}{_table(run.entries)}'
        f"{diagram(run.entries, 'wide')}{entries}{end}</section>\n"
    )


def _began(entries: Sequence[Entry]) -> list[str]:
    """When a run began and how long it took, as a list of one note; an empty list if its entries have no times."""
    times = [time for entry in entries if (time := _time(entry)) is not None]
    if not times:
        return []
    seconds = (max(times) - times[0]).total_seconds()
    return [f"Began {times[0]:%Y-%m-%d %H:%M:%S} UTC, took {seconds:.3g} s"]


def _body(entry: Entry, has_messages: bool) -> str:
    """What an entry says. The answer of a model or of code is folded where a message repeats it."""
    body = body_of(entry)
    if has_messages and entry.kind in ("model", "code") and not entry.failed:
        summary = shown(as_label(entry.text, _LONGEST_SUMMARY))
        return f'<details class="again"><summary>{summary}</summary>{body}</details>'
    return body


def _article(entry: Entry, body: str, anchor: str) -> str:
    """An entry as HTML; one with an anchor is marked as the first that differs from the other run."""
    styles = [style for style, applies in (("failed", entry.failed), ("differs", anchor)) if applies]
    mark = "<strong>First difference.</strong> " if anchor else ""
    place = f' id="{anchor}" tabindex="-1"' if anchor else ""
    return f'<article class="{" ".join(styles)}"{place}>\n<header>{mark}{heading(entry)}</header>\n{body}\n</article>\n'


def _table(entries: Sequence[Entry]) -> str:
    """A table of how much each agent has said, asked models for, and taken."""
    rows = ""
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
        rows += f'<tr><th scope="row">{shown(name)}</th>{cells}</tr>\n'
    titles = ("Agent", "Messages", "Requests", "Tokens", "Cost", "Seconds")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    return scrollable("What each agent has taken", table, "wide")


def _seconds(entries: Sequence[Entry]) -> Mapping[str, float]:
    """How long each agent took.

    An entry with a time took as long as has passed since the entry before it; one without a time as long as it says.
    """
    taken: defaultdict[str, float] = defaultdict(float)
    last: datetime | None = None
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
    """When an entry happened, in UTC; a time that does not name its zone is one in UTC."""
    try:
        time = None if entry.at is None else datetime.fromisoformat(entry.at)
    except ValueError:  # a program may have logged it itself
        return None
    if time is None:
        return None
    return time.astimezone(timezone.utc) if time.tzinfo else time.replace(tzinfo=timezone.utc)
