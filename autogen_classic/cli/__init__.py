"""The command ``autogen-classic``: a table of subcommands, each in its own module that is loaded when it is used.

A new command is one line in `COMMANDS` and a module with ``main(arguments) -> exit code``.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from ..errors import AutogenClassicError
from ._clean import never_fail_on_a_character

__all__ = ("COMMANDS", "Command", "main")

PROGRAM = "autogen-classic"


class Command(NamedTuple):
    """A subcommand.

    Args:
        module: where its ``main(arguments: Sequence[str]) -> int`` is.
        summary: what it does, in a line.
    """

    module: str
    summary: str


COMMANDS = {
    "run": Command("autogen_classic.cli.run", "run an AutoGen 0.2 script, module or notebook unchanged"),
    "replay": Command("autogen_classic.cli.replay", "hold the conversations of a saved notebook again, without a key"),
    "alias": Command("autogen_classic.cli.alias", "make `import autogen` mean this library in a whole environment"),
    "chat": Command("autogen_classic.cli.chat", "talk to an assistant or a team in the terminal"),
    "classroom": Command("autogen_classic.cli.classroom", "write what a teacher hands out, compare what comes in"),
    "new": Command("autogen_classic.cli.new", "make a small project: agents, tests, a recorded run"),
    "demo": Command("autogen_classic.cli.demo", "two agents write, run and repair a program; two others use a tool"),
    "local": Command("autogen_classic.cli.local", "install the small model that needs no key, network or server"),
    "serve": Command("autogen_classic.cli.serve", "offer agents to other programs, as models or as MCP tools"),
    "mock-server": Command("autogen_classic.cli.mock_server", "serve OpenAI's API on this machine from a script"),
    "cache": Command("autogen_classic.cli.cache", "see, clear and import the answers of models that are kept on disk"),
    "log": Command("autogen_classic.cli.log", "tell what happened in a run, from its log, recording or journal"),
    "view": Command("autogen_classic.cli.view", "show a run as an HTML page, or two runs side by side"),
    "config": Command("autogen_classic.cli.config", "tell which entries of a configuration list can be used"),
    "explain": Command("autogen_classic.cli.explain", "say what an error of this library means, and what to do"),
    "docker-clean": Command("autogen_classic.cli.docker_clean", "remove containers that killed programs have left"),
    "version": Command("autogen_classic.cli.version", "print the versions that a bug report needs"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None takes those of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure that was explained on standard error, 2 for wrong usage.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments:
        print(_help(), file=sys.stderr)
        return 2
    name, *rest = arguments
    if name in ("-h", "--help", "help"):
        print(_help())
        return 0
    if name in ("-V", "--version"):
        name = "version"
    if name not in COMMANDS:
        print(_unknown_command(name), file=sys.stderr)
        return 2
    if name != "run":  # a program runs as Python would run it
        never_fail_on_a_character()
    run: Callable[[Sequence[str]], int] = import_module(COMMANDS[name].module).main
    try:
        return run(rest)
    except BrokenPipeError:  # whoever reads the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (AutogenClassicError, OSError) as error:
        print(f"{PROGRAM} {name}: {_words_of(error)}", file=sys.stderr)
        if isinstance(error, AutogenClassicError):
            print(f"More about it: {PROGRAM} explain {type(error).__name__}", file=sys.stderr)
        return 1


def _words_of(error: Exception) -> str:
    if not isinstance(error, (FileNotFoundError, IsADirectoryError)) or error.filename is None:
        return str(error)
    if isinstance(error, IsADirectoryError):
        return f"{os.fsdecode(error.filename)} is a folder. Name a file in it."
    missing = Path(os.fsdecode(error.filename))
    return f"There is no file {missing}." if missing.parent.is_dir() else f"There is no folder {missing.parent}."


def _help() -> str:
    width = max(map(len, COMMANDS))
    table = "\n".join(f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items())
    return (
        f"usage: {PROGRAM} COMMAND [ARGUMENTS]\n\n"
        "Multi-agent conversations, backward compatible with AutoGen 0.2.\n\n"
        f"commands:\n{table}\n\n"
        f"`{PROGRAM} COMMAND --help` explains a command."
    )


def _unknown_command(name: str) -> str:
    if name.endswith((".py", ".ipynb")):
        return f"{PROGRAM}: to run {name}, say: {PROGRAM} run {name}"
    near = difflib.get_close_matches(name, [*COMMANDS, "--help", "--version"], n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"{PROGRAM}: there is no command {name!r}.{hint} The commands are: {', '.join(COMMANDS)}."
