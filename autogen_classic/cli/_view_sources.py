"""What ``autogen-classic view`` shows: what `log` reads, and histories, notebooks and printed chats as well."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from .._pictures.entries import Entry, entries_of_history, message_text
from .._pictures.page import Run
from ..compat.notebook import Cell, read_cells
from ..errors import UnreadableLogError
from ..replay.notebooks import Turn, read_transcript
from ..replay.notebooks.outputs import shown_text
from ._log_sources import entries_of

__all__ = ("run_of",)

_READABLE = (
    "a run.\nIt must be a recording, a journal, a database or a file of runtime_logging, events as lines of JSON, a "
    "history of messages as JSON, a notebook, or a text with what a chat has printed."
)
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def run_of(path: Path) -> Run:
    """Read a run.

    Args:
        path: a recording, a journal, a log, a history of messages as JSON, a notebook, or a text with what a chat
            has printed.

    Raises:
        UnreadableLogError: the file is none of these, or nothing is told in it.
        NotebookError: a notebook cannot be read.
        OSError: it cannot be read at all.
    """
    if path.suffix.lower() == ".ipynb":
        return Run(path.name, _of_notebook(path))
    data = _json_in(path)
    histories = list(_histories_in(data))
    if not histories:
        return Run(path.name, _of_log(path))
    entries = [entry for history in histories for entry in entries_of_history(history)]
    return Run(path.name, entries, [f"Summary: {message_text(summary)}" for summary in _summaries_in(data)])


def _of_log(path: Path) -> list[Entry]:
    try:
        entries = entries_of(path, _READABLE)
    except UnreadableLogError:
        printed = list(_messages_in(_text_in(path)))
        if not printed:
            raise
        return printed
    if not entries:
        raise UnreadableLogError(f"Nothing is told in {path}: it has a beginning, and nothing happened after it.")
    return entries


def _text_in(path: Path) -> str:
    """The text in a file; empty for one with something else."""
    content = path.read_bytes()
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # as the > of PowerShell writes it
    text = content.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
    return "" if "\0" in text else text


def _messages_in(printed: str) -> Iterator[Entry]:
    """The messages of a printed conversation."""
    for item in read_transcript(printed):
        if isinstance(item, Turn):
            message = _message_of(item)
            responses = [response.content for response in item.responses]
            text = "\n".join(filter(None, [message_text(message), *responses]))
            yield Entry("message", item.sender, text, to=item.recipient, message=message)


# --- notebooks -------------------------------------------------------------------------------------------------------


def _of_notebook(path: Path) -> list[Entry]:
    cells = read_cells(path)
    if not any(cell.outputs for cell in cells):
        raise UnreadableLogError(
            f"{path} has no saved outputs, so there is no conversation to show. Run it, save it, and view it again; or "
            "record the run and view the recording."
        )
    entries = [entry for cell in cells for entry in _of_cell(cell)]
    if not any(entry.kind == "message" for entry in entries):
        raise UnreadableLogError(
            f"The outputs of {path} hold no conversation: no line such as `user (to assistant):` was found in them."
        )
    return entries


def _of_cell(cell: Cell) -> Iterator[Entry]:
    yield from _messages_in(shown_text(cell))
    for output in cell.outputs:
        data = output.get("data")
        pictures = {kind: data[kind] for kind in _PICTURES if kind in data} if isinstance(data, Mapping) else {}
        for kind, base64 in pictures.items():
            picture = {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{_joined(base64)}"}}
            yield Entry("output", None, f"a picture of cell {cell.number}", message={"content": [picture]})
        if output.get("output_type") == "error":
            text = f"cell {cell.number}: {output.get('ename')}: {output.get('evalue')}"
            yield Entry("error", None, text, failed=True)


def _message_of(turn: Turn) -> dict[str, object]:
    calls = [{"id": call.id, "function": {"name": call.name, "arguments": call.arguments}} for call in turn.calls]
    responses = [{"tool_call_id": response.id, "content": response.content} for response in turn.responses]
    return {"content": turn.content, "tool_calls": calls, "tool_responses": responses}


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


# --- histories -------------------------------------------------------------------------------------------------------


def _json_in(path: Path) -> object:
    """The JSON in a file; None for a file with something else."""
    if path.suffix.lower() != ".json":
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _histories_in(data: object) -> Iterator[list[dict[str, object]]]:
    """The histories that JSON holds: ``result.chat_history``, a whole result, a list of them, or a dict by agent."""
    if _is_history(data):
        yield data  # type: ignore[misc]
    elif isinstance(data, dict):
        of_result = [data[key] for key in ("chat_history", "messages") if _is_history(data.get(key))]
        is_by_agent = bool(data) and all(map(_is_history, data.values()))
        yield from of_result[:1] or (data.values() if is_by_agent else ())
    elif isinstance(data, list):
        for part in data:
            yield from _histories_in(part) if isinstance(part, dict) else ()


def _is_history(data: object) -> bool:
    return (
        isinstance(data, list)
        and bool(data)
        and all(isinstance(message, dict) and "role" in message for message in data)
    )


def _summaries_in(data: object) -> list[object]:
    results = data if isinstance(data, list) else [data]
    return [result["summary"] for result in results if isinstance(result, dict) and result.get("summary")]
