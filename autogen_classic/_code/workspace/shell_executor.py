"""Runs commands that a model writes in a workspace, behind a filter."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ..._argument_checks import Seconds, Texts, arguments_checked
from ..commands import REFUSED_IN_SHELLS, after_first
from ..directory import made_directory
from ..process.command import run_command
from .command_filter import CommandFilter, words_of

__all__ = ("CmdResult", "ShellExecutor")

_KEPT_OUTPUT = 1_000_000  # bytes of each of the two outputs
_CANNOT_BE_RUN = 126  # as shells have it


@dataclass
class CmdResult:
    """What a command left behind.

    Attributes:
        stdout: its standard output; of more than a million bytes, the beginning and the end.
        stderr: its standard error, in the same form.
        exit_code: its exit status: 127 if there is no such program, 126 if it cannot be run, negative if a signal ended
            it; None if its time ran out.
        timed_out: whether it was killed because its time ran out.
    """

    stdout: str
    stderr: str
    exit_code: int | None
    timed_out: bool


class ShellExecutor:
    """Runs one program at a time in a workspace, without a shell, and refuses commands by their text.

    **This is a seat belt, not a sandbox.** A program that runs has your rights: it can read, change and delete whatever
    you can, also outside the workspace, and it can use the network. The filter reads the text of a command and stops
    accidents. It cannot stop intent: Python, awk, find, make, git and many more programs start others, or change files,
    in ways that the text does not show. Commands of a model that you do not trust belong in a container; see
    `autogen_classic.coding.DockerCommandLineCodeExecutor`.

    What holds: a command is split into words and is not given to a shell, so that ``|``, ``>``, ``;`` and ``$(...)``
    have no effect, and a command with such an operator is refused. It gets no input and an environment without
    secrets. When its time runs out, all that it has started is killed. Its outputs are bounded.

    What is checked, unless ``enable_command_filtering`` is False:

    - Dangerous patterns are searched for in the command as it stands, and in its words without quotation marks, also
      with single blanks in the place of line ends and other white space.
    - ``denied_commands`` are names of programs: ``"rm"`` also means ``/bin/rm``. Of shells and of programs that launch
      others, such as ``env`` and ``timeout``, each word counts, so that ``sh -c "cd x && rm y"`` is refused.
    - ``allowed_commands`` are compared with the program as it is written: ``"ls"`` allows ``ls`` and not ``./ls``. Of
      a program that launches others, that one must be allowed too. Whoever allows a shell or Python allows everything.
    - ``allowed_paths`` are compared with each argument that looks like a path, that is, has a ``/`` in it or begins
      with ``..`` or ``~``. Absolute paths and ``..`` are refused then. Where symbolic links lead is not looked at.
    """

    DEFAULT_DANGEROUS_PATTERNS: ClassVar[list[tuple[str, str]]] = [
        *REFUSED_IN_SHELLS,
        (
            after_first(r"\brm\s+") + r"(?=.*((?<=\s)-\w*[rR]|--recursive))(?=.*((?<=\s)-\w*f|--force))",
            "Deleting folders by force is not allowed.",
        ),
        (r"\brm\s+-[^\WrRf]*[rRf]\w*\s", "Deleting folders, or by force, is not allowed."),
        (r"\bmkfs(\.\w+)?\b", "Formatting disks is not allowed."),
        (
            after_first(r"\b(?:chmod|chown|chgrp)\s+") + r"(.*\s)?(-\w*R|--recursive)\b",
            "Changing the rights of whole folders is not allowed.",
        ),
        (r"\b(shutdown|reboot|halt|poweroff)\b", "Shutting the machine down is not allowed."),
        (
            after_first(r"\b(?:curl|wget)\b") + r".*\|\s*(\w*sh|python\w*)\b",
            "Running what was just downloaded is not allowed.",
        ),
        (
            after_first(r"\bfind\b") + r".*\s-(delete|exec|execdir|ok)\b",
            "Deleting or running what was found is not allowed.",
        ),
    ]
    """What is refused by default: regular expressions, and what is said of each."""

    @arguments_checked
    def __init__(
        self,
        default_timeout: Seconds = 60.0,
        workspace_dir: str | os.PathLike[str] | None = None,
        allowed_paths: Texts | None = None,
        allowed_commands: Texts | None = None,
        denied_commands: Texts | None = None,
        enable_command_filtering: bool = True,
        dangerous_patterns: list[str | tuple[str, str]] | None = None,
    ) -> None:
        """Make an executor.

        Args:
            default_timeout: how long a command may take, in seconds.
            workspace_dir: the folder in which commands run; it is made if need be. None takes the current one.
            allowed_paths: patterns of the paths that arguments may name, relative to the workspace, such as
                ``["data/**"]``; None allows all.
            allowed_commands: the programs that may be run; None allows all.
            denied_commands: names of the programs that must not be run.
            enable_command_filtering: whether commands are checked at all.
            dangerous_patterns: regular expressions that no command may match, or pairs of one and what is said of it;
                None takes `DEFAULT_DANGEROUS_PATTERNS`.

        Raises:
            TypeError: an argument has a wrong type, such as a text in the place of a list.
            ValueError: ``default_timeout`` is not positive, or a pattern is not a regular expression.
            OSError: the folder cannot be made.
        """
        self._default_timeout = default_timeout
        self._workspace = made_directory(Path.cwd() if workspace_dir is None else workspace_dir, "workspace_dir")
        patterns = self.DEFAULT_DANGEROUS_PATTERNS if dangerous_patterns is None else dangerous_patterns
        self._filter = CommandFilter(
            None if allowed_commands is None else frozenset(allowed_commands),
            frozenset(name.lower().removesuffix(".exe") for name in denied_commands or ()),
            tuple(_pattern_of(number, given) for number, given in enumerate(patterns)),
            None if allowed_paths is None else tuple(allowed_paths),
        )
        self._filtering = enable_command_filtering

    @arguments_checked
    def run(self, cmd: str, timeout: Seconds | None = None) -> CmdResult:
        """Run a command.

        Args:
            cmd: a program and its arguments, in words as a POSIX shell splits them.
            timeout: how long it may take, in seconds; None takes the default.

        Returns:
            Its result, even if there is no such program.

        Raises:
            ValueError: the command is refused, or cannot be split into words; or ``timeout`` is not positive.
        """
        return self._run(self._checked(cmd), self._default_timeout if timeout is None else timeout)

    @arguments_checked
    def run_commands(self, commands: Sequence[str], timeout_ms: Seconds | None = None) -> list[CmdResult]:
        """Run commands, one after the other, whatever the results are.

        Args:
            commands: the commands.
            timeout_ms: how long each of them may take, in milliseconds; None takes the default.

        Returns:
            Their results, in order.

        Raises:
            ValueError: one of them is refused or cannot be split into words; then none was run.
        """
        seconds = self._default_timeout if timeout_ms is None else timeout_ms / 1000
        return [self._run(words, seconds) for words in [self._checked(command) for command in commands]]

    def _checked(self, line: str) -> list[str]:
        """The words of a command that is not refused."""
        words = words_of(line)
        if self._filtering:
            self._filter.check(line, words)
        return words

    def _run(self, words: list[str], seconds: float) -> CmdResult:
        try:
            result = run_command(words, cwd=self._workspace, timeout=seconds, max_output=_KEPT_OUTPUT)
        except OSError as error:
            return CmdResult("", f"{words[0]}: {error.strerror or error}\n", _CANNOT_BE_RUN, timed_out=False)
        return CmdResult(result.stdout, result.stderr, None if result.timed_out else result.exit_code, result.timed_out)


def _pattern_of(number: int, given: str | tuple[str, str]) -> tuple[str, str]:
    """A dangerous pattern, and what is said of it."""
    text, said = (given, f"It matches {given!r}.") if isinstance(given, str) else given
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(
            f"Item {number} of dangerous_patterns is not a regular expression: {text!r}, {error}. "
            "Write a backslash before characters that mean themselves."
        ) from None
    return text, said
