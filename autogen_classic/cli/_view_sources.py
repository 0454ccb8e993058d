"""What ``autogen-classic view`` shows: what `log` reads, and histories and notebooks as well."""

from __future__ import annotations

import json
from pathlib import Path

from .._pictures.entries import Entry, entries_of_history
from .._pictures.page import Run
from ..compat.notebook import read_cells
from ..replay.notebooks import Turn, read_transcript
from ..replay.notebooks.outputs import shown_text
from ._log_sources import entries_of

__all__ = ("run_of",)


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
    return Run(path.name, entries_of(path) if history is None else entries_of_history(history))


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
