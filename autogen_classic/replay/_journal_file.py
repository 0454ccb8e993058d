"""A journal on disk: every line is safe before the next step is taken.

A line is written with one call and one ``fsync``. In an event loop the ``fsync`` happens in a thread, where one serves
all chats that wait: each goes on when its own lines are on the disk, and none keeps the others waiting. The file is
locked, so that only one process goes on with it. Beside it lies ``NAME.reserve``: when the disk is full, its room is
given to the lines that no longer fit, so that what was paid for is kept before the run ends.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import stat
import sys
import threading
import weakref
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from ..errors import JournalError
from ._journal_lines import head_of, is_journal, line_of, read_lines
from ._turns import Turn, expand

__all__ = ("JournalFile",)

logger = logging.getLogger("autogen.replay")

_RESERVED = 1 << 20
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_IN_USE = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class JournalFile:
    """An open journal.

    Args:
        path: the file, which is made if it does not exist.
        program: what it is the journal of.

    Attributes:
        path: the file.
        turns: the lines that it had when it was opened, with whole requests.
        cut: how many bytes of a line that was not finished were taken off its end.

    Raises:
        JournalError: it cannot be opened or written, another process uses it, it is damaged, or it is the journal of
            another program or release.
    """

    def __init__(self, path: Path, program: str) -> None:
        self.path = path
        self._reserve = path.with_name(f"{path.name}.reserve")
        self._fault: OSError | None = None
        self._refusal = ""  # what is said of the fault
        self._lock = threading.Lock()  # of whoever writes
        self._syncing = threading.Lock()  # of whoever waits for the disk; it is taken before the other one
        self._waiting: deque[tuple[int, Turn]] = deque()  # lines that may not be on the disk yet, with their ends
        self._worker: ThreadPoolExecutor | None = None
        self._queued: Future[None] | None = None  # what the worker has not begun yet
        self._is_open = True
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        except (OSError, ValueError) as error:  # ValueError: a null character in its name
            raise JournalError(f"The journal {path} cannot be written ({error}).{_advice(path)}") from None
        try:
            _lock(self._handle, path)
            self._open(program)
        except BaseException:
            os.close(self._handle)
            raise
        _open_files.add(self)

    def _open(self, program: str) -> None:
        """Read the turns of the journal, or begin a new one; cut off a line that was not written to its end."""
        if not stat.S_ISREG(os.fstat(self._handle).st_mode):
            raise JournalError(f"The journal {self.path} must be a file on a disk. Name one, such as run.jsonl.")
        with open(self._handle, "rb", closefd=False) as file:
            file.seek(0)  # locking has moved it, on Windows
            data = file.read()
        head = head_of(program)
        if head.startswith(data):  # new, or killed while its first line was being written
            self.turns: list[Turn] = []
            self.cut = self._size = self._safe = 0
            self._check_room()
            os.ftruncate(self._handle, 0)
            self._write_and_sync(head)
            _sync_folder(self.path.parent)
            return
        if not is_journal(data):
            raise JournalError(
                f"{self.path} is not a journal, and is left as it is. Name another file, or take that one away."
            )
        journal = read_lines(data, str(self.path))
        if journal.get("program") != program:
            raise JournalError(
                f"{self.path} is the journal of {journal.get('program')}, but this is {program}. Give each program a "
                f"journal of its own. If it is the same program under another name, open it with "
                f"journal(..., program={journal.get('program')!r})."
            )
        self.turns = journal["turns"]
        expand(self.turns, str(self.path))
        self._size = self._safe = journal["size"]
        self.cut = len(data) - self._size
        self._check_room()
        os.ftruncate(self._handle, self._size)
        if not data[: self._size].endswith(b"\n"):
            self._write_and_sync(b"\n")

    def _check_room(self) -> None:
        try:
            self._reserve.write_bytes(bytes(_RESERVED))
        except OSError as error:
            with suppress(OSError):
                self._reserve.unlink(missing_ok=True)
            if error.errno not in _FULL:
                raise JournalError(f"{self._reserve}, a part of the journal, cannot be written ({error}).") from None
            raise JournalError(
                f"There is no room for the journal {self.path} ({error}). It takes at least {_RESERVED >> 20} MB, some "
                "of it in reserve for the moment when the disk is full."
            ) from None

    def check(self) -> None:
        """Refuse to go on after the disk has refused a line.

        Raises:
            JournalError: nothing more can be kept, so that nothing more should be done.
        """
        if self._fault is not None:
            raise JournalError(f"The journal {self.path} cannot be written any more ({self._fault}). {_GO_ON}")

    def append(self, line: Turn) -> None:
        """Write a line; when this returns, it is on the disk, except in the thread of an event loop.

        There it is on its way, and whoever goes on awaits `a_settle` first.

        Args:
            line: plain values.

        Raises:
            JournalError: the disk is full, or refuses it for another reason. The text says whether the line is safe.
        """
        with self._lock:
            if not self._is_open:  # a thread, or a request that was given up, outlives the ``with`` block
                logger.warning("The journal %s is closed, and does not keep this: %s.", self.path, _described(line))
                return
            self.check()
            try:
                self._write(line_of(line))
            except OSError as error:
                self._waiting.append((self._size, line))
                raise self._refused(error) from None
            self._waiting.append((self._size, line))
            if _is_in_event_loop():
                self._settling()
                return
        self.settle()

    @property
    def is_settled(self) -> bool:
        """Whether every line is on the disk."""
        return not self._waiting

    def settle(self) -> None:
        """Wait until all lines that have been written so far are on the disk.

        Raises:
            JournalError: the disk has refused one of them. The text says what is safe.
        """
        self._settle(self._size)

    async def a_settle(self) -> None:
        """Do the same without blocking the event loop."""
        with self._lock:
            if not self._is_open:
                self._check_nothing_is_lost()
                return
            settling = self._settling()
        await asyncio.shield(asyncio.wrap_future(settling))  # if this is cancelled, others may wait for it still

    def _settling(self) -> Future[None]:
        """What settles all lines so far in a thread: one that has not begun yet will do for all."""
        if self._queued is None:
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, "autogen-classic-journal")
            self._queued = self._worker.submit(self._begin_to_settle)
        return self._queued

    def _begin_to_settle(self) -> None:
        with self._lock:
            self._queued = None
        try:
            self.settle()
        except JournalError as error:
            logger.error("%s", error)  # nobody may be waiting: an answer came late, or its chat was cancelled
            raise

    def _settle(self, size: int) -> None:
        """Wait until the file is on the disk up to this size. Whoever comes first does it for all that wait."""
        with self._syncing:
            self._check_nothing_is_lost()
            if self._safe >= size or not self._is_open:
                return
            size = self._size
            try:
                os.fsync(self._handle)
            except OSError as error:
                with self._lock:
                    raise self._refused(error) from None
            with self._lock:
                self._check_nothing_is_lost()
                if self._fault is None:  # otherwise a line was refused meanwhile, and the others were written anew
                    self._note_safe(size)

    def _check_nothing_is_lost(self) -> None:
        if self._fault is not None and self._waiting:
            raise JournalError(self._refusal)

    def _note_safe(self, size: int) -> None:
        self._safe = size
        while self._waiting and self._waiting[0][0] <= size:
            self._waiting.popleft()

    def _refused(self, error: OSError) -> JournalError:
        """Write the lines that the disk has refused into the room of the reserve, and say what is safe."""
        if self._fault is None:
            self._fault = error
            self._take_back()
            kept = self._write_into_reserve()
            self._refusal = f"The journal {self.path} cannot be written any more ({error}). {kept} {_GO_ON}"
        return JournalError(self._refusal)

    def _write_into_reserve(self) -> str:
        try:
            self._reserve.unlink()
            while self._waiting:
                self._write_and_sync(line_of(self._waiting[0][1]))
                self._waiting.popleft()
        except OSError:
            self._take_back()
            lost = ", ".join(_described(line) for _, line in self._waiting)
            return f"What was finished last is lost: {lost}. Everything before it is safe."
        return "Everything that was finished is safe in it."

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        self._size += len(data)

    def _write_and_sync(self, data: bytes) -> None:
        self._write(data)
        os.fsync(self._handle)
        self._safe = self._size

    def _take_back(self) -> None:
        """Leave nothing of which it is not known whether it is on the disk, and no half lines."""
        self._size = self._safe
        with suppress(OSError):
            os.ftruncate(self._handle, self._size)

    def close(self) -> None:
        """Close the file, and free its lock.

        Raises:
            JournalError: the disk has refused the last lines of a chat that nobody awaited any more.
        """
        _open_files.discard(self)
        try:
            with self._syncing, self._lock:  # so that no line comes between the last look at the disk and the end
                self._close()
        finally:
            if self._worker is not None:
                self._worker.shutdown()

    def _close(self) -> None:
        try:
            if self._fault is None and self._waiting:
                os.fsync(self._handle)
                self._note_safe(self._size)
        except OSError as error:
            raise self._refused(error) from None
        finally:
            self._is_open = False
            _unlock(self._handle)
            os.close(self._handle)
            self._reserve.unlink(missing_ok=True)

    def let_go(self) -> None:
        """Close the file in a forked process, which must not hold the lock of its parent, and has not its worker."""
        self._is_open = False
        self._waiting.clear()
        os.close(self._handle)

    def __enter__(self) -> JournalFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self in _open_files:  # not in a forked process
            self.close()


_GO_ON = "Make room, and run the program again with the same journal."

_open_files: weakref.WeakSet[JournalFile] = weakref.WeakSet()


def _let_go_of_all() -> None:
    for file in list(_open_files):
        file.let_go()
    _open_files.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_of_all)


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _advice(path: Path) -> str:
    if os.path.isdir(path):
        return " It is a folder: name a file, such as run.jsonl."
    if not os.path.isdir(path.parent):
        return f" There is no folder {path.parent}: make it first."
    return " A journal is written while the program runs: name a file that may be written."


def _described(line: Turn) -> str:
    asked: dict[str, Any] = line.get("turn", line)
    name = f" {asked['name']}" if "name" in asked else ""
    return f"{line['kind']}{name} of {asked.get('agent') or 'nobody'}"


def _sync_folder(folder: Path) -> None:
    """Make sure that a new file is found again after the power was lost; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


if sys.platform == "win32":
    import msvcrt

    _FAR_BEHIND_ITS_END = 0x7FFFFFFF  # so that others may read all of it

    def _try_to_lock(handle: int) -> None:
        os.lseek(handle, _FAR_BEHIND_ITS_END, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _unlock(handle: int) -> None:
        os.lseek(handle, _FAR_BEHIND_ITS_END, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_to_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)  # also for a process that was forked a moment ago, and has it still open


def _lock(handle: int, path: Path) -> None:
    """Lock a file for as long as it is open; a process that is killed frees it."""
    try:
        _try_to_lock(handle)
    except OSError as error:
        if error.errno in _IN_USE:
            raise JournalError(
                f"The journal {path} is in use: another process, or another part of this one, runs with it. Wait for "
                "it to end, or give each run a journal of its own."
            ) from None
        raise JournalError(f"The journal {path} cannot be locked ({error}). Put it on a disk that has locks.") from None
