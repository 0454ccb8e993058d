"""Label a thing with the process it belongs to, so that another process can later see whether that one still lives."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ("InThisProcess", "is_orphan", "is_running", "labels_of_this_process")

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PLACE_OF_START_TIME = 19  # in /proc/PID/stat, counted from the field behind the name


class InThisProcess:
    """A function without arguments that does nothing in a process that was forked from this one.

    Such a process inherits what is to be done at the end of a program, and would end what its parent still uses.

    Args:
        function: what is to be done.
    """

    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function
        self._pid = os.getpid()

    def __call__(self) -> None:
        """Call the function, if this is the process that made this object."""
        if os.getpid() == self._pid:
            self._function()


def labels_of_this_process(prefix: str) -> dict[str, str]:
    """Describe this process in labels.

    Args:
        prefix: what the names of the labels begin with.

    Returns:
        ``<prefix>.host``, ``.boot``, ``.pid`` and ``.started``. A process number is used again sooner or later, and
        counts from 1 in each container, so the number alone says nothing.
    """
    pid = os.getpid()
    return {
        f"{prefix}.host": _host(),
        f"{prefix}.boot": _boot(),
        f"{prefix}.pid": str(pid),
        f"{prefix}.started": _start_time(pid),
    }


def is_orphan(labels: Mapping[str, str], prefix: str) -> bool:
    """Tell whether the process that wrote the labels has ended for certain.

    Args:
        labels: labels as `labels_of_this_process` writes them, among others.
        prefix: what their names begin with.

    Returns:
        False as well if that cannot be known: on another machine, in another container, or without labels.
    """
    pid = labels.get(f"{prefix}.pid", "")
    if not pid.isdigit() or labels.get(f"{prefix}.host") != _host():
        return False
    if labels.get(f"{prefix}.boot", "") != _boot():
        return True
    try:
        return _start_time(int(pid)) != labels.get(f"{prefix}.started", "")
    except OSError:
        return False


def is_running(pid: int) -> bool:
    """Whether a process of this machine has this number.

    Args:
        pid: the number.
    """
    return _start_time(pid) != ""


def _host() -> str:
    """This machine and, on Linux, the space in which its process numbers count."""
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _start_time(pid: int) -> str:
    """When a process began, in whatever form the system gives; "" if no process has that number."""
    if sys.platform == "win32":
        command = ["tasklist", "/FI", f"PID eq {pid}", "/FO", "CSV", "/NH"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        # Windows does not tell the time here; the name of the program is all there is.
        return next((row[0] for row in csv.reader(listed.splitlines()) if row[1:2] == [str(pid)]), "")
    if sys.platform == "darwin":
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    try:
        described = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return described.rpartition(")")[2].split()[_PLACE_OF_START_TIME]
