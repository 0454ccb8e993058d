"""Compares runs with the record: who spoke, which tools ran, why the chats ended, what it cost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ...errors import AutogenClassicError, UnreadableLogError
from .._clean import clean
from .runs import RUN_SUFFIX

__all__ = ("Grade", "grade", "grades_of", "read_record", "runs_in", "table_of")

_LARGEST_FILE = 100_000_000  # bytes
_EVENTS = b'{"type"'


@dataclass
class Facts:
    """What can be compared.

    Attributes:
        turns: who spoke to whom, in order.
        tools: the tools that ran, in order.
        stops: why the chats ended, in order; None where the file does not say.
        cost: US dollars; None where it is not known.
    """

    turns: list[str]
    tools: list[str]
    stops: list[str] | None
    cost: float | None


@dataclass
class Grade:
    """How a run compares with the record.

    Attributes:
        student: whose run it is: the name of the folder or file.
        lesson: what was run.
        turns: how many turns of the record are in the run, in their order.
        all_turns: how many the record has.
        more_turns: how many turns of the run are not in the record.
        tools: how many calls of tools of the record are in the run.
        all_tools: how many the record has.
        stops: why the chats of the run ended; None where the file does not say.
        same_stops: whether that is as in the record; None where one of them does not say.
        cost: US dollars; None where it is not known.
        recorded_cost: the same of the record.
        agrees: whether everything that can be compared is as in the record.
        fault: why the run cannot be compared; None if it can.
    """

    student: str
    lesson: str
    turns: int = 0
    all_turns: int = 0
    more_turns: int = 0
    tools: int = 0
    all_tools: int = 0
    stops: list[str] | None = None
    same_stops: bool | None = None
    cost: float | None = None
    recorded_cost: float | None = None
    agrees: bool = False
    fault: str | None = None

    def as_data(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return asdict(self)


def read_record(record: Path) -> tuple[dict[str, Facts], list[str]]:
    """Read what runs are compared with.

    Args:
        record: a run, or a folder of them, one for each lesson.

    Returns:
        What can be compared, by the name of the file; and why the other files of the folder are left out.

    Raises:
        UnreadableLogError: the record cannot be read, or no file of its folder can.
        OSError: it is not there.
    """
    if not record.exists():
        raise FileNotFoundError(f"There is no file or folder {record}.")
    if not record.is_dir():
        return {record.name: facts_of(record)}, []
    lessons = runs_in(record)
    if not lessons:
        raise UnreadableLogError(f"{record} holds no runs (*{RUN_SUFFIX}).")
    facts: dict[str, Facts] = {}
    left_out: list[str] = []
    for lesson in lessons:
        try:
            facts[lesson.name] = facts_of(lesson)
        except (AutogenClassicError, OSError) as error:
            left_out.append(str(error).partition("\n")[0])
    if not facts:
        raise UnreadableLogError(f"No run in {record} can be read. {left_out[0]}")
    return facts, left_out


def runs_in(place: Path) -> list[Path]:
    """The runs that a place holds.

    Args:
        place: a run, or a folder of runs.
    """
    return sorted(place.glob(f"*{RUN_SUFFIX}")) if place.is_dir() else [place]


def grades_of(recorded: Mapping[str, Facts], runs: Sequence[Path]) -> Iterator[Grade]:
    """Compare runs with a record.

    Args:
        recorded: what the record says, by the name of the file.
        runs: a run, or a folder with runs of the same names, for each student.

    Yields:
        A grade for each student and lesson; one alone for what is neither a run nor a student's folder.
    """
    for run in runs:
        student = run.resolve().name
        fault = _fault_of(run, recorded)
        if fault is not None:
            yield Grade(student, "-", fault=fault)
            continue
        for name in [run.name] if run.is_file() and run.name in recorded else recorded:
            yield grade(recorded[name], run if run.is_file() else run / name, student, name.removesuffix(RUN_SUFFIX))


def _fault_of(run: Path, recorded: Mapping[str, Facts]) -> str | None:
    """Why this is not homework at all: what would otherwise look as if nothing had been handed in."""
    if not run.exists():
        return f"there is no folder {run}"
    if run.is_file():
        is_clear = len(recorded) == 1 or run.name in recorded
        return None if is_clear else f"which lesson is it? The record has {', '.join(recorded)}"
    holds_students = not runs_in(run) and any(run.glob(f"*/*{RUN_SUFFIX}"))
    return f"holds folders of students; did you mean {run}/*?" if holds_students else None


def grade(recorded: Facts, file: Path, student: str, lesson: str) -> Grade:
    """Compare a run with the record.

    Args:
        recorded: what the record says.
        file: the run.
        student: whose it is.
        lesson: what was run.
    """
    try:
        run = facts_of(file)
    except FileNotFoundError:
        return Grade(student, lesson, fault="not handed in")
    except (AutogenClassicError, OSError) as error:
        return Grade(student, lesson, fault=str(error).partition("\n")[0])
    same = sum(block.size for block in SequenceMatcher(None, recorded.turns, run.turns, False).get_matching_blocks())
    tools = sum((Counter(recorded.tools) & Counter(run.tools)).values())
    same_stops = None if None in (recorded.stops, run.stops) else recorded.stops == run.stops
    return Grade(
        student,
        lesson,
        turns=same,
        all_turns=len(recorded.turns),
        more_turns=len(run.turns) - same,
        tools=tools,
        all_tools=len(recorded.tools),
        stops=run.stops,
        same_stops=same_stops,
        cost=run.cost,
        recorded_cost=recorded.cost,
        agrees=run.turns == recorded.turns and run.tools == recorded.tools and same_stops is not False,
    )


def table_of(grades: Sequence[Grade]) -> str:
    """The grades as a table for people.

    Args:
        grades: the grades.
    """
    rows = [("student", "lesson", "turns", "tools", "stop reasons", "cost", "")]
    rows += [_row(one) for one in grades]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _row(one: Grade) -> tuple[str, str, str, str, str, str, str]:
    student = clean(one.student)
    if one.fault is not None:
        return student, one.lesson, "-", "-", "-", "-", clean(one.fault)
    turns = f"{one.turns} of {one.all_turns}" + (f", {one.more_turns} more" if one.more_turns else "")
    told = clean(", ".join(one.stops or ["none"]))
    stops = "not told" if one.same_stops is None else "as recorded" if one.same_stops else told
    cost = "not told" if one.cost is None else f"${one.cost:.4f}"
    verdict = "agrees" if one.agrees else "differs"
    return student, one.lesson, turns, f"{one.tools} of {one.all_tools}", stops, cost, verdict


# --- reading a run ---------------------------------------------------------------------------------------------------


def facts_of(file: Path) -> Facts:
    """Read a run.

    Args:
        file: what `autogen-classic classroom run` has written, or anything that `autogen-classic view` reads. A
            notebook, a history or a recording does not tell everything.

    Raises:
        UnreadableLogError: it is none of these.
        NotebookError: it is a notebook that cannot be read.
        OSError: it cannot be read at all.
    """
    if file.stat().st_size > _LARGEST_FILE:
        raise UnreadableLogError(f"{file} has more than {_LARGEST_FILE:,} bytes.")
    with file.open("rb") as stream:
        is_of_events = stream.read(len(_EVENTS)) == _EVENTS
    if is_of_events:
        return _facts_of_events(file)
    from .._view_sources import run_of

    entries = run_of(file).entries
    if not any(entry.kind == "message" for entry in entries):
        raise UnreadableLogError("does not tell who spoke: hand in what `autogen-classic classroom run` writes")
    costs = [entry.cost for entry in entries if entry.kind == "model" and not entry.from_cache]
    return Facts(
        turns=[_turn(entry.agent, entry.to) for entry in entries if entry.kind == "message"],
        tools=[entry.text.partition("(")[0] for entry in entries if entry.kind == "tool"],
        stops=None,
        cost=_sum(costs) if costs else None,
    )


def _facts_of_events(file: Path) -> Facts:
    """Read the turns, tools, stop reasons and cost from a file of events."""
    facts = Facts([], [], [], None)
    stops: list[str] = []
    costs: list[float | None] = []
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            event = json.loads(line)
            if event["type"] == "message_received":
                facts.turns.append(_turn(event["sender"], event["recipient"]))
            elif event["type"] == "tool_returned":
                facts.tools.append(str(event["name"]))
            elif event["type"] == "chat_ended":
                stops.append(str(event["reason"]))
            elif event["type"] == "model_answered" and not event["from_cache"]:
                costs.append(event["cost"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise UnreadableLogError(f"line {number} of {file} is damaged ({type(error).__name__})") from None
    facts.stops, facts.cost = stops, _sum(costs)
    return facts


def _turn(sender: object, recipient: object) -> str:
    return f"{sender} to {recipient}"


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if isinstance(cost, (int, float))]
    return sum(known) if len(known) == len(costs) else None
