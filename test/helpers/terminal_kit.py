"""A program in a real terminal: a pty, what is typed into it, and the screen that a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence

import pyte

__all__ = ("TerminalProgram",)

_PATIENCE = 60  # seconds; a test fails at once where the program ends


class TerminalProgram:
    """Runs a program in a terminal of its own, until the ``with`` block ends.

    Args:
        command: the program and its arguments.
        environment: its whole environment.
        columns: how wide the terminal is.
        rows: how high it is.

    Attributes:
        raw: every byte that it has written.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], columns: int = 80, rows: int = 40):
        self._command = command
        self._environment = dict(environment)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._size = (rows, columns)
        self.raw = b""

    def __enter__(self) -> TerminalProgram:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            self._command, stdin=theirs, stdout=theirs, stderr=theirs, env=self._environment, preexec_fn=take_terminal
        )
        os.close(theirs)
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)

    @property
    def text(self) -> str:
        """What the screen shows, without spaces at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def type(self, text: str) -> None:
        """Press keys: ``\\r`` is Enter, ``\\x1b`` Escape, ``\\x04`` Ctrl-D."""
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C while the program does not read keys itself."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait_for(self, text: str) -> None:
        """Wait until the screen shows a text; lines that the terminal has wrapped count as one."""
        self._wait_until(lambda: text in "".join(self._screen.display) or text in self.text, repr(text))

    def wait_for_prompt(self, prompt: str = ">") -> None:
        """Wait until the cursor stands behind a prompt, and nothing else is on its line."""
        self._wait_until(lambda: self._screen.display[self._screen.cursor.y].rstrip() == prompt, "a prompt")

    def _wait_until(self, is_there: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not is_there():
            assert self._read(deadline), f"{what} did not appear:\n{self.text}"

    def wait_for_end(self) -> int:
        """Wait until the program ends, and return its exit code."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(_PATIENCE)

    def _read(self, deadline: float) -> bool:
        """Read what has come. False if the program has ended, or nothing came in time."""
        poll = select.poll()  # select() refuses files with numbers above 1023, which a process of tests may have
        poll.register(self._ours, select.POLLIN)
        ready = poll.poll(max(deadline - time.monotonic(), 0) * 1000)
        try:
            data = os.read(self._ours, 65536) if ready else b""
        except OSError:  # how a pty says that nobody has it open any more
            data = b""
        self.raw += data
        self._stream.feed(data)
        if b"\x1b[6n" in data:  # where is the cursor?
            self.type(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
        return bool(data)
