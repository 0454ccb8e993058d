"""Limits on what executed code may use."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..errors import LimitsUnavailableError

__all__ = ("LimitsUnavailableError", "ResourceLimits")

_OPTIONS = {"memory": "--as", "processes": "--nproc", "file_size": "--fsize", "cpu_seconds": "--cpu"}


@dataclass(frozen=True)
class ResourceLimits:
    """Limits for each process of a code block, enforced by the kernel (``setrlimit``). None means no limit.

    Attributes:
        memory: the address space, in bytes. Python itself needs about 30 MB, programs with threads more.
        processes: how many processes and threads the user may have in all. The kernel does not apply it to root.
        file_size: how large a file may become, in bytes.
        cpu_seconds: the processor time, in seconds.

    Raises:
        ValueError: a limit is not a whole number above 0.
    """

    memory: int | None = None
    processes: int | None = None
    file_size: int | None = None
    cpu_seconds: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise ValueError(
                    f"The limit {field.name} must be a whole number above 0, or None, but it is {value!r}."
                )

    @classmethod
    def of(cls, limits: ResourceLimits | Mapping[str, int] | None) -> ResourceLimits:
        """Accept limits in any form that a program may give.

        Args:
            limits: limits, a dict of their names and values, or None for no limits.

        Raises:
            ValueError: the dict has an unknown name, or a value that is not a whole number above 0.
        """
        if isinstance(limits, ResourceLimits):
            return limits
        unknown = set(limits or {}) - set(_OPTIONS)
        if unknown:
            raise ValueError(f"There is no limit called {', '.join(sorted(unknown))}. There are {', '.join(_OPTIONS)}.")
        return cls(**(limits or {}))

    def command(self) -> list[str]:
        """Write the command that goes before another one to limit it.

        Returns:
            The beginning of a command; empty if nothing is limited.

        Raises:
            LimitsUnavailableError: the program ``prlimit`` is missing.
        """
        options = [
            f"{option}={value}" for name, option in _OPTIONS.items() if (value := getattr(self, name)) is not None
        ]
        if not options:
            return []
        program = shutil.which("prlimit")
        if program is None:
            raise LimitsUnavailableError(
                "Limits on executed code need the program prlimit, which Linux has in its package util-linux. Leave "
                "the limits out, or use DockerCommandLineCodeExecutor, which has its own."
            )
        return [program, *options, "--"]
