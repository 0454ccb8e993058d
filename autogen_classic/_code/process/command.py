"""Run one command with a time limit, and leave no process behind when the limit is reached."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any, NamedTuple

from ..kept_output import KeptOutput
from ..outcome import end_by_signal
from .environment import environment_for_code

__all__ = ("COMMAND_NOT_FOUND", "RUN_MARK", "Command", "ProcessResult", "kill_marked", "kill_tree", "run_command")

COMMAND_NOT_FOUND = 127
_SECONDS_TO_DIE = 2.0
_ROUNDS_OF_KILLING = 100
_ON_WINDOWS = sys.platform == "win32"

RUN_MARK = "AUTOGEN_CLASSIC_RUN"
"""A variable that marks the processes that code has started: children inherit it wherever they hide: in a group,
a session, or below another parent."""


class ProcessResult(NamedTuple):
    """What a command left behind.

    Attributes:
        exit_code: its exit status; negative when a signal ended it, 127 when the program does not exist.
        stdout: its standard output as text, with ``\\n`` as the only line end.
        stderr: its standard error, in the same form.
        timed_out: whether it was killed because its time ran out.
        stopped: whether it was killed by `Command.stop`.
    """

    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool
    stopped: bool = False

    @property
    def end_by_signal(self) -> str:
        """A line that says which signal ended the command; "" when none did, or when it was killed on purpose."""
        return "" if self.exit_code >= 0 or self.timed_out or self.stopped else end_by_signal(-self.exit_code)


def run_command(
    command: Sequence[str],
    *,
    cwd: str | Path,
    timeout: float | None,
    env: Mapping[str, str] | None = None,
    max_output: int | None = None,
) -> ProcessResult:
    """Run a program without a shell and collect its output.

    Args:
        command: the program and its arguments.
        cwd: the directory to run in.
        timeout: how long it may take, in seconds; None for no limit.
        env: its environment; by default `environment_for_code`.
        max_output: how many bytes of each of its two outputs are kept, half from the beginning and half from the
            end; None keeps all.

    Returns:
        Its result, even for a program that does not exist, since a model can react to that.
    """
    return Command(command, cwd=cwd, env=env, max_output=max_output).run(timeout)


class Command:
    """A program that can be run once, and stopped meanwhile from another thread.

    It gets no standard input. When its time runs out, when it is stopped, or when the call itself is interrupted, it
    is killed together with every process that it has started; on Linux, including those that moved to their own
    session, unless they cleared their environment.

    Args:
        command: the program and its arguments.
        cwd: the directory to run in.
        env: its environment; by default `environment_for_code`.
        max_output: how many bytes of each of its two outputs are kept; None keeps all.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: str | Path,
        env: Mapping[str, str] | None = None,
        max_output: int | None = None,
    ) -> None:
        self._command = list(command)
        self._cwd = cwd
        self._mark = os.urandom(16).hex()
        self._env = {**(env if env is not None else environment_for_code()), RUN_MARK: self._mark}
        self._max_output = max_output
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopped = False
        self._ended = False

    def run(self, timeout: float | None) -> ProcessResult:
        """Run the program to its end.

        Args:
            timeout: how long it may take, in seconds; None for no limit.

        Returns:
            Its result, even for a program that does not exist.
        """
        try:
            with self._lock, _ctrl_c_waits():
                begun = self._begin()
            return begun if isinstance(begun, ProcessResult) else self._finish(begun, timeout)
        except BaseException:
            # A new session does not receive Ctrl-C, so it is passed on here.
            if self._process is not None:
                kill_tree(self._process, self._mark)
            raise
        finally:
            with self._lock:
                self._ended = True
            if self._process is not None:
                for pipe in filter(None, (self._process.stdout, self._process.stderr)):
                    pipe.close()

    def _begin(self) -> subprocess.Popen[bytes] | ProcessResult:
        """Start the program, or tell why it has not begun."""
        if self._stopped:
            return ProcessResult(-signal.SIGTERM, "", "", timed_out=False, stopped=True)
        grouping: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if _ON_WINDOWS
            else {"start_new_session": True}
        )
        try:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                **grouping,
            )
        except FileNotFoundError:
            if not os.path.isdir(self._cwd):
                raise
            message = f"{self._command[0]}: command not found. Install it, or write the code in another language.\n"
            return ProcessResult(COMMAND_NOT_FOUND, "", message, timed_out=False)
        return self._process

    def _finish(self, process: subprocess.Popen[bytes], timeout: float | None) -> ProcessResult:
        """Wait for the end of the program, or bring it about, and tell what the program left."""
        assert process.stdout is not None
        assert process.stderr is not None
        outputs = _Output(process.stdout, self._max_output), _Output(process.stderr, self._max_output)
        timed_out = not self._wait(process, outputs, timeout)
        stdout, stderr = (output.text() for output in outputs)
        return ProcessResult(process.returncode, stdout, stderr, timed_out and not self._stopped, self._stopped)

    def stop(self) -> None:
        """Kill the program and all that it has started, from any thread; one that has not begun will not begin."""
        with self._lock:
            self._stopped = True
            # It may have ended while what it has started is still running, and is being waited for.
            if self._process is not None and not self._ended:
                kill_tree(self._process, self._mark)

    def _wait(self, process: subprocess.Popen[bytes], outputs: tuple[_Output, _Output], timeout: float | None) -> bool:
        """Wait until its outputs are closed and the program has ended; tell whether that happened in time.

        Outputs first: they close when the program ends, and waiting for a process with a limit is done by polling.
        """
        end = None if timeout is None else time.monotonic() + timeout

        def left() -> float | None:
            return None if end is None else max(end - time.monotonic(), 0)

        try:
            for output in outputs:
                if not output.closed(left()):
                    raise subprocess.TimeoutExpired(self._command, timeout or 0)
            process.wait(left())
        except subprocess.TimeoutExpired:
            kill_tree(process, self._mark)
            for output in outputs:
                output.closed(_SECONDS_TO_DIE)
            return False
        return True


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: where it comes during the start of a process, nobody would know the process."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield
        return
    held_back: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: held_back.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if held_back:
            handler(*held_back[0])


