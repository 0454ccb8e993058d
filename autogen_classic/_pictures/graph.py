"""Who may speak after whom: nodes in a circle, and edges with conditions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .drawing import as_label, mermaid_text, svg_document

__all__ = ("Edge", "Graph")

_LONGEST_LABEL = 60
_LONGEST_NAME = 20
_BOX_WIDTH = 150
_BOX_HEIGHT = 36
_RADIUS = 140
_RADIUS_WITH_LABELS = 250
_ROOM_PER_NODE = 180
_MARGIN = (110, 80)

Point = tuple[float, float]


@dataclass(frozen=True)
class Edge:
    """A way from one node to another.

    Attributes:
        source: who has spoken.
        target: who or what goes next.
        label: when; may be empty.
    """

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True)
class Graph:
    """A group as a graph; it is a picture for `draw`.

    Attributes:
        title: what it shows.
        members: the names of the agents.
        edges: the ways between them, and to what else goes next.
        begins: the member who speaks first, if that is known.
        hub: a node in the middle, which is neither a member nor at the end of the chat.
    """

    title: str
    members: Sequence[str]
    edges: Sequence[Edge]
    begins: str | None = None
    hub: str | None = None

    @property
    def _nodes(self) -> list[str]:
        first = [] if self.begins is None else [self.begins]
        ends = (name for edge in self.edges for name in (edge.source, edge.target))
        return list(dict.fromkeys([*first, *self.members, *ends]))

    def as_text(self) -> str:
        """The edges in lines, for readers without a picture."""
        lines = [f"{edge.source} -> {edge.target}{f': {edge.label}' if edge.label else ''}" for edge in self.edges]
        alone = [name for name in self.members if not any(name in (edge.source, edge.target) for edge in self.edges)]
        return "\n".join([*([f"{self.begins} begins."] if self.begins is not None else []), *lines, *alone])

    def as_mermaid(self) -> str:
        """The picture as a flowchart of Mermaid."""
        ids = {name: f"n{number}" for number, name in enumerate(self._nodes)}
        lines = ["flowchart TD"]
        if self.begins is not None:
            lines.append(f"    begin([begin]) --> {ids[self.begins]}")
        for name, node in ids.items():
            opening, closing = ("[", "]") if name in self.members else ("([", "])")
            lines.append(f'    {node}{opening}"{mermaid_text(as_label(name, _LONGEST_LABEL))}"{closing}')
        for edge in self.edges:
            label = f'|"{mermaid_text(as_label(edge.label, _LONGEST_LABEL))}"|' if edge.label else ""
            lines.append(f"    {ids[edge.source]} -->{label} {ids[edge.target]}")
        return "\n".join(lines) + "\n"

    def as_svg(self) -> str:
        """The picture as SVG: the nodes stand in a circle, and the text alternative lists the edges."""
        places, middle = self._places()
        between: Counter[tuple[str, str]] = Counter()
        parts = []
        for edge in self.edges:
            start, end = places[edge.source], places[edge.target]
            between[edge.source, edge.target] += 1
            number = between[edge.source, edge.target]
            if edge.source == edge.target:
                parts.append(_loop(start, middle, edge.label, number))
            else:
                parts.append(_curve(start, end, edge.label, number))
        parts += [_box(name, places[name], is_member=name in self.members) for name in places]
        width, height = (max((place[axis] for place in places.values()), default=0) + _MARGIN[axis] for axis in (0, 1))
        return svg_document(self.title, self.as_text(), (width, height), parts)

    def _places(self) -> tuple[dict[str, Point], Point]:
        """Where the nodes are, and where the middle of their circle is; the picture begins at its left and its top."""
        circle = [name for name in self._nodes if name != self.hub]
        smallest = _RADIUS_WITH_LABELS if any(edge.label for edge in self.edges) else _RADIUS
        radius = max(smallest, len(circle) * _ROOM_PER_NODE / (2 * math.pi))
        places: dict[str, Point] = {} if self.hub is None else {self.hub: (0, 0)}
        for number, name in enumerate(circle):
            angle = 2 * math.pi * number / len(circle) - math.pi / 2
            places[name] = (radius * math.cos(angle), radius * math.sin(angle))
        left = _MARGIN[0] - min((x for x, _ in places.values()), default=0)
        top = _MARGIN[1] - min((y for _, y in places.values()), default=0)
        return {name: (x + left, y + top) for name, (x, y) in places.items()}, (left, top)


def _box(name: str, place: Point, *, is_member: bool) -> str:
    x, y = place
    return (
        f'<rect x="{x - _BOX_WIDTH / 2:.0f}" y="{y - _BOX_HEIGHT / 2:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" '
        f'rx="{6 if is_member else 18}" fill="none" stroke="currentColor"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" fill="currentColor">'
        f"{escape(as_label(name, _LONGEST_NAME))}</text>"
    )


def _loop(place: Point, middle: Point, label: str, number: int) -> str:
    """An edge from a node to itself, which goes outwards; further ones go further."""
    x, y = place
    distance = math.hypot(x - middle[0], y - middle[1]) or 1
    out_x, out_y = (x - middle[0]) / distance, (y - middle[1]) / distance
    far = _to_border(out_x, out_y) + 40 + 30 * number
    start_x, start_y = _border_of_box(place, (x + far * (out_x + out_y / 3), y + far * (out_y - out_x / 3)))
    end_x, end_y = _border_of_box(place, (x + far * (out_x - out_y / 3), y + far * (out_y + out_x / 3)))
    path = (
        f"M{start_x:.0f} {start_y:.0f}C{x + far * out_x + 40 * out_y:.0f} {y + far * out_y - 40 * out_x:.0f} "
        f"{x + far * out_x - 40 * out_y:.0f} {y + far * out_y + 40 * out_x:.0f} {end_x:.0f} {end_y:.0f}"
    )
    return _edge(path, (x + far * out_x, y + far * out_y), label)


def _curve(start: Point, end: Point, label: str, number: int) -> str:
    """An edge between two nodes, from border to border; further ones bend more."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    bend_x, bend_y = -(y2 - y1) / length * 30 * number, (x2 - x1) / length * 30 * number
    control_x, control_y = (x1 + x2) / 2 + bend_x, (y1 + y2) / 2 + bend_y
    start_x, start_y = _border_of_box(start, (control_x, control_y))
    end_x, end_y = _border_of_box(end, (control_x, control_y))
    path = f"M{start_x:.0f} {start_y:.0f}Q{control_x:.0f} {control_y:.0f} {end_x:.0f} {end_y:.0f}"
    return _edge(path, ((x1 + x2) / 2 + bend_x / 2, (y1 + y2) / 2 + bend_y / 2), label)


def _border_of_box(middle: Point, towards: Point) -> Point:
    x, y = towards[0] - middle[0], towards[1] - middle[1]
    part = min(1.0, _to_border(x, y))
    return middle[0] + x * part, middle[1] + y * part


def _to_border(x: float, y: float) -> float:
    """How often a vector fits into a box, from its middle to its border."""
    return min(_BOX_WIDTH / 2 / abs(x) if x else math.inf, _BOX_HEIGHT / 2 / abs(y) if y else math.inf)


def _edge(path: str, middle: Point, label: str) -> str:
    line = f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity=".6" marker-end="url(#arrow)"/>'
    if not label:
        return line
    return (
        f'{line}<text x="{middle[0]:.0f}" y="{middle[1]:.0f}" text-anchor="middle" '
        f'fill="currentColor">{escape(as_label(label, _LONGEST_LABEL))}</text>'
    )
