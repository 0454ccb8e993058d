"""What ``autogen-classic log`` reads: a database or file of `runtime_logging`, events, a recording, a journal."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._pictures.entries import Entry, message_text
from ..errors import UnreadableLogError
from ._log_answers import answer_written, message_in, said_in, total_in, whole
from ._log_database import rows_in

__all__ = ("GrowingLog", "entries_of")

_DATABASE = b"SQLite format 3\0"
_TELLING_BYTES = 512  # of a beginning: they hold a time or an id
_READABLE = (
    "a log.\nIt must be a database or a file of runtime_logging, events as lines of JSON, a recording or a journal; "
    "`autogen-classic view` also reads a history of messages as JSON, a notebook, and a text with what a "
    "chat has printed."
)


def entries_of(path: Path, readable: str = _READABLE) -> list[Entry]:
    """Read everything that happened.

    Args:
        path: the file.
        readable: what it should have been and what can be read, for the error about a file that cannot.

    Returns:
        The entries in the order in which they were written, and then those that are under way.

    Raises:
        UnreadableLogError: the file is none of those that can be read.
        OSError: it cannot be read at all.
    """
    beginning = _beginning_of(path)
    if not beginning:
        raise UnreadableLogError(f"{path} is empty: nothing was written into it.")
    if beginning.startswith(_DATABASE):
        return list(_of_database(path, {}))
    if beginning.startswith(b"Started new session"):
        return list(_of_lines(path, _LoggedLines().entry))
    if beginning.lstrip().startswith(b'{"type"'):
        return list(_of_lines(path, _of_event))
    if not beginning.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
        raise UnreadableLogError(f"{path} cannot be read as {readable}")
    return list(_of_recording(path, readable))


class GrowingLog:
    """A log to which others may be writing.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: os.stat_result | None = None  # what it was at the last look
        self._has_been_there = False
        self._last_read: dict[str, int] = {}  # the rows of a database
        self._read = 0  # the entries of any other file
        self._beginning = b""  # its first bytes

    def news(self) -> list[Entry]:
        """Read what has happened since the last time, except for what is still under way.

        A file that was deleted, is empty or is locked has no news. One that took its place is read from its beginning.

        Returns:
            The entries, in the order in which they were written.

        Raises:
            UnreadableLogError: the file is none of those that can be read.
            OSError: it cannot be read at all, or has never been there.
        """
        try:
            facts = self._path.stat()
        except FileNotFoundError:
            if not self._has_been_there:
                raise
            self._file = None
            return []
        _refuse_pipe(self._path)
        if self._file is None or not os.path.samestat(self._file, facts) or facts.st_size < self._file.st_size:
            self._last_read, self._read = {}, 0
        self._file, self._has_been_there = facts, True
        try:
            return self._unread() if facts.st_size else []
        except (FileNotFoundError, TimeoutError):
            return []

    def _unread(self) -> list[Entry]:
        beginning = _beginning_of(self._path)
        if beginning.startswith(_DATABASE):
            return list(_of_database(self._path, self._last_read))
        if not beginning.startswith(self._beginning):  # it was emptied, and has grown to more than it was before
            self._read = 0
        self._beginning = beginning
        entries = [entry for entry in entries_of(self._path) if not entry.under_way]
        unread, self._read = entries[self._read :], len(entries)
        return unread


def _refuse_pipe(path: Path) -> None:
    """Opening it may wait for ever, and what was read of it is gone."""
    if path.is_fifo():
        raise UnreadableLogError(f"{path} is a pipe, and a log is read more than once: write it into a file first.")


def _beginning_of(path: Path) -> bytes:
    _refuse_pipe(path)
    with path.open("rb") as file:
        return file.read(_TELLING_BYTES)


# --- runtime_logging -------------------------------------------------------------------------------------------------


def _of_database(path: Path, last_read: dict[str, int]) -> Iterator[Entry]:
    read = {
        "chat_completions": _completion,
        "events": _logged_event,
        "function_calls": _function_call,
        "agents": _agent,
    }
    entries = (read[table](row) for table, row in rows_in(path, last_read))
    return (entry for entry in entries if entry is not None)


def _agent(row: dict[str, Any]) -> Entry:
    return Entry("agent", row["name"], row["class"], at=row["timestamp"])


