"""What ``autogen-classic view`` shows: what `log` reads, and histories and notebooks as well."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..compat.notebook import read_cells
from ..replay.notebooks import Turn, read_transcript
from ..replay.notebooks.outputs import shown_text
from ._log_sources import Entry, entries_of, message_text

__all__ = ("Run", "run_of")


@dataclass(frozen=True)
class Run:
    """A run to look at.

    Attributes:
        name: the name of its file.
        entries: what happened, in order.
    """

    name: str
    entries: list[Entry]


def run_of(path: Path) -> Run:
    """Read a run.

    Args:
        path: a recording, a journal, a log, a history of messages as JSON, or a notebook.

    Raises:
        UnreadableLogError: the file is none of these.
        NotebookError: a notebook cannot be read.
        OSError: it cannot be read at all.
    """
    if path.suffix == ".ipynb":
        return Run(path.name, _of_notebook(path))
    history = _history_in(path)
    return Run(path.name, entries_of(path) if history is None else _of_history(history))


def _of_notebook(path: Path) -> list[Entry]:
    entries = []
    for cell in read_cells(path):
        for turn in read_transcript(shown_text(cell)):
            if isinstance(turn, Turn):
                calls = [f"[calls {call.name}({call.arguments})]" for call in turn.calls]
                answers = [response.content for response in turn.responses]
                text = "\n".join(filter(None, [turn.content, *calls, *answers]))
                entries.append(Entry("message", turn.sender, text, to=turn.recipient))
    return entries


def _history_in(path: Path) -> list[dict[str, object]] | None:
    """The messages of a file that holds a history, such as ``json.dumps(result.chat_history)``; None for another."""
    if path.suffix != ".json":
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    history = data.get("chat_history") if isinstance(data, dict) else data
    is_history = isinstance(history, list) and all(isinstance(one, dict) and "role" in one for one in history)
    return history if is_history else None


def _of_history(history: list[dict[str, object]]) -> list[Entry]:
    return [Entry("message", str(one.get("name") or one["role"]), message_text(one)) for one in history]
