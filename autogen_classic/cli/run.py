"""``autogen-classic run``: an old program, unchanged."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic run two_agents.py --rounds 3
  autogen-classic run lesson.ipynb
  autogen-classic run -m my_package.experiment --seed 1
"""


def main(arguments: Sequence[str]) -> int:
    """Run a script, a notebook or a module in which ``import autogen`` means this library.

    Args:
        arguments: the command line after ``run``.

    Returns:
        The exit code of the program.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic run",
        description="Run a script, notebook or module in which `import autogen` means autogen_classic.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-m", dest="is_module", action="store_true", help="PROGRAM is the name of a module")
    parser.add_argument("program", metavar="PROGRAM", help="a .py script or an .ipynb notebook; with -m, a module")
    parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="handed to the program as they are")
    options, program_arguments = _split(parser, arguments)

    from ..compat.run import run_module, run_program

    if not options.is_module:
        return run_program(options.program, program_arguments)
    try:
        return run_module(options.program, program_arguments)
    except ImportError as error:
        print(f"autogen-classic run: {error}", file=sys.stderr)
        return 1


def _split(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Part our options from the program's arguments, which may look like options of ours."""
    own = 0
    while own < len(arguments) and arguments[own].startswith("-"):
        own += 1
    return parser.parse_args(arguments[: own + 1]), list(arguments[own + 1 :])
