"""The caches of the package diskcache, made to hold JSON, and to open files that somebody else may have written.

`kept` holds open, between requests, the caches used by requests without their own cache, because opening a file
costs more than looking for an entry.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import sqlite3
import tempfile
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import diskcache
from diskcache.core import DBNAME, MODE_RAW, UNKNOWN

from .._json.text import as_json
from .._warn import warn_once
from ..errors import CacheUnusableError
from ._entry import read_entry

__all__ = ("FILE", "Cache", "Entry", "JSONDisk", "kept")

logger = logging.getLogger("autogen.cache.disk_cache")

FILE = DBNAME

P = ParamSpec("P")
T = TypeVar("T")

# Seconds to wait for another process that is writing. Writing an entry takes a few milliseconds.
PATIENCE = 5.0
# Once a wait has been in vain, the next requests do not wait as long, until the file is free again.
_SHORT_PATIENCE = 0.05
# SQLite asks for the lock less and less often while it waits, and so fares badly among many writers; it is made to
# begin again after this time.
_ONE_WAIT = 0.05
_MOST_KEPT = 8
# The rows that `JSONDisk` writes and reads.
_READABLE = f"raw = 1 AND mode = {MODE_RAW} AND filename IS NULL"

# What may be set for a directory, in the package's own table of settings; the package decides on everything else.
_SETTINGS = ("eviction_policy", "size_limit")


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


_Columns = tuple[int, int, None, str]


class JSONDisk(diskcache.Disk):
    """Turn values into rows of JSON text, and read no other rows.

    The package's own ``Disk`` pickles what it does not know and unpickles what it finds, so that whoever can write
    into the directory of a cache can run any program in everyone who reads it (CVE-2025-69872). This one never calls
    pickle. A row is read only if its value is a text in the row itself; where the value or the key is a pickle, or
    the value is in a file, none of it is opened. Nor are files removed: the name in a row that somebody else wrote
    may lead anywhere.
    """

    _directory: str

    def put(self, key: object) -> tuple[str, bool]:  # type: ignore[override]
        """Return the column ``key``, always a text, and the mark that it is not pickled."""
        return str(key), True

    def get(self, key: object, raw: bool) -> object:  # type: ignore[override]
        """Return the key of a row.

        Raises:
            ValueError: it is a pickle.
        """
        if not raw:
            raise ValueError(f"A key in {self._directory} is a pickle, which is not read.")
        return key

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> _Columns:  # type: ignore[override]
        """Return the columns ``size`` (of files), ``mode``, ``filename`` and ``value``.

        Raises:
            NotJSONError: JSON cannot hold the value.
            TypeError: the value is to be read from a file.
        """
        if read:
            raise TypeError("Values are kept as JSON, not as files: give the value itself.")
        return 0, MODE_RAW, None, as_json(value)

    def fetch(self, mode: object, filename: object, value: str, read: bool) -> Any:  # type: ignore[override]
        """Return the value of a row.

        Raises:
            FileNotFoundError: it is not JSON. The package treats that as an entry that is gone.
        """
        if mode != MODE_RAW or filename is not None:
            warn_of_old_entries(self._directory)
            raise FileNotFoundError
        found = read_entry(value, self._directory, UNKNOWN, logger)
        if found is UNKNOWN:
            raise FileNotFoundError
        return found

    def remove(self, file_path: object) -> None:
        """Leave a file where it is."""


def warn_of_old_entries(directory: str) -> None:
    """Say once that a directory holds entries that are not read."""
    warn_once(
        logger,
        f"The cache in {directory} holds pickled entries, as AutoGen 0.2 wrote them. They are not read, and they stay "
        "as they are; models are asked again. To have the old answers, run: "
        f"autogen-classic cache import {directory}",
    )


def _alone(work: Callable[Concatenate[Cache, P], T]) -> Callable[Concatenate[Cache, P], T]:
    """Give a method the open file to itself: among threads at once, among processes after some waiting."""

    @functools.wraps(work)
    def method(cache: Cache, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with _lock:
            deadline = time.monotonic() + cache._patience()
            while True:
                try:
                    cache._close_what_is_gone()
                    done = work(cache, *args, **kwargs)
                except (sqlite3.Error, diskcache.Timeout, OSError) as error:
                    problem = cache._problem(_said_by_sqlite(error))
                    if not problem.locked or time.monotonic() >= deadline:
                        raise problem from error
                else:
                    cache._waited_in_vain = False
                    return done

    return method


class Cache(diskcache.Cache):
    """The package's cache, with `JSONDisk`, and with one connection for all threads.

    The file is opened at the first use, again after `close`, and again if it was deleted or replaced meanwhile. A new
    file is created by the package; an existing one is opened here, so that no setting in it except the two below is
    obeyed. `get`, `set`, `delete`, ``len``, `entries`, `add_missing` and `delete_answers` may be used by many threads
    at once.

    Args:
        directory: where the file is; it is created if it does not exist.
        timeout: how many seconds to wait for other processes that are writing.
        size_limit: how many bytes the file may have before old entries are evicted; None leaves what was set for the
            directory before, or 1 GiB. Entries of AutoGen 0.2 are never evicted, and nothing is while they fill it.
        eviction_policy: what goes first, one of ``diskcache.EVICTION_POLICY``; None leaves what was set before, or
            ``least-recently-stored``.

    Raises:
        ValueError: the limit is not a positive number, or the policy is not known.
    """

    # The constructor of the package opens the file at once, obeys every setting in it, and writes some fifty rows.
    def __init__(
        self,
        directory: object,
        timeout: float | None = None,
        size_limit: int | None = None,
        eviction_policy: str | None = None,
    ) -> None:
        self._directory = os.path.abspath(os.path.expandvars(os.path.expanduser(str(directory))))
        self._timeout = PATIENCE if timeout is None else timeout
        self._txn_id: int | None = None
        self._disk = JSONDisk(self._directory)
        wanted = {"size_limit": size_limit, "eviction_policy": eviction_policy}
        self._wanted = {name: _allowed(name, value) for name, value in wanted.items() if value is not None}
        vars(self).update(diskcache.DEFAULT_SETTINGS, **self._wanted)
        self._file = os.path.join(self._directory, FILE)
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._waited_in_vain = False
        _all_caches.add(self)
        with suppress(OSError):  # the first use says what is wrong
            os.makedirs(self._directory, exist_ok=True)

    @_alone
    def get(self, key: object, default: Any = None, *options: Any, **named_options: Any) -> Any:
        """Return the value of a key, or the default if it has no value in JSON.

        Raises:
            CacheUnusableError: the file cannot be read.
        """
        if self._connection is None:
            self._warn_of_old_entries()
        return super().get(key, default, *options, **named_options)

    @_alone
    def set(self, key: object, value: object, *options: Any, **named_options: Any) -> Any:
        """Keep a value under a key.

        Raises:
            NotJSONError: JSON cannot hold the value.
            CacheUnusableError: the file cannot be written.
        """
        return super().set(key, value, *options, **named_options)

    @_alone
    def delete(self, key: object, retry: bool = False) -> bool:
        """Forget the value of a key, if there is one, and tell whether there was."""
        return bool(super().delete(key, retry))

    @_alone
    def __len__(self) -> int:
        return int(self._sql("SELECT count(*) FROM Cache").fetchone()[0])

    @_alone
    def entries(self) -> list[Entry]:
        """Return every entry that may be read, oldest first."""
        rows = self._sql(f"SELECT key, value, store_time FROM Cache WHERE {_READABLE} ORDER BY store_time, key")
        return [Entry(*row) for row in rows]

    @_alone
    def add_missing(self, entries: list[Entry]) -> int:
        """Keep entries whose keys are not there yet, all of them or none.

        Returns:
            How many were new.

        Raises:
            CacheUnusableError: the file cannot be written.
        """
        with self.transact():
            return sum(
                self._sql(
                    "INSERT OR IGNORE INTO Cache (key, raw, store_time, access_time, mode, value) "
                    "VALUES (?, 1, ?, ?, ?, ?)",
                    (entry.key, entry.stored, entry.stored, MODE_RAW, entry.value),
                ).rowcount
                for entry in entries
            )

    @_alone
    def count_old_entries(self) -> int:
        """Return how many entries are there that are not read because AutoGen 0.2 left them."""
        return self._old_entries()

    @_alone
    def delete_answers(self) -> None:
        """Delete every entry except those that AutoGen 0.2 left."""
        self._sql(f"DELETE FROM Cache WHERE {_READABLE}")

    def volume(self) -> int:
        """Return the size of the file in bytes."""
        return os.path.getsize(self._file)

    def close(self) -> None:
        """Close the file."""
        with _lock:
            self._disconnect()

    def __del__(self) -> None:
        if getattr(self, "_connection", None) is not None:
            self._disconnect()

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, and twins in other processes, open the file for themselves."""
        return Cache, (self._directory, self._timeout)

    def _old_entries(self) -> int:
        return int(self._sql(f"SELECT count(*) FROM Cache WHERE ({_READABLE}) IS NOT TRUE").fetchone()[0])

    def _warn_of_old_entries(self) -> None:
        """Warn if AutoGen 0.2 wrote the newest entry: then this library has not yet used the directory."""
        newest = self._sql(f"SELECT ({_READABLE}) IS TRUE FROM Cache ORDER BY rowid DESC LIMIT 1").fetchone()
        if newest == (0,):
            warn_of_old_entries(self._directory)

    # --- what the package asks of itself -----------------------------------------------------------------------------

    @property
    def _con(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
            self._opened = _identity(self._file)
        return self._connection

    @property
    def _sql(self) -> Callable[..., sqlite3.Cursor]:
        return self._con.execute

    @property
    def _sql_retry(self) -> Callable[..., sqlite3.Cursor]:
        return self._sql  # `_alone` does the waiting

    def _cull(self, now: float, sql: Callable[..., sqlite3.Cursor], cleanup: object, limit: int | None = None) -> None:
        """Evict entries when the file is too large, but not those of AutoGen 0.2, which can still be imported."""
        if self.volume() < self.size_limit or not self._old_entries():
            super()._cull(now, sql, cleanup, limit)  # type: ignore[misc]

    # --- the connection ----------------------------------------------------------------------------------------------

    def _patience(self) -> float:
        return min(_SHORT_PATIENCE, self._timeout) if self._waited_in_vain else self._timeout

    def _close_what_is_gone(self) -> None:
        """Close a file that a program has deleted or replaced meanwhile."""
        if self._opened != _identity(self._file):
            self._disconnect()

    def _connect(self) -> sqlite3.Connection:
        os.makedirs(self._directory, exist_ok=True)
        if not os.path.lexists(self._file):
            self._make_file()
        connection = sqlite3.connect(self._file, timeout=_ONE_WAIT, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = NORMAL")  # as in the package
            self._settle(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_file(self) -> None:
        """Let the package make the file elsewhere first, so that nobody finds it half made."""
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self._directory) as place:
            # One file without companions, which may be deleted at any time and read where nothing can be written.
            made = diskcache.Cache(place, sqlite_journal_mode="delete", sqlite_synchronous=0)
            made.reset("sqlite_synchronous", diskcache.DEFAULT_SETTINGS["sqlite_synchronous"])
            made.close()
            _put_in_place(os.path.join(place, FILE), self._file)

    def _settle(self, connection: sqlite3.Connection) -> None:
        """Take the settings from the file, except those that were given here, which are set for everyone."""
        rows = connection.execute("SELECT key, value FROM Settings WHERE key IN (?, ?)", _SETTINGS).fetchall()
        found = {name: value for name, value in rows if _is_allowed(name, value)}
        for name, value in {**found, **self._wanted}.items():
            setattr(self, name, value)
            if found.get(name) != value:
                connection.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (name, value))
        if "eviction_policy" in self._wanted and (index := _policies()[self.eviction_policy]["init"]):
            connection.execute(index)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _problem(self, reason: str) -> CacheUnusableError:
        """Report what is wrong, and be ready for the next use."""
        advice = ""
        locked = "locked" in reason
        damaged = "not a database" in reason or "malformed" in reason or "no such" in reason
        if locked:
            self._waited_in_vain = True
            advice = " Another process holds the file."
        else:
            self._disconnect()
        if damaged:
            advice = f" The file {FILE} in it is damaged. Delete it; a new one is made."
        text = f"The cache in {self._directory} cannot be used ({reason}).{advice}"
        return CacheUnusableError(text, damaged=damaged, locked=locked)


def _policies() -> Mapping[str, Mapping[str, str | None]]:
    return diskcache.EVICTION_POLICY  # type: ignore[return-value]


def _is_allowed(name: str, value: object) -> bool:
    """Tell whether a setting can be obeyed; in a file that somebody else wrote it may be anything."""
    if name == "eviction_policy":
        return isinstance(value, str) and value in _policies()
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _allowed(name: str, value: int | str) -> int | str:
    if _is_allowed(name, value):
        return value
    form = "a number of bytes above 0" if name == "size_limit" else f"one of {', '.join(_policies())}"
    raise ValueError(f"{name} must be {form}, not {value!r}.")


def _said_by_sqlite(error: BaseException) -> str:
    """The package raises a `Timeout` without text, or fails to roll back, after what SQLite said was wrong."""
    while isinstance(error.__context__, sqlite3.Error):
        error = error.__context__
    return str(error)


def _put_in_place(made: str, file: str) -> None:
    """Move a file to where it belongs, unless another process has put one there."""
    try:
        os.link(made, file)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        os.rename(made, file)


def _identity(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


# One lock for all: whoever forks holds it, so that no process is born in the middle of another thread's statement.
_lock = threading.RLock()
_all_caches: weakref.WeakSet[Cache] = weakref.WeakSet()
_kept: OrderedDict[str, Cache] = OrderedDict()
_kept_lock = threading.Lock()


def kept(directory: str) -> AbstractContextManager[Cache]:
    """Lend the cache in a directory, which stays open for the next request.

    Args:
        directory: a path; a relative one starts from the current directory.

    Returns:
        A context manager that gives the cache.
    """
    if os.name == "nt":  # there an open file cannot be deleted, and programs delete .cache in mid-run
        return closing(Cache(directory))
    place = directory if os.path.isabs(directory) else os.path.join(os.getcwd(), directory)
    with _kept_lock:
        found = _kept.get(place)
        if found is None:
            found = _kept[place] = Cache(place)
        _kept.move_to_end(place)
        surplus = _kept.popitem(last=False)[1] if len(_kept) > _MOST_KEPT else None
    if surplus is not None:
        surplus.close()
    return nullcontext(found)


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
