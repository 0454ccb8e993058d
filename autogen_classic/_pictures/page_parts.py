"""What a page and a notebook both show of a run."""

from __future__ import annotations

from collections.abc import Iterable

from .entries import Entry
from .html import shown
from .sequence import Conversation

__all__ = ("diagram", "heading", "scrollable")


def heading(entry: Entry) -> str:
    """Write the line above an entry as HTML: who did what, with which model, and what it took.

    Args:
        entry: the entry.

    Returns:
        A line of HTML, such as ``<b>alice</b> to <b>bob</b> &middot; message, 23:59:59``.
    """
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


def diagram(entries: Iterable[Entry], style: str) -> str:
    """Draw who spoke to whom.

    Args:
        entries: what has happened.
        style: the CSS class of the element around the picture.

    Returns:
        HTML; an empty text if nobody has said anything.
    """
    conversation = Conversation.of(entries)
    return scrollable("Who spoke to whom", conversation.as_svg(), style) if conversation.messages else ""


def scrollable(label: str, body: str, style: str) -> str:
    """Wrap something that may be wider than the page, so that it can be scrolled, also by keyboard.

    Args:
        label: what it is, for those who cannot see it.
        body: the HTML.
        style: the CSS class of the element around it.

    Returns:
        HTML.
    """
    return f'<div class="{style}" role="region" aria-label="{label}" tabindex="0">\n{body}\n</div>\n'
