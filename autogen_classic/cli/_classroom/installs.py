"""What a notebook tells pip to install.

Anybody may have written it. So nothing but the names of packages is taken from it: pip never gets an option, an address
or a file that stands in a notebook.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator

from ...compat.notebook import PIP

__all__ = ("REQUIREMENT", "requirements_told_in")

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSION = r"(?:===|[<>=!~]=|[<>]) *v?\d[A-Za-z0-9.*+!_-]*"
_CONDITION = r"""[a-z_]+ *(?:[<>=!~]=|[<>]) *(?:"[A-Za-z0-9._]+"|'[A-Za-z0-9._]+')"""
REQUIREMENT = re.compile(
    rf"(?P<name>{_NAME})(?: *\[ *(?P<extras>(?:{_NAME}(?: *, *{_NAME})* *)?)\])?"
    rf"(?: *{_VERSION}(?: *, *{_VERSION})*)?(?: *; *{_CONDITION}(?: (?:and|or) {_CONDITION})*)?"
)
"""A package by its name, perhaps with extras, versions and conditions, and without anything else."""

_COMMAND = re.compile(rf"(?:[%!$]{{1,2}}[ \t]*)?{PIP}[ \t]+install[ \t]+(?P<words>.*)")
_FENCE = re.compile(r"(`{3,}|~{3,}(?!~))[^`]*")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n(?![ \t]*(?:```|~~~))")
_SHELL_CELLS = ("%%bash", "%%sh", "%%script bash", "%%script sh")
_LONGEST_COMMAND = 10_000  # characters

_OPERATORS = ";&|()"
_REDIRECTION = re.compile(r"\d*[<>]")
_FILE = re.compile(r".*\.(?:whl|zip|tgz|tbz|txz|tar|tar\.[a-z0-9]+|toml|txt)", re.IGNORECASE)
_WITH_A_VALUE = re.compile(
    r"-[^-bcefirtpCP]*[bcefirtpCP]|--(?:abi|build-constraints?|cache-dir|cert|client-cert|config-settings?|constraints?"
    r"|default-index|editable|exclude-newer|exists-action|extra|extra-index-url|find-links|global-option|group"
    r"|implementation|index|index-url|keyring-provider|log|no-binary|only-binary|platform|prefix|prerelease"
    r"|progress-bar|proxy|python|python-version|report|requirements?|resolution|retries|root|root-user-action|src"
    r"|target|timeout|trusted-host|upgrade-package|upgrade-strategy|use-deprecated|use-feature)"
)
"""The options of `pip install` and `uv pip install` whose value is the next word."""


def requirements_told_in(text: str) -> Iterator[re.Match[str]]:
    """The packages that a cell tells pip to install.

    Args:
        text: code or Markdown. Commands are read in lines that begin with ``!``, ``%`` or ``$``, in cells for a shell,
            in blocks of code, and between backticks.

    Yields:
        Matches of `REQUIREMENT`.
    """
    for command in _commands_in(text):
        yield from _requirements_in(command)


def _commands_in(text: str) -> Iterator[str]:
    """What stands behind ``pip install``."""
    is_for_a_shell = text.lstrip().startswith(_SHELL_CELLS)
    fence = ""
    for line in map(str.strip, _CONTINUED.sub(" ", text).splitlines()):
        mark = _FENCE.fullmatch(line)
        if mark is not None and (not fence or line.startswith(fence)):
            fence = "" if fence else mark[1]
            continue
        is_command = is_for_a_shell or fence or line.startswith(("%", "!", "$"))
        for part in [line] if is_command else line.split("`")[1:]:
            command = _COMMAND.match(part)
            if command is not None:
                yield command["words"][:_LONGEST_COMMAND]


def _requirements_in(command: str) -> Iterator[re.Match[str]]:
    is_value = False
    for word in _words_of(command):
        requirement = REQUIREMENT.match(word)
        if requirement is not None and not is_value and not _FILE.fullmatch(word):
            rest = word[requirement.end() :].rstrip(".,:")
            if rest[:1] in ("", *"<>=!~"):
                yield requirement
            if rest.startswith(("<", ">")):  # the next word may be the file where the output goes
                return
        is_value = _WITH_A_VALUE.fullmatch(word) is not None


def _words_of(command: str) -> Iterator[str]:
    """The words up to an operator of the shell, or to a quotation that does not end."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=_OPERATORS)
    lexer.whitespace_split = True
    with contextlib.suppress(ValueError):
        for word in lexer:
            if word.startswith(tuple(_OPERATORS)) or _REDIRECTION.match(word):
                return
            yield word
