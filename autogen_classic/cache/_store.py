"""Values as JSON texts in one SQLite file of a directory, which many threads and processes may use at the same time.

Nothing is ever pickled or unpickled. `kept` holds the files that requests without a cache of their own use open between
requests, because opening one costs more than looking for an entry.
"""

from __future__ import annotations

import atexit
import json
import os
import sqlite3
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from .._json.text import as_json
from ..errors import CacheUnusableError

__all__ = ("FILE", "Cache", "Entry", "kept")

FILE = "answers.db"

# Seconds to wait for another process that is writing. Writing an entry takes a few milliseconds.
PATIENCE = 5.0
# Once waiting was in vain, the next requests do not wait as long, until the file is free again.
_SHORT_PATIENCE = 0.05
_MOST_KEPT = 8

_TABLE = "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, stored REAL NOT NULL)"


class Entry(NamedTuple):
    """One row of the file.

    Args:
        key: under which the value is kept.
        value: a JSON text.
        stored: when it was written, in seconds since 1970.
    """

    key: str
    value: str
    stored: float


class Cache:
    """The values that are kept in one directory.

    The file is opened at the first use, again after `close`, and anew when it was deleted or replaced meanwhile.

    Args:
        directory: where the file is; it is made when it does not exist.
        patience: how many seconds to wait for other processes that are writing.
    """

    def __init__(self, directory: Any, patience: float | None = None) -> None:
        self.directory = os.path.abspath(os.path.expandvars(os.path.expanduser(str(directory))))
        self.patience = PATIENCE if patience is None else patience
        self._file = os.path.join(self.directory, FILE)
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._waited_in_vain = False
        _all_caches.add(self)
        with suppress(OSError):  # the first use says what is wrong
            os.makedirs(self.directory, exist_ok=True)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of a key, or the default when there is none.

        Raises:
            CacheUnusableError: the file cannot be read.
            ValueError: the entry is damaged.
        """
        rows = self._run("SELECT value FROM entries WHERE key = ?", str(key))
        if not rows:
            return default
        try:
            return json.loads(rows[0][0])
        except (ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"The entry {key} in {self.directory} is not JSON: {error}") from error

    def set(self, key: Any, value: Any) -> None:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
            CacheUnusableError: the file cannot be written.
        """
        self._run("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", str(key), as_json(value), time.time())

    def add_missing(self, entries: list[Entry]) -> int:
        """Keep entries whose keys are not there yet, all of them or none.

        Returns:
            How many were new.

        Raises:
            CacheUnusableError: the file cannot be written.
        """
        before = len(self)
        with _lock:
            try:
                connection = self._connect()
                with _transaction(connection):
                    connection.executemany("INSERT OR IGNORE INTO entries VALUES (?, ?, ?)", entries)
            except (sqlite3.Error, OSError) as error:
                raise self._unusable(error) from error
        return len(self) - before

    def delete(self, key: Any) -> None:
        """Forget the value of a key, if there is one."""
        self._run("DELETE FROM entries WHERE key = ?", str(key))

    def entries(self) -> list[Entry]:
        """Return every row, the oldest first."""
        return [Entry(*row) for row in self._run("SELECT key, value, stored FROM entries ORDER BY stored, key")]

    def __len__(self) -> int:
        return int(self._run("SELECT count(*) FROM entries")[0][0])

    def close(self) -> None:
        """Close the file."""
        with _lock:
            self._disconnect()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_connection", None) is not None:
            self._disconnect()

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, and twins in other processes, open the file for themselves."""
        return Cache, (self.directory, self.patience)

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with _lock:
            try:
                connection = self._connect()
                rows = connection.execute(statement, values).fetchall()
            except (sqlite3.Error, OSError) as error:
                raise self._unusable(error) from error
            if self._waited_in_vain:
                self._wait_for(self.patience)
                self._waited_in_vain = False
            return rows

    def _connect(self) -> sqlite3.Connection:
        """The open file; opened anew when a program has deleted or replaced it."""
        if self._connection is not None and self._opened == _identity(self._file):
            return self._connection
        self._disconnect()
        os.makedirs(self.directory, exist_ok=True)
        patience = _SHORT_PATIENCE if self._waited_in_vain else self.patience
        self._connection = sqlite3.connect(self._file, timeout=patience, isolation_level=None, check_same_thread=False)
        self._connection.execute(_TABLE)
        self._opened = _identity(self._file)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _wait_for(self, seconds: float) -> None:
        if self._connection is not None:
            self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def _unusable(self, error: Exception) -> CacheUnusableError:
        reason = str(error)
        advice = ""
        if "locked" in reason:
            self._waited_in_vain = True
            self._wait_for(_SHORT_PATIENCE)
            advice = " Another process holds the file."
        else:
            self._disconnect()
        if "not a database" in reason or "malformed" in reason:
            advice = f" The file {FILE} in it is damaged. Delete it; a new one is made."
        return CacheUnusableError(f"The cache in {self.directory} cannot be used ({reason}).{advice}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _identity(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


# One lock for all: whoever forks holds it, so that no process is born amid a statement of another thread.
_lock = threading.Lock()
_all_caches: weakref.WeakSet[Cache] = weakref.WeakSet()
_kept: OrderedDict[str, Cache] = OrderedDict()
_kept_lock = threading.Lock()


@contextmanager
def kept(directory: str) -> Iterator[Cache]:
    """Lend the cache in a directory, which stays open for the next who asks.

    Args:
        directory: a path; a relative one is meant from where the program is now.

    Yields:
        The cache.
    """
    if os.name == "nt":  # there an open file cannot be deleted, and programs delete .cache in mid-run
        with Cache(directory) as cache:
            yield cache
        return
    place = os.path.abspath(directory)
    with _kept_lock:
        found = _kept.get(place)
        if found is None:
            found = _kept[place] = Cache(place)
        _kept.move_to_end(place)
        surplus = _kept.popitem(last=False)[1] if len(_kept) > _MOST_KEPT else None
    if surplus is not None:
        surplus.close()
    yield found


@atexit.register
def _close_kept() -> None:
    for cache in _kept.values():
        cache.close()


def _before_fork() -> None:
    _kept_lock.acquire()
    _lock.acquire()


def _after_fork_in_parent() -> None:
    _lock.release()
    _kept_lock.release()


def _after_fork_in_child() -> None:
    for cache in list(_all_caches):
        cache._disconnect()  # a connection must not be used in two processes
    _after_fork_in_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
