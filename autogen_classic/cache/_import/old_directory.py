"""Read the rows that AutoGen 0.2 left in a directory, through the diskcache package, without unpickling anything."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from diskcache.core import MODE_PICKLE, MODE_RAW

from ...errors import OldCacheError
from .._store import FILE
from .helper import RefusedError

__all__ = ("OldEntry", "old_entries")

_LARGEST = 64 * 2**20  # bytes of one pickle
_SECONDS = 60.0  # for one statement
_NAME_OF_VALUE_FILE = re.compile(r"[0-9a-f]{2}[/\\][0-9a-f]{2}[/\\][0-9a-f]{28}\.val")


class OldEntry(NamedTuple):
    """One row.

    Args:
        key: the text under which 0.2 kept the answer; in any other form, the row was not written by 0.2.
        stored: when, in seconds since 1970.
        mode: diskcache's number for the form of the value.
        value: the value, unless it is in a file.
        filename: the name of that file.
        directory: where the cache is.
    """

    key: object
    stored: object
    mode: object
    value: object
    filename: object
    directory: Path

    def pickle(self) -> bytes:
        """Return the pickled answer.

        Raises:
            RefusedError: the row holds something else.
        """
        if self.mode != MODE_PICKLE:
            raise RefusedError("it is not a pickled completion")
        if isinstance(self.value, bytes) and len(self.value) <= _LARGEST:
            return self.value
        if self.value is None and isinstance(self.filename, str) and _NAME_OF_VALUE_FILE.fullmatch(self.filename):
            return _read(self.directory.joinpath(*re.split(r"[/\\]", self.filename)))
        raise RefusedError("its value is too large or not where it should be")


def old_entries(directory: Path) -> Iterator[OldEntry]:
    """Yield the rows that this library does not read, in the order in which they were written.

    The directory is not changed.

    Args:
        directory: the directory of one seed, such as ``.cache/41``.

    Raises:
        OldCacheError: the directory holds no cache of 0.2, or it cannot be read.
    """
    if not (directory / FILE).is_file():
        raise OldCacheError(f"{directory} holds no cache of AutoGen 0.2: there is no file {FILE} in it.")
    try:
        with tempfile.TemporaryDirectory() as place, closing(_open_copy(directory, Path(place))) as connection:
            rows = connection.execute(
                "SELECT key, store_time, mode, value, filename FROM Cache WHERE mode IS NOT ? ORDER BY rowid",
                (MODE_RAW,),
            )
            for key, stored, mode, value, filename in rows:
                yield OldEntry(key, stored, mode, value, filename, directory)
    except (sqlite3.Error, OSError) as error:
        raise OldCacheError(f"The cache of AutoGen 0.2 in {directory} cannot be read: {error}.") from error


def _open_copy(directory: Path, place: Path) -> sqlite3.Connection:
    """Open a copy, because SQLite writes into the directory of a file even to read it."""
    for name in (FILE, f"{FILE}-wal", f"{FILE}-journal"):
        if (directory / name).is_file():
            shutil.copyfile(directory / name, place / name)
    connection = sqlite3.connect(place / FILE)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    deadline = time.monotonic() + _SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        if connection.execute("SELECT type FROM sqlite_master WHERE name = 'Cache'").fetchall() != [("table",)]:
            raise sqlite3.DatabaseError("it has no table of entries")
    except BaseException:
        connection.close()
        raise
    return connection


def _read(file: Path) -> bytes:
    try:
        if file.is_symlink() or os.path.getsize(file) > _LARGEST:
            raise RefusedError("its value is too large or not where it should be")
        return file.read_bytes()
    except OSError as error:
        raise RefusedError(f"its file cannot be read ({type(error).__name__})") from None