def _completion(row: dict[str, Any]) -> Entry:
    request, response = json.loads(row["request"]), answer_written(row["response"])
    failure = response.get("response") if isinstance(response, dict) else None
    return Entry(
        "model",
        row["source_name"],
        failure if isinstance(failure, str) else said_in(response),
        message=None if isinstance(failure, str) else message_in(response),
        at=row["end_time"],
        model=request.get("model"),
        tokens=total_in(response.get("usage")) if isinstance(response, dict) else None,
        cost=row["cost"],
        seconds=_seconds_between(row["start_time"], row["end_time"]),
        from_cache=bool(row["is_cached"]),
        failed=isinstance(failure, str),
    )


def _logged_event(row: dict[str, Any]) -> Entry | None:
    name, state = row["event_name"], json.loads(row["json_state"])
    if name == "reply_func_executed":
        return None
    if name != "received_message":
        return Entry("event", row["source_name"], f"{name} {row['json_state']}", at=row["timestamp"])
    text = message_text(state["message"])
    return Entry(
        "message",
        state["sender"],
        text,
        at=row["timestamp"],
        to=row["source_name"],
        failed=not state["valid"],
        message=whole(state["message"]),
    )


def _function_call(row: dict[str, Any]) -> Entry:
    text = f"{row['function_name']}({row['args']}) returned {row['returns']}"
    return Entry("tool", row["source_name"], text, at=row["timestamp"])


def _of_lines(path: Path, read: Callable[[dict[str, Any]], Entry | None]) -> Iterator[Entry]:
    """The entries of a file with a JSON object on each line; a last line that is not yet whole is passed over."""
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            value = json.loads(line) if line.startswith("{") else None
        except ValueError:
            continue
        try:
            entry = None if value is None else read(value)
        except (KeyError, TypeError, AttributeError) as error:
            raise UnreadableLogError(f"A line of {path} lacks what it should say ({error!r}): {line[:80]}") from None
        if entry is not None:
            yield entry


class _LoggedLines:
    """The lines of a file, one after the other."""

    def __init__(self) -> None:
        self._last_agent: tuple[str, int] | None = None

    def entry(self, line: dict[str, Any]) -> Entry | None:
        """Read a line.

        Args:
            line: what is in it.

        Returns:
            The entry; None where there is nothing to tell.
        """
        if "invocation_id" in line:
            answer = line.get("json_response") or _as_in_the_database(line["response"])
            return _completion({**line, "request": json.dumps(line["request"]), "response": answer})
        if "event_name" in line:
            return _logged_event(line)
        if "input_args" in line:
            return _function_call({"function_name": "a function", **line, "args": line["input_args"]})
        return self._agent(line) if "agent_type" in line else None

    def _agent(self, line: dict[str, Any]) -> Entry | None:
        """An agent, once: each of the constructors of its classes writes a line."""
        before, self._last_agent = self._last_agent, (line["session_id"], line["id"])
        if self._last_agent == before:
            return None
        return Entry("agent", line["agent_name"], line["agent_type"], at=line["current_time"])


def _as_in_the_database(response: str) -> str:
    """An answer of which the file only has a text, as those of 0.2."""
    return json.dumps({"response": response}) if response.startswith("error_code:") else response


def _seconds_between(start: str, end: str) -> float | None:
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (TypeError, ValueError):  # what a program has logged itself may have any form
        return None


# --- events ----------------------------------------------------------------------------------------------------------


def _of_event(event: dict[str, Any]) -> Entry | None:
    read = _EVENTS.get(event.get("type", ""))
    if read is None:
        return None
    entry = read(event)
    entry.at = _utc(event["at"])
    return entry


