"""The outcome of running one piece of code, wherever it ran."""

from __future__ import annotations

import signal
from dataclasses import dataclass

__all__ = (
    "STOPPED_EXIT_CODE",
    "TIMEOUT_EXIT_CODE",
    "TIMEOUT_MSG",
    "Outcome",
    "end_by_signal",
    "end_in_a_shell",
    "trouble_in_a_shell",
)

TIMEOUT_MSG = "Timeout"
TIMEOUT_EXIT_CODE = 124  # as the shell's timeout command returns
STOPPED_EXIT_CODE = 130  # as a shell returns for an interrupted command

_SIGNALS_OF_TROUBLE = (6, 9, 11)  # SIGABRT, SIGKILL, SIGSEGV: by number, for Windows does not know all of them

_WHY = {
    "SIGKILL": "it was killed, perhaps because memory ran out",
    "SIGXCPU": "its CPU time was over",
    "SIGXFSZ": "a file became larger than allowed",
    "SIGSEGV": "it touched memory that is not its own, perhaps because memory ran out",
    "SIGABRT": "it gave up by itself, perhaps because memory ran out",
}


def end_by_signal(number: int) -> str:
    """Write a line that says which signal ended the code."""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return f"The code was ended by {name}: {_WHY[name]}.\n" if name in _WHY else f"The code was ended by {name}.\n"


def end_in_a_shell(exit_code: int) -> str:
    """Write the same line when a signal is reported as 128 + its number; "" for any other exit code."""
    return end_by_signal(exit_code - 128) if 128 < exit_code < 128 + 65 else ""


def trouble_in_a_shell(exit_code: int) -> str:
    """Write that line for the signals that end code in trouble, as when memory ran out; "" for any other exit code."""
    return end_in_a_shell(exit_code) if exit_code - 128 in _SIGNALS_OF_TROUBLE else ""


@dataclass(frozen=True)
class Outcome:
    """What a piece of code left behind.

    Attributes:
        exit_code: its exit status.
        output: its standard output and standard error, in the order kept by the executor.
        timed_out: whether it was ended because its time ran out.
        stopped: whether it was ended from outside, or for that reason never begun.
    """

    exit_code: int
    output: str
    timed_out: bool = False
    stopped: bool = False

    def told(self) -> Outcome:
        """Return the outcome as a conversation shows it: an end from outside has its own exit code and last line."""
        if self.stopped:
            return Outcome(STOPPED_EXIT_CODE, f"{self.output}\nStopped", stopped=True)
        if self.timed_out:
            return Outcome(TIMEOUT_EXIT_CODE, f"{self.output}\n{TIMEOUT_MSG}", timed_out=True)
        return self
