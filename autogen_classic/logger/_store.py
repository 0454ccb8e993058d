"""Where rows go: a file on disk that may be locked, full or deleted while the program runs."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

__all__ = ("Database", "TextFile")

RowT = TypeVar("RowT")

MOST_WAITING = 10_000  # rows
PATIENCE_MS = 1_000  # how long a write waits for the lock of another process
IMPATIENCE_MS = 20  # the same, after a write has failed
_TOO_LONG = 1 << 63  # for an integer of SQLite


class _Store(ABC, Generic[RowT]):
    """Writes each row at once. What cannot be written waits in memory, and goes along with the next row.

    Args:
        path: the file.
        logger: tells of the first failure in a row of them, and of rows that are lost.
    """

    def __init__(self, path: str, logger: logging.Logger) -> None:
        self.path = path
        self._logger = logger
        self._lock = threading.RLock()
        self._waiting: deque[RowT] = deque()
        self._is_closed = False
        self._is_failing = False
        self._lost = 0
        self._process = os.getpid()
        self._identity: tuple[int, int] | None = None

    @abstractmethod
    def open(self) -> None:
        """Open the file, and create it if it is not there.

        Raises:
            OSError: it cannot be opened.
        """

    @abstractmethod
    def _write(self) -> None:
        """Write what waits, and forget what has been written."""

    @abstractmethod
    def _release(self) -> None:
        """Close the file."""

    def add(self, row: RowT) -> None:
        """Write a row; it never raises for the sake of the file.

        Args:
            row: the row.
        """
        with self._lock:
            if self._is_closed:
                self._logger.error("Logging to %s has been stopped; this is not logged.", self.path)
                return
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self._lost += 1
            self._waiting.append(row)
            self._try_to_write()

    def close(self) -> None:
        """Write what waits, if that is possible now, and close the file."""
        with self._lock:
            if self._waiting:
                self._is_failing = False  # one more time with patience
                self._try_to_write()
            if self._waiting or self._lost:
                lost = len(self._waiting) + self._lost
                self._logger.error("%s rows could not be written to %s and are lost.", lost, self.path)
            self._waiting.clear()
            self._release()
            self._is_closed = True

    def _try_to_write(self) -> None:
        try:
            if self._process != os.getpid() or self._identity != self._identity_on_disk():
                self._reopen()
            self._write()
            self._is_failing = False
        except (OSError, sqlite3.Error) as error:
            if not self._is_failing:
                self._logger.error(
                    "Nothing can be written to %s now (%s: %s). The chats go on; up to %s rows wait in memory.",
                    self.path,
                    type(error).__name__,
                    error,
                    MOST_WAITING,
                )
            self._is_failing = True

    def _reopen(self) -> None:
        """Open the file anew: somebody has deleted it or put another one in its place, or this process is a fork."""
        if self._process == os.getpid():  # what a fork inherits belongs to the process around it
            self._release()
        self._process = os.getpid()
        self.open()

    def _identity_on_disk(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


class Database(_Store[tuple[str, Sequence[Any]]]):
    """A SQLite database. A row is a statement and its parameters.

    Args:
        path: the file, or ``:memory:``.
        schema: the statements that create the tables where they are missing.
        logger: see `_Store`.

    Attributes:
        connection: the connection, which any thread may use; None before it is opened.
    """

    def __init__(self, path: str, schema: Sequence[str], logger: logging.Logger) -> None:
        super().__init__(path, logger)
        self._schema = schema
        self.connection: sqlite3.Connection | None = None

    def add(self, row: tuple[str, Sequence[Any]]) -> None:
        """Write a row, with parameters that the database takes: one that it refuses would hold up all that follow.

        Args:
            row: a statement and its parameters.
        """
        statement, parameters = row
        super().add((statement, [_bindable(value) for value in parameters]))

    def open(self) -> None:
        """Connect. The journal lets others read meanwhile, and keeps the database whole if this process is killed.

        Raises:
            OSError: the database cannot be opened, or a table cannot be created.
        """
        connection = None
        try:
            connection = sqlite3.connect(self.path, timeout=PATIENCE_MS / 1000, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                for statement in self._schema:
                    connection.execute(statement)
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            raise OSError(
                f"The database {self.path!r} cannot be opened ({error}). Name a file in a directory that exists, which "
                "is a SQLite database or is not there yet."
            ) from error
        self.connection = connection
        self._identity = self._identity_on_disk()

    def _write(self) -> None:
        assert self.connection is not None
        if self._is_failing:  # no chat waits twice for the same lock
            self._wait_for_locks(IMPATIENCE_MS)
        with self.connection:
            for statement, parameters in self._waiting:
                self.connection.execute(statement, parameters)
        self._waiting.clear()
        if self._is_failing:
            self._wait_for_locks(PATIENCE_MS)

    def _wait_for_locks(self, milliseconds: int) -> None:
        assert self.connection is not None
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def _release(self) -> None:
        if self.connection is not None:
            self.connection.close()


def _bindable(value: object) -> object:
    """A value as SQLite takes it: half surrogates become question marks, and long numbers texts."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not -_TOO_LONG <= value < _TOO_LONG:
        return str(value)
    return value if value is None or isinstance(value, (int, float, bytes)) else str(value)


class TextFile(_Store[bytes]):
    """A text file, to which each row is appended in one piece, so that several processes can write to it."""

    _descriptor: int | None = None

    def open(self) -> None:
        """Open the file for appending."""
        at_once = getattr(os, "O_NONBLOCK", 0)  # without it, a pipe that nobody reads would be waited for
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | at_once, 0o666)
        if at_once:
            os.set_blocking(self._descriptor, True)
        self._identity = self._identity_on_disk()

    def _write(self) -> None:
        assert self._descriptor is not None
        while self._waiting:
            row = self._waiting[0]
            written = os.write(self._descriptor, row)
            if written < len(row):  # the disk is nearly full; the rest of the row comes first when there is room
                self._waiting[0] = row[written:]
            else:
                self._waiting.popleft()

    def _release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
