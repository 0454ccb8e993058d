"""``autogen-classic run``: an old program, unchanged."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from ._files import check_outputs

__all__ = ("ProgramFailed", "main")

_EXAMPLES = """\
examples:
  autogen-classic run two_agents.py --rounds 3
  autogen-classic run lesson.ipynb
  autogen-classic run -m my_package.experiment --seed 1
  autogen-classic run --record run.json two_agents.py     every answer of a model or person goes into run.json
  autogen-classic run --replay run.json two_agents.py     and comes from it: no network, no key
  autogen-classic run --journal run.jsonl two_agents.py   run it again after it was killed, and it goes on
"""

_OPTIONS_WITH_A_VALUE = tuple(
    f"--{name}" for name in ("ignore", "interrupted", "journal", "normalise", "record", "replay", "unused")
)

_PROGRAMS = (".py", ".ipynb")


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
    _add_options_of_tapes(parser)
    parser.add_argument("program", metavar="PROGRAM", help="a .py script or an .ipynb notebook; with -m, a module")
    rest = parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="handed to the program as it is")
    rest.required = False  # else an error says that they were missing, too
    options, program_arguments = _split(parser, arguments)

    code = 0
    with suppress(ProgramFailed), _tape(options):
        code = _run(options, program_arguments)
        if code:
            raise ProgramFailed  # so that a replay does not also complain about what the program never got to ask
    return code


class ProgramFailed(Exception):
    """The program has ended with an exit code other than 0, and has said why."""


def _run(options: argparse.Namespace, program_arguments: list[str]) -> int:
    from ..compat.run import run_module, run_program

    if not options.is_module:
        return run_program(options.program, program_arguments)
    try:
        return run_module(options.program, program_arguments)
    except ImportError as error:
        print(f"autogen-classic run: {error}", file=sys.stderr)
        return 1


def _add_options_of_tapes(parser: argparse.ArgumentParser) -> None:
    """Add the options of recordings and journals."""
    tape = parser.add_argument_group("recordings and journals")
    which = tape.add_mutually_exclusive_group()
    which.add_argument(
        "--record", type=_file_name, metavar="FILE", help="write all answers of models and people to FILE"
    )
    which.add_argument("--replay", type=_file_name, metavar="FILE", help="take them from FILE; no model is asked")
    which.add_argument(
        "--journal",
        type=_file_name,
        metavar="FILE",
        help="keep finished work in FILE, and take it from there after a crash",
    )
    tape.add_argument(
        "--interrupted",
        action="append",
        default=[],
        type=_policy,
        metavar="[TOOL=]POLICY",
        help="with --journal: what to do about a tool that was running when the program was killed: fail (the "
        "default), ask or rerun; may be given several times, and `code` stands for executed code",
    )
    tape.add_argument("--tools", action="store_true", help="with --record: results of tools as well")
    tape.add_argument("--code", action="store_true", help="with --record: results of executed code as well")
    tape.add_argument("--new-episodes", action="store_true", help="with --replay: ask what is new, and append it")
    tape.add_argument(
        "--normalise",
        action="append",
        default=[],
        choices=("paths", "times", "uuids"),
        help="with --replay or --journal: compare texts without these; may be given several times",
    )
    tape.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="NAME",
        help="with --replay or --journal: a parameter that may differ",
    )
    tape.add_argument(
        "--unused",
        default="error",
        choices=("error", "warn", "ignore"),
        help="with --replay: what to do about recorded turns that are not asked for (default: %(default)s)",
    )


def _file_name(text: str) -> str:
    """Refuse the empty name that a shell makes of a variable which is not set: nothing would be kept."""
    if not text:
        raise argparse.ArgumentTypeError("the name of the file is empty")
    return text


def _tape(options: argparse.Namespace) -> AbstractContextManager[None]:
    """What the options say about recordings and journals."""
    if options.record:
        from ..replay import record

        check_outputs([] if options.is_module else [Path(options.program)], Path(options.record))
        return record(options.record, tools=options.tools, code=options.code)
    if options.journal:
        from ..replay import NORMALISERS
        from ..state import journal

        return journal(
            options.journal,
            interrupted=dict(options.interrupted),
            program=Path(options.program).name,
            ignore=options.ignore,
            normalise=[NORMALISERS[name] for name in options.normalise],
        )
    if options.replay:
        from ..oai._specs import SPECS
        from ..replay import NORMALISERS, replay

        if not options.new_episodes:
            # Programs read them before they make an agent. No key is sent anywhere in a replay.
            for variable in {variable for spec in SPECS for variable in spec.key_variables}:
                os.environ.setdefault(variable, "not-needed")
        return replay(
            options.replay,
            mode="new_episodes" if options.new_episodes else "strict",
            ignore=options.ignore,
            normalise=[NORMALISERS[name] for name in options.normalise],
            unused=options.unused,
        )
    return nullcontext()


def _policy(text: str) -> tuple[str, str]:
    """Read ``TOOL=POLICY``, or a policy for all tools without one of their own."""
    name, names_a_tool, policy = text.rpartition("=")
    if policy not in ("ask", "fail", "rerun"):
        raise argparse.ArgumentTypeError(f"write ask, fail or rerun, or TOOL=rerun for one tool, not {text!r}")
    if names_a_tool and not name.strip():
        raise argparse.ArgumentTypeError(f"the name of the tool is missing in {text!r}; for all tools, write {policy}")
    return name or "*", policy


def _split(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Separate our options from the program's arguments, which may look like our options."""
    own = 0
    while own < len(arguments) and arguments[own].startswith("-"):
        own += 2 if arguments[own] in _OPTIONS_WITH_A_VALUE else 1
    if own == len(arguments) >= 2 and arguments[-2] in _OPTIONS_WITH_A_VALUE and arguments[-1].endswith(_PROGRAMS):
        parser.error(f"argument {arguments[-2]}: its value is missing, or the program after {arguments[-1]}")
    return parser.parse_args(arguments[: own + 1]), list(arguments[own + 1 :])
