"""What is refused of a command line before it runs, told from its text alone. Nothing is run here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from .allowed_paths import is_allowed

__all__ = ("CommandFilter", "words_of")

_SHELLS = frozenset(("ash", "bash", "cmd", "dash", "fish", "ksh", "powershell", "pwsh", "sh", "zsh"))
_LAUNCHERS = frozenset(
    (
        "busybox",
        "chroot",
        "doas",
        "env",
        "ionice",
        "nice",
        "nohup",
        "setsid",
        "stdbuf",
        "sudo",
        "time",
        "timeout",
        "xargs",
    )
)
_NOT_A_PROGRAM = re.compile(r"-|\w+=|[\d.]+[smhd]?$")  # an option, an assignment, or a number such as a time limit
_PATH_IN_OPTION = re.compile(r"(?:~|\.\.|\.?/).*")
_BETWEEN_PROGRAMS = re.compile(r"[^\w./\\+-]+")

# Quoted text, and what a shell would read as an operator: at the beginning or the end of a word.
_OPERATOR = re.compile(
    r"""\\. | '[^']*' | "(?:\\.|[^"\\])*" | (?P<operator> (?<!\S)\d?[|&;<>]+ | [|&;<>]+(?!\S) ) | [|&;<>]+""",
    re.VERBOSE | re.DOTALL,
)


def words_of(line: str) -> list[str]:
    """Split a command line into a program and its arguments, as a POSIX shell splits words.

    Args:
        line: the command line.

    Returns:
        The words, without their quotation marks.

    Raises:
        ValueError: there are no words, a quotation does not end, or there is an operator of a shell, such as ``|``.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ValueError(f"The command {line!r} cannot be split into words: {error}.") from None
    if not words or not words[0]:
        raise ValueError("The command is empty. Give a program and its arguments, such as 'ls -l'.")
    if "\0" in line:
        raise ValueError("The command contains a null character.")
    for found in _OPERATOR.finditer(line):
        if operator := found["operator"]:
            raise ValueError(
                f"The command contains {operator!r}, but it runs without a shell, which alone would understand that. "
                "Run one program at a time, or put quotation marks around it if it is meant as text."
            )
    return words


@dataclass(frozen=True)
class CommandFilter:
    """Which commands are refused.

    Attributes:
        allowed_commands: the programs that may be run; None for all.
        denied_commands: the programs that must not be run.
        dangerous_patterns: regular expressions that must not match, and what is said of each.
        allowed_paths: patterns of the paths that arguments may name; None for all.
    """

    allowed_commands: frozenset[str] | None
    denied_commands: frozenset[str]
    dangerous_patterns: tuple[tuple[str, str], ...]
    allowed_paths: tuple[str, ...] | None

    def check(self, line: str, words: Sequence[str]) -> None:
        """Refuse a command.

        Args:
            line: the command line.
            words: the words of it.

        Raises:
            ValueError: it is refused.
        """
        joined = " ".join(words)
        # A line end within a word would stop the ``.`` of a pattern; behind a backslash, a shell takes it away.
        on_one_line = " ".join(joined.replace("\\\n", "").split())
        for pattern, message in self.dangerous_patterns:
            if any(re.search(pattern, text) for text in (line, joined, on_one_line)):
                raise ValueError(f"Potentially dangerous command detected: {message}")
        denied = sorted({_name_of(program) for program in _possible_programs(words)} & self.denied_commands)
        if denied:
            raise ValueError(f"The program {denied[0]} is one of denied_commands.")
        if self.allowed_commands is not None:
            for program in _programs(words):
                if program not in self.allowed_commands:
                    allowed = ", ".join(sorted(self.allowed_commands)) or "none"
                    raise ValueError(f"The program {program} is not one of allowed_commands, which are: {allowed}.")
        if self.allowed_paths is not None:
            for path in _paths_in(words[1:]):
                parts = path.split("/")
                if path[0] in "/~" or ".." in parts or not is_allowed(path.removeprefix("./"), self.allowed_paths):
                    raise ValueError(f"The path {path} is not one of allowed_paths: {list(self.allowed_paths)}.")


def _programs(words: Sequence[str]) -> Iterator[str]:
    """The program of a command, and what it launches if launching programs is all that it does."""
    yield words[0]
    if _name_of(words[0]) in _LAUNCHERS:
        launched = list(dropwhile(_NOT_A_PROGRAM.match, words[1:]))
        if launched:
            yield from _programs(launched)


def _possible_programs(words: Sequence[str]) -> Iterator[str]:
    """The program of a command and, of a shell or a launcher, each word that may be the name of one."""
    yield words[0]
    if _name_of(words[0]) in _SHELLS | _LAUNCHERS:
        for word in words[1:]:
            yield from _BETWEEN_PROGRAMS.split(word)


def _name_of(program: str) -> str:
    """The name of a program without its folder."""
    return re.split(r"[\\/]", program)[-1].lower().removesuffix(".exe")


def _paths_in(words: Sequence[str]) -> Iterator[str]:
    """What looks like a path in arguments, which may follow an option at once or stand after ``=``."""
    for piece in (piece for word in words for piece in word.replace("\\", "/").split("=")):
        if piece.startswith("-"):
            yield from (found[0] for found in _PATH_IN_OPTION.finditer(piece))
        elif "/" in piece or piece.startswith(("..", "~")):
            yield piece
