"""How a replay of a notebook went: turn by turn, and where it first departs from the record."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..normalisers import paths, times, uuids
from ._transcript import Turn

__all__ = ("CellReport", "Departure", "NotebookReport", "compare")

_SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Departure:
    """Where a run first differs from the record.

    Attributes:
        cell: the number of the cell, counted from 1 over all cells of the notebook.
        turn: the number of the message within the cell's output, counted from 1; None if it is not about one.
        kind: "missing package", "missing file", "cell error", "other speaker", "other text", "not in the record",
            "ended early" or "more turns".
        why: what happened, in a sentence.
        recorded: the message in the record, shortened; empty without one.
        replayed: the message in the run, shortened; empty without one.
    """

    cell: int
    turn: int | None
    kind: str
    why: str
    recorded: str = ""
    replayed: str = ""

    def __str__(self) -> str:
        place = f"cell {self.cell}" if self.turn is None else f"cell {self.cell}, message {self.turn}"
        shown = [f"  {label}: {text}" for label, text in (("recorded", self.recorded), ("now", self.replayed)) if text]
        return "\n".join([f"{place}: {self.kind}: {self.why}", *shown])


@dataclass(frozen=True)
class CellReport:
    """What became of one cell.

    Attributes:
        number: its number, counted from 1 over all cells of the notebook.
        recorded: how many messages its saved output has.
        reproduced: for each of them, whether the run had it too.
        departure: where it first differs; None if it does not.
    """

    number: int
    recorded: int
    reproduced: tuple[bool, ...]
    departure: Departure | None


@dataclass(frozen=True)
class NotebookReport:
    """How a replay went.

    Attributes:
        notebook: the file.
        cells: the cells with code, in order.
        unknown_summaries: how many summaries by a model the outputs do not show; the run got a text that says so.
        unknown_analyses: how many questions the hidden analyst of a teachable agent was asked. The outputs do not show
            its answers; the run got a "no" each time, so that nothing was remembered.
        hidden_answers: how many questions went to models of agents that no output shows. Each was answered by what the
            message says that follows in the record.
    """

    notebook: str
    cells: tuple[CellReport, ...]
    unknown_summaries: int = 0
    unknown_analyses: int = 0
    hidden_answers: int = 0
    turns: int = field(init=False)
    reproduced: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", sum(cell.recorded for cell in self.cells))
        object.__setattr__(self, "reproduced", sum(sum(cell.reproduced) for cell in self.cells))

    @property
    def departure(self) -> Departure | None:
        """Where the run first differs from the record; None if it does not."""
        return next((cell.departure for cell in self.cells if cell.departure is not None), None)

    def to_json(self) -> str:
        """Return the report as JSON text."""
        departure = None if self.departure is None else asdict(self.departure)
        return json.dumps({**asdict(self), "departure": departure}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> NotebookReport:
        """Read what `to_json` has written.

        Args:
            text: the JSON text.
        """
        data = json.loads(text)
        cells = tuple(map(_cell_from, data["cells"]))
        return cls(data["notebook"], cells, data["unknown_summaries"], data["unknown_analyses"], data["hidden_answers"])

    def __str__(self) -> str:
        lines = [f"{self.notebook}: {self.reproduced} of {self.turns} messages reproduced."]
        departures = [str(cell.departure) for cell in self.cells if cell.departure is not None]
        if departures:
            lines += ["First departure:", departures[0]]
        if len(departures) > 1:
            lines += ["Other cells that depart:", *departures[1:]]
        if self.unknown_summaries:
            lines.append(f"Summaries that no output shows: {self.unknown_summaries}.")
        if self.unknown_analyses:
            lines.append(
                f"Questions whether there is something to remember, each taken for a no: {self.unknown_analyses}."
            )
        if self.hidden_answers:
            lines.append(f"Answers of hidden agents, each taken from the message that follows: {self.hidden_answers}.")
        return "\n".join(lines)


def _cell_from(data: dict[str, Any]) -> CellReport:
    departure = None if data["departure"] is None else Departure(**data["departure"])
    return CellReport(data["number"], data["recorded"], tuple(data["reproduced"]), departure)


def compare(cell: int, recorded: Sequence[Turn], replayed: Sequence[Turn]) -> CellReport:
    """Compare the messages of a cell.

    Paths, times and uuids may differ, and so may the ids of tool calls. Of a message that the output cuts off, what is
    there must agree.

    Args:
        cell: its number.
        recorded: its messages in the saved output.
        replayed: those of the run.
    """
    known = [_key(turn) for turn in recorded]
    now = [_cut_alike(_key(turn), known, at) for at, turn in enumerate(replayed)]
    reproduced = [False] * len(known)
    for block in difflib.SequenceMatcher(None, known, now, autojunk=False).get_matching_blocks():
        reproduced[block.a : block.a + block.size] = [True] * block.size
    return CellReport(cell, len(known), tuple(reproduced), _departure(cell, recorded, replayed, known, now))


_Key = tuple[str, str, str, tuple[tuple[str, str], ...], tuple[str, ...], bool]


def _key(turn: Turn) -> _Key:
    calls = tuple((call.name, _arguments(call.arguments)) for call in turn.calls)
    responses = tuple(_text(response.content) for response in turn.responses)
    return turn.sender, turn.recipient, _text(turn.content), calls, responses, turn.is_cut


def _cut_alike(key: _Key, known: Sequence[_Key], at: int) -> _Key:
    """Shorten a message to what the record has of it, if the record is cut off there."""
    if at < len(known) and known[at][5] and (key[:2], True) == (known[at][:2], key[2].startswith(known[at][2])):
        return known[at]
    return key


def _text(text: str) -> str:
    lines = (line.rstrip() for line in uuids(times(paths(text))).splitlines())
    return "\n".join(lines).strip()


def _arguments(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return _text(text)


def _departure(
    cell: int, recorded: Sequence[Turn], replayed: Sequence[Turn], known: Sequence[_Key], now: Sequence[_Key]
) -> Departure | None:
    """The first turn in which a cell departs from the record; None if there is none."""
    both = min(len(known), len(now))
    at = next((at for at in range(both) if known[at] != now[at]), both)
    if at == len(known) == len(now):
        return None
    before = _shown(recorded[at]) if at < len(known) else ""
    after = _shown(replayed[at]) if at < len(now) else ""
    if at == len(now):
        return Departure(cell, at + 1, "ended early", "The record goes on, but the run does not.", before)
    if at == len(known):
        return Departure(cell, at + 1, "more turns", "The run goes on where the record ends.", "", after)
    if known[at][:2] != now[at][:2]:
        kind, why = "other speaker", "Another agent speaks, or speaks to another."
    else:
        kind, why = "other text", "The same agent says something else."
    return Departure(cell, at + 1, kind, why, before, after)


def _shown(turn: Turn) -> str:
    calls = "".join(f" [calls {call.name}]" for call in turn.calls)
    answers = "".join(f" [answer: {response.content}]" for response in turn.responses)
    text = f"{turn.sender} (to {turn.recipient}): {turn.content}{calls}{answers}".replace("\n", "\\n")
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."