def kill_tree(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill a process and its descendants; wait until it is gone.

    Args:
        process: a process that was started as the leader of its own group.
        mark: the value that it was given under `RUN_MARK` in its environment.
    """
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        # The group outlives its leader, so this also reaches the children of a leader that has already ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        kill_marked(mark)
    process.kill()
    process.wait()


def kill_marked(mark: str) -> None:
    """Kill the processes that carry a mark, stopping all of them first, so that none can start another meanwhile.

    Args:
        mark: the value under `RUN_MARK` in their environment, or its beginning. The calling process is spared.
    """
    for _ in range(_ROUNDS_OF_KILLING):
        marked = _marked_processes(mark)
        if not marked:
            return
        for kind in (signal.SIGSTOP, signal.SIGKILL):
            for pid in marked:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, kind)


def _marked_processes(mark: str) -> list[int]:
    needle = f"{RUN_MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has since ended, or belongs to another user
            if needle in (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found.append(int(folder.name))
    return found


class _Output:
    """One output of a program, read while it runs."""

    def __init__(self, pipe: IO[bytes], limit: int | None) -> None:
        self._pipe = pipe
        self._kept = KeptOutput(limit)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def closed(self, timeout: float | None) -> bool:
        """Wait for the end of the output; tell whether it has come."""
        self._reader.join(timeout)
        return not self._reader.is_alive()

    def text(self) -> str:
        """What has been read so far."""
        return self._kept.data().decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # the pipe was closed on this side
            while data := os.read(self._pipe.fileno(), 65536):
                self._kept.add(data)
