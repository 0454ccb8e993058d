"""The lines of a journal: its head, and then one line for each thing that has happened.

The lines are the turns of a recording, and four more kinds: ``run`` (the program has started), ``started`` (a tool,
code or a request to an agent elsewhere has started; its turn follows when it is over), ``failed`` (such a request, or
one to a service, has failed, and may be sent again) and ``message`` (an agent has finished one). See
``cassette.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from ..errors import JournalError
from ._turns import KINDS_OF_JOURNALS, Turn, fault_of
from ._values import one_line

__all__ = ("SCHEMA", "cut_among", "head_of", "is_journal", "line_of", "read_lines")

SCHEMA = "autogen-classic/journal/1"
_BEGINNING = b'{"schema":"autogen-classic/journal/'


def head_of(program: str) -> bytes:
    """Return the first line of a journal.

    Args:
        program: what it is the journal of.
    """
    return line_of({"schema": SCHEMA, "program": program, "recorded": {"code": True, "tools": True}})


def line_of(value: Turn) -> bytes:
    """Return something as a line.

    Args:
        value: plain values.
    """
    return f"{one_line(value)}\n".encode()


def is_journal(data: bytes) -> bool:
    """Tell whether a file is a journal.

    Args:
        data: all of it, or its beginning.
    """
    return data.startswith(_BEGINNING)


def read_lines(data: bytes, place: str) -> dict[str, Any]:
    """Read a journal.

    What follows the last line end is a line that was being written when the program or the machine stopped. It is left
    out, unless it is whole.

    Args:
        data: the file.
        place: its name, for errors.

    Returns:
        What its head says, ``turns`` (all other lines, with requests as they are written), and ``size``, the number of
        bytes that are good.

    Raises:
        JournalError: a line in its midst is damaged, or it is of another release.
    """
    lines = data.split(b"\n")
    last = lines.pop()
    turns = [_parsed(line, number, place) for number, line in enumerate(lines, start=1)]
    size = len(data) - len(last)
    if last and _is_whole(last):
        turns.append(json.loads(last))
        size = len(data)
    if not turns:
        raise JournalError(f"The journal {place} has no whole first line: its program was stopped at once. Delete it.")
    head, *turns = turns
    if head.get("schema") != SCHEMA:
        raise JournalError(
            f"The journal {place} has the schema {head.get('schema')!r}, but this release reads {SCHEMA!r}. Go on with "
            "the release that wrote it, or begin a new journal."
        )
    for number, turn in enumerate(turns, start=2):
        fault = fault_of(turn, KINDS_OF_JOURNALS)
        if fault:
            raise JournalError(f"The journal {place} is damaged: line {number} {fault}")
    return {**head, "turns": turns, "size": size}


def cut_among(turns: list[Turn]) -> list[Turn]:
    """Find the tools and the code that have started, and are not over.

    Args:
        turns: what `read_lines` returned.

    Returns:
        Their lines of the kind ``started``.
    """
    over = {turn["number"] for turn in turns if turn["kind"] != "started"}
    return [turn for turn in turns if turn["kind"] == "started" and turn["number"] not in over]


def _parsed(line: bytes, number: int, place: str) -> Turn:
    try:
        turn = json.loads(line)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise JournalError(
            f"The journal {place} is damaged: line {number} is not JSON ({error}). Only its last line may be cut. To "
            "go on without what comes after the damage, delete that line and all that follow."
        ) from None
    if not isinstance(turn, dict):
        raise JournalError(f"The journal {place} is damaged: line {number} is not an object.")
    return turn


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
