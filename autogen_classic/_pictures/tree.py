"""A tree as a picture: one line for each node, indented below its parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from .drawing import as_label, mermaid_text, svg_document

__all__ = ("Tree", "TreeNode")

_LONGEST_LABEL = 90
_ROW, _INDENT, _MARGIN = 24, 22, 12
_CHARACTER = 7


@dataclass(frozen=True)
class TreeNode:
    """One node with everything below it.

    Attributes:
        label: what it says.
        children: the nodes below it.
    """

    label: str
    children: Sequence[TreeNode] = ()


@dataclass(frozen=True)
class Tree:
    """A tree; it is a picture for `draw`.

    Attributes:
        title: what it shows.
        root: its root.
    """

    title: str
    root: TreeNode

    def as_text(self) -> str:
        """The nodes in lines, indented."""
        return "\n".join(f"{'  ' * depth}{label}" for depth, label, _ in self._rows())

    def as_mermaid(self) -> str:
        """The picture as a flowchart of Mermaid."""
        lines = ["flowchart TD"]
        for number, (_, label, parent) in enumerate(self._rows()):
            lines.append(f'    n{number}["{mermaid_text(label)}"]')
            if parent is not None:
                lines.append(f"    n{parent} --> n{number}")
        return "\n".join(lines) + "\n"

    def as_svg(self) -> str:
        """The picture as SVG, with a text alternative."""
        rows = list(self._rows())
        width = 2 * _MARGIN + max(depth * _INDENT + len(label) * _CHARACTER for depth, label, _ in rows)
        parts = []
        for number, (depth, label, parent) in enumerate(rows):
            x, y = _MARGIN + depth * _INDENT, _MARGIN + number * _ROW + _ROW / 2
            parts.append(f'<text x="{x}" y="{y + 4}" fill="currentColor">{escape(label)}</text>')
            if parent is not None:
                above = _MARGIN + parent * _ROW + _ROW - 4
                left = x - _INDENT + 5
                parts.append(
                    f'<path d="M{left} {above}V{y}H{x - 4}" fill="none" stroke="currentColor" stroke-opacity="0.5"/>'
                )
        return svg_document(self.title, self.as_text(), (width, 2 * _MARGIN + len(rows) * _ROW), parts)

    def _rows(self) -> Iterator[tuple[int, str, int | None]]:
        """Depth, label and the row of the parent of each node, from the root on."""
        waiting: list[tuple[int, TreeNode, int | None]] = [(0, self.root, None)]
        number = 0
        while waiting:
            depth, node, parent = waiting.pop()
            yield depth, as_label(node.label, _LONGEST_LABEL), parent
            waiting.extend((depth + 1, child, number) for child in reversed(node.children))
            number += 1
