"""Rows of a database of `runtime_logging`, to which others may be writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from ..errors import UnreadableLogError

__all__ = ("rows_in",)

_TIMES = {"chat_completions": "end_time", "events": "timestamp", "function_calls": "timestamp", "agents": "timestamp"}
"""The tables, and in which column of theirs it stands when a row was written."""


def rows_in(path: Path, last_read: dict[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """Read the rows that have been added, by the time at which they were written.

    New rows are known by their numbers. Their times would not do: of several programs that write to a database, one may
    add a row that it has made before the others added theirs.

    Args:
        path: the database.
        last_read: the number of the last row that was read of each table. It is kept up to date.

    Returns:
        Pairs of the name of a table and the values of a row.

    Raises:
        UnreadableLogError: it does not have such tables.
        TimeoutError: a program keeps it locked.
    """
    try:
        # For writing, although nothing is written: what a program that was killed has left half done is taken back.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as database:
            database.row_factory = sqlite3.Row
            found = _rows_of(database, last_read)
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise TimeoutError(
                f"The database {path} is locked by a program that writes to it ({error}). Try again in a moment."
            ) from error
        raise UnreadableLogError(f"{path} is a database, but not one of runtime_logging ({error}).") from error
    found.sort(key=lambda pair: str(pair[1][_TIMES[pair[0]]]))
    return found


def _rows_of(database: sqlite3.Connection, last_read: dict[str, int]) -> list[tuple[str, dict[str, Any]]]:
    database.execute("BEGIN")  # one look at all tables, into which no other program writes
    made = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    ours = [table for table in _TIMES if table in made]  # a program that has just started may not have made all
    found: list[tuple[str, dict[str, Any]]] = []
    read = dict(last_read)
    for table in ours or (_TIMES if made else ()):
        statement = f"SELECT rowid AS row_number, * FROM {table} WHERE rowid > ? ORDER BY rowid"
        for row in map(dict, database.execute(statement, (last_read.get(table, 0),))):
            read[table] = row.pop("row_number")
            found.append((table, row))
    last_read.update(read)  # only now that all have been read, for otherwise the caller gets none of them
    return found