def _utc(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")


def _answered(event: dict[str, Any]) -> Entry:
    return Entry(
        "model",
        event["agent"],
        said_in(event["response"]["fields"]),
        message=message_in(event["response"]["fields"]),
        model=event["request"].get("model"),
        tokens=total_in(event["usage"]),
        cost=event["cost"],
        seconds=event["seconds"],
        from_cache=event["from_cache"],
    )


def _ended(event: dict[str, Any]) -> Entry:
    text = f"the chat with {event['recipient']} ended: {event['reason']}"
    return Entry("end", event["sender"], text, seconds=event["seconds"])


_EVENTS: dict[str, Callable[[dict[str, Any]], Entry]] = {
    "message_received": lambda event: Entry(
        "message",
        event["sender"],
        message_text(event["message"]),
        to=event["recipient"],
        message=whole(event["message"]),
    ),
    "model_answered": _answered,
    "model_failed": lambda event: Entry(
        "model", event["agent"], event["reason"], model=event["model"], seconds=event["seconds"], failed=True
    ),
    "tool_returned": lambda event: Entry(
        "tool",
        event["agent"],
        f"{event['name']}({json.dumps(event['arguments'], ensure_ascii=False)}) returned {event['content']}",
        seconds=event["seconds"],
        failed=not event["succeeded"],
    ),
    "code_executed": lambda event: Entry(
        "code",
        event["agent"],
        f"exit code {event['exit_code']}: {event['output']}",
        seconds=event["seconds"],
        failed=event["exit_code"] != 0,
    ),
    "person_answered": lambda event: Entry("person", event["agent"], event["answer"]),
    "chat_failed": lambda event: Entry("error", event["sender"], event["text"], failed=True),
    "chat_ended": _ended,
    "warning_issued": lambda event: Entry("event", None, f"warning: {event['text']}"),
}


# --- recordings and journals -----------------------------------------------------------------------------------------


def _of_recording(path: Path, readable: str) -> Iterator[Entry]:
    from ..errors import CassetteError, JournalError
    from ..replay._file import read

    try:
        turns = read(path)["turns"]
    except (CassetteError, JournalError) as error:
        raise UnreadableLogError(f"{path} cannot be read as {readable} As a recording or a journal: {error}") from error
    return _of_turns(turns)


def _of_turns(turns: list[dict[str, Any]]) -> Iterator[Entry]:
    """The entries of turns. The start of a tool is not one of them, unless the program was stopped before its end."""
    running: dict[int, dict[str, Any]] = {}
    for turn in turns:
        if turn["kind"] == "started":
            running[turn["number"]] = turn
            continue
        if turn["kind"] == "run":
            for start in running.values():
                yield _begun(start, cut=True)
            running.clear()
        entry = _of_turn(turn)
        began = running.pop(turn["number"], {}).get("at")
        if entry is not None:
            entry.at = _utc(turn.get("at"))
            if began is not None and began <= turn["at"]:  # unless the clock was set back
                entry.seconds = round(turn["at"] - began, 3)
            yield entry
    for start in running.values():
        yield _begun(start, cut=False)


def _begun(start: dict[str, Any], cut: bool) -> Entry:
    """The entry of a tool or of code that has no result yet, or never had one, because the program was stopped."""
    turn = start["turn"]
    what = _call(turn) if turn["kind"] == "tool" else ", ".join(str(block["language"]) for block in turn["blocks"])
    text = f"{what} was running when the program was stopped" if cut else f"{what} has begun"
    return Entry(turn["kind"], turn["agent"], text, at=_utc(start.get("at")), failed=cut, under_way=not cut)


def _call(turn: dict[str, Any]) -> str:
    return f"{turn['name']}({json.dumps(turn['arguments'], ensure_ascii=False)})"


def _of_turn(turn: dict[str, Any]) -> Entry | None:
    """The entry for a recorded turn of a model, a person, a tool or code."""
    kind, agent, failed = turn["kind"], turn.get("agent"), "error" in turn
    error = turn["error"]["text"] if failed else ""
    if kind == "model":
        return Entry(
            "model",
            agent,
            error or said_in(turn["response"]["fields"]),
            message=None if failed else message_in(turn["response"]["fields"]),
            model=turn["request"].get("model"),
            tokens=total_in(turn.get("usage")),
            cost=turn.get("cost"),
            from_cache=turn["from_cache"],
            failed=failed,
        )
    if kind == "person":
        return Entry("person", agent, error or str(turn["answer"]), failed=failed)
    if kind == "tool":
        outcome = f"raised {error}" if failed else f"returned {turn['result']}"
        return Entry("tool", agent, f"{_call(turn)} {outcome}", failed=failed)
    if kind == "failed":
        return Entry("tool", agent, f"{turn['name']} failed, and is asked again: {error}", failed=True)
    if kind == "code":
        result = turn.get("result")
        text = f"exit code {result['exit_code']}: {result['output']}" if isinstance(result, dict) else str(result)
        return Entry("code", agent, error or text, failed=failed)
    if kind == "message":
        message = turn["message"]
        return Entry("message", agent, message_text(message), to=turn["to"], message=whole(message))
    return Entry("event", None, f"the program has started, as process {turn['process']}") if kind == "run" else None
