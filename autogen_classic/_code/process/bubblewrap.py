"""Run a command on Linux where it sees the system and its working directory, and nothing else: bubblewrap (``bwrap``).

The sandbox has the programs and libraries of the system and the Python in use, all read-only; an empty ``/tmp`` and
home; its own processes, users and, unless asked otherwise, no network. Nothing of ``/home``, ``/root`` or ``/etc``
beyond what programs need to start is there.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from ...errors import SandboxUnavailableError

__all__ = ("bubblewrap_command", "check_bubblewrap")

_HOME = "/tmp/home"
_BYTES_IN_MEMORY = 512 * 1024 * 1024  # how much /tmp and /dev/shm may each hold
_SECONDS_TO_TRY = 10

# The programs and libraries of the system.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What programs read below /etc when they start, reach the network or show text.
_SETTINGS = (
    "alternatives",
    "ca-certificates",
    "fonts",
    "group",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "passwd",
    "pki",
    "protocols",
    "resolv.conf",
    "services",
    "ssl",
    "timezone",
)


def check_bubblewrap() -> None:
    """Make sure that bubblewrap is installed and allowed to work.

    Raises:
        SandboxUnavailableError: bubblewrap is missing or may not work here. The text says what to do about it.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailableError(
            'sandbox="bubblewrap" works on Linux only. Use DockerCommandLineCodeExecutor on this machine.'
        )
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailableError(
            'sandbox="bubblewrap" needs the program bwrap, which was not found. Install it (Debian and Ubuntu: apt '
            "install bubblewrap; Fedora: dnf install bubblewrap), or use DockerCommandLineCodeExecutor."
        )
    problem = _problem_with(program)
    if problem:
        raise SandboxUnavailableError(
            f"bubblewrap is installed but may not make a sandbox here: {problem}. In a container, allow user "
            "namespaces (docker run --security-opt seccomp=unconfined); on Ubuntu 24.04 and later allow them for bwrap "
            "in AppArmor; or use DockerCommandLineCodeExecutor."
        )


@functools.cache
def _problem_with(program: str) -> str:
    """Try to run a command in a sandbox; return what went wrong, or an empty text if it worked."""
    command = [program, *_namespaces(network=False), "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS_TO_TRY, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"bwrap ended with {tried.returncode}"


def bubblewrap_command(work_dir: Path, *, network: bool = False, readable: Iterable[str | Path] = ()) -> list[str]:
    """Write the command that goes before another command to run it in a sandbox.

    It must be run in the environment meant for the code, which is not part of the command because other users see that.

    Args:
        work_dir: the only directory of this machine that can be written, as an absolute path. It has the same path
            inside the sandbox.
        network: whether the network of this machine can be reached.
        readable: more directories that can be read, such as that of a virtual environment.

    Returns:
        The words that go before the program and its arguments.
    """
    return [
        shutil.which("bwrap") or "bwrap",
        *_namespaces(network),
        *("--setenv", "HOME", _HOME, "--setenv", "TMPDIR", "/tmp"),
        *_system(),
        *_empty_places(),
        *_readable_places(readable),
        *("--bind", str(work_dir), str(work_dir), "--chdir", str(work_dir)),
        *("--remount-ro", "/dev", "--remount-ro", "/"),  # last, because nothing can be put there afterwards
        "--",
    ]


def _namespaces(network: bool) -> list[str]:
    """The options that share nothing with the host, give no rights, and end the sandbox with its parent."""
    shared = ["--share-net"] if network else []
    return ["--unshare-all", *shared, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]


def _system() -> list[str]:
    """The options that show the system's programs, libraries and settings, where they exist."""
    options: list[str] = []
    for place in _SYSTEM:
        if os.path.islink(place):  # as /bin often is, to /usr/bin
            options += ["--symlink", os.readlink(place), place]
        else:
            options += ["--ro-bind-try", place, place]
    for name in _SETTINGS:
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return options


def _empty_places() -> list[str]:
    """The options that make devices, a list of processes, and empty temporary directories with a home in them."""
    options = ["--proc", "/proc", "--dev", "/dev"]
    for place in ("/dev/shm", "/tmp"):
        options += ["--size", str(_BYTES_IN_MEMORY), "--tmpfs", place]
    return [*options, "--dir", _HOME]


def _readable_places(readable: Iterable[str | Path]) -> list[str]:
    """The options that show further directories, read-only."""
    options: list[str] = []
    for place in _outermost(str(Path(path).resolve()) for path in readable):
        options += ["--ro-bind-try", place, place]
    return options


def _outermost(places: Iterable[str]) -> list[str]:
    """Leave out the directories that are inside another one, or that the sandbox already has."""
    kept: list[str] = []
    for place in sorted(set(places)):
        if not any(Path(place).is_relative_to(other) for other in (*kept, *_SYSTEM)):
            kept.append(place)
    return kept
