"""Say which cell has ended the process, where it ends before anything else could say so."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

__all__ = ("SuddenEnd",)


class SuddenEnd:
    """What tells of the sudden end of a process that runs a notebook, and of the cell that brought it about.

    ``os._exit`` is told of by the process itself. A signal or a crash leaves it no time to: a second process, which is
    no child of it, sees that the pipe between them has closed.

    Args:
        path: the notebook.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = os.getpid()
        self._pipe = self._start_watcher() if hasattr(os, "fork") else None
        if self._pipe is not None:
            os.register_at_fork(after_in_child=self._close)  # else a child of a cell would keep the pipe open

    @contextmanager
    def told(self, cell: int) -> Iterator[None]:
        """Tell of an end within the ``with`` block; children of the process end as ever.

        Args:
            cell: the number of the cell that runs in it.
        """
        end = os._exit

        def tell_and_end(status: int) -> NoReturn:
            if os.getpid() == self._process:
                self._note("\n")
                sys.stdout.flush()
                self._tell(f"cell {cell} ended its process with {status}")
            end(status)

        os._exit = tell_and_end
        self._note(f"{cell}\n")
        try:
            yield
        finally:
            self._note("\n")
            os._exit = end

    def _note(self, line: str) -> None:
        """Let the watcher know which cell runs; an empty line stands for none."""
        if self._pipe is not None:
            with suppress(OSError):  # a cell may have closed all files, or ended all processes
                os.write(self._pipe, line.encode())

    def _close(self) -> None:
        if self._pipe is not None:
            with suppress(OSError):
                os.close(self._pipe)
            self._pipe = None

    def __enter__(self) -> SuddenEnd:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _start_watcher(self) -> int:
        """Start the second process; return the end of the pipe to which the cells are noted."""
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(reading)
            os.waitpid(child, 0)
            return writing
        try:
            os.close(writing)
            if os.fork() == 0:  # its parent ends at once, so that no cell that waits for its children waits for it
                self._watch(reading)
        finally:
            os._exit(0)

    def _watch(self, pipe: int) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # they are meant for the other one
            signal.signal(number, signal.SIG_IGN)
        with open(pipe, encoding="utf-8") as file:
            cell = ""
            for line in file:
                cell = line.strip()
        if cell:
            self._tell(f"a signal or a crash ended its process within cell {cell}")

    def _tell(self, what: str) -> None:
        print(f"autogen-classic replay: {self._path} cannot be run: {what}.", file=sys.stderr, flush=True)
