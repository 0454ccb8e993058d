"""Who spoke to whom, as a sequence diagram."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from .drawing import as_label, mermaid_text, svg_document
from .entries import Entry, names_in

__all__ = ("Conversation",)

_LANE = 240
_STEP = 28
_HEAD = 56
_LONGEST_LABEL = 34
_LONGEST_NAME = 26
_MOST_ARROWS = 400
_BACK = 40
"""How far an arrow goes out that comes back to its own lane."""


@dataclass(frozen=True)
class Conversation:
    """Messages from agent to agent; it is a picture for `draw`.

    Attributes:
        messages: the messages, each with its agent and whom it is for.
    """

    messages: Sequence[Entry]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Conversation:
        """Take the messages out of all that has happened.

        Args:
            entries: what has happened.
        """
        return cls([entry for entry in entries if entry.kind == "message" and entry.agent and entry.to])

    def as_text(self) -> str:
        """A line for each message, for readers without a picture."""
        return "\n".join(f"{entry.agent} -> {entry.to}: {_label(entry)}" for entry in self.messages)

    def as_mermaid(self) -> str:
        """The picture as a sequence diagram of Mermaid."""
        ids = {name: f"n{number}" for number, name in enumerate(names_in(self.messages))}
        lines = ["sequenceDiagram"]
        lines += [f"    participant {node} as {mermaid_text(as_label(name, 60))}" for name, node in ids.items()]
        for entry in self.messages:
            label = mermaid_text(_label(entry)) or "…"
            lines.append(f"    {ids[entry.agent or '']}->>{ids[entry.to or '']}: {label}")
        return "\n".join(lines) + "\n"

    def as_svg(self) -> str:
        """The picture as SVG: a lane for each agent, and an arrow for each message."""
        lanes = {name: _LANE / 2 + place * _LANE for place, name in enumerate(names_in(self.messages))}
        shown = self.messages[:_MOST_ARROWS]
        left_out = len(self.messages) - len(shown)
        width = max(1, len(lanes)) * _LANE
        height = _HEAD + _STEP * len(shown) + (_STEP if left_out else 0)
        parts = [
            f'<text x="{x:.0f}" y="18" text-anchor="middle" font-weight="bold" fill="currentColor">'
            f"{escape(as_label(name, _LONGEST_NAME))}</text>"
            f'<line x1="{x:.0f}" y1="26" x2="{x:.0f}" y2="{height}" stroke="currentColor" stroke-opacity=".3"/>'
            for name, x in lanes.items()
        ]
        for place, entry in enumerate(shown):
            start, end = lanes[entry.agent or ""], lanes[entry.to or ""]
            parts.append(_arrow(start, end, _HEAD + place * _STEP, _label(entry)))
        if left_out:
            parts.append(
                f'<text x="8" y="{height - 8}" fill="currentColor">{left_out} more messages are not drawn.</text>'
            )
        return svg_document("Who spoke to whom", self.as_text(), (width, height), parts)


def _arrow(start: float, end: float, y: float, label: str) -> str:
    if start == end:
        path = f"M{start:.0f} {y}h{_BACK}v{_STEP // 3}h-{_BACK}"
        place, anchor = start + _BACK + 6, "start"
    else:
        path = f"M{start:.0f} {y}H{end:.0f}"
        nearer = end - (_LANE / 2 if end > start else -_LANE / 2)  # within the lane where the arrow ends
        place, anchor = nearer, "middle"
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" marker-end="url(#arrow)"/>'
        f'<text x="{place:.0f}" y="{y - 5}" text-anchor="{anchor}" fill="currentColor">{escape(label)}</text>'
    )


def _label(entry: Entry) -> str:
    return as_label(entry.text, _LONGEST_LABEL)
