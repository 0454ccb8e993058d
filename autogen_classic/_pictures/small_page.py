"""A chat as HTML for a notebook, which shows it among its own outputs."""

from __future__ import annotations

from collections.abc import Sequence

from .._core.budget import Spent
from .._words import counted
from .entries import Entry, message_text
from .html import CODE_STYLE, body_of, shown
from .page_parts import diagram, heading

__all__ = ("small_page",)

_MOST_MESSAGES = 100

# In a notebook the style must not reach what stands around the picture.
_STYLE = """
.ac-chat pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8882; padding: .4em; }
.ac-chat p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2em 0; }
.ac-chat .ac-entry { border-top: 1px solid #8886; padding: .3em 0; } .ac-chat img { max-width: 100%; }
.ac-chat .ac-wide { overflow: auto; max-height: 30em; } .ac-chat summary { cursor: pointer; }
"""


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
        f'<div class="ac-entry"><small>{heading(entry)}</small>{body_of(entry)}</div>'
        for entry in entries[:_MOST_MESSAGES]
    )
    left_out = len(entries) - _MOST_MESSAGES
    more = f"<p><em>{counted(left_out, 'more message')} left out.</em></p>" if left_out > 0 else ""
    return (
        f'<div class="ac-chat"><style>{_STYLE}{CODE_STYLE}</style>\n'
        f"<p><b>Chat</b> &middot; {shown(', '.join(facts))}</p>\n"
        f"{f'<p>Summary: {shown(said)}</p>' if said else ''}\n"
        f"<details><summary>Who spoke to whom</summary>{diagram(entries, 'ac-wide')}</details>\n"
        f"<details><summary>Messages</summary>{messages}{more}</details>\n</div>"
    )


def _spent(spent: Spent) -> list[str]:
    cost = "cost unknown" if spent.cost is None else f"${spent.cost:.6g}"
    tokens = "tokens unknown" if spent.tokens is None else f"{spent.tokens} tokens"
    return [f"{spent.requests} requests", tokens, cost, f"{spent.seconds:.3g} s"]
