"""Run one command with a time limit, and leave no process behind when the limit is reached."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ("COMMAND_NOT_FOUND", "ProcessResult", "environment_for_code", "python_command", "run_command")

COMMAND_NOT_FOUND = 127
_SECONDS_TO_DIE = 2.0
_ON_WINDOWS = sys.platform == "win32"


@dataclass(frozen=True)
class ProcessResult:
    """What a command left behind.

    Attributes:
        exit_code: its exit status; negative when a signal ended it, 127 when the program does not exist.
        stdout: its standard output as text, with ``\\n`` as the only line end.
        stderr: its standard error, likewise.
        timed_out: whether it was killed because its time was over.
    """

    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool


def python_command() -> str:
    """Tell which Python runs executed code: the one that runs this program.

    Returns:
        A path, or a bare command name where the running interpreter does not know its own path.
    """
    return sys.executable or ("python" if _ON_WINDOWS else "python3")


def environment_for_code(first_on_path: str | Path | None = None) -> dict[str, str]:
    """Build the environment in which code runs.

    It is this program's own environment with three changes: the directory of the chosen Python stands first on
    PATH, so that ``pip install`` in a shell block reaches the interpreter that runs the Python blocks; Python reads
    and writes UTF-8 on every platform; and it does not hold output back, so that a timeout shows what was printed.

    Args:
        first_on_path: the directory to put first on PATH; by default that of `python_command`.

    Returns:
        A new dict.
    """
    directory = str(first_on_path) if first_on_path else os.path.dirname(python_command())
    environment = dict(os.environ)
    if directory:
        environment["PATH"] = os.pathsep.join(filter(None, [directory, environment.get("PATH", "")]))
    environment.setdefault("PYTHONUTF8", "1")
    environment.setdefault("PYTHONUNBUFFERED", "1")
    return environment


def run_command(
    command: Sequence[str],
    *,
    cwd: str | Path,
    timeout: float | None,
    env: Mapping[str, str] | None = None,
) -> ProcessResult:
    """Run a program without a shell and collect its output.

    The program gets no standard input. When its time is over, or when this call itself is interrupted, it is
    killed together with every process that it has started, except those that moved to a session of their own.

    Args:
        command: the program and its arguments.
        cwd: the directory to run in.
        timeout: how long it may take, in seconds; None for no limit.
        env: its environment; by default `environment_for_code`.

    Returns:
        Its result; also for a program that does not exist, which a model can react to.
    """
    grouping: dict[str, Any] = (
        {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        if _ON_WINDOWS
        else {"start_new_session": True}
    )
    try:
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(env) if env is not None else environment_for_code(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **grouping,
        )
    except FileNotFoundError:
        if not os.path.isdir(cwd):
            raise
        message = f"{command[0]}: command not found. Install it, or write the code in another language.\n"
        return ProcessResult(COMMAND_NOT_FOUND, "", message, timed_out=False)

    with process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            _kill_tree(process)
            stdout, stderr = _output_so_far(process)
            return ProcessResult(process.returncode, _text(stdout), _text(stderr), timed_out=True)
        except BaseException:
            # A new session does not hear Ctrl-C, so it is passed on here.
            _kill_tree(process)
            raise
    return ProcessResult(process.returncode, _text(stdout), _text(stderr), timed_out=False)


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its descendants; wait until it is gone."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        # The group outlives its leader, so this also reaches the children of a leader that has already ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _output_so_far(process: subprocess.Popen[bytes]) -> tuple[bytes | None, bytes | None]:
    """Read what a killed process has written, without waiting for a descendant that escaped and holds the pipe."""
    try:
        return process.communicate(timeout=_SECONDS_TO_DIE)
    except subprocess.TimeoutExpired as held_open:
        return held_open.output, held_open.stderr


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
