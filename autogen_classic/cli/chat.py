"""``autogen-classic chat``: a conversation in a terminal."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import StateError

if TYPE_CHECKING:
    from ._chat.saved import Saved
    from ._chat.spent import Spent
    from ._chat.team_file import Team

__all__ = ("main",)

_loggers = logging.getLogger("autogen")  # above all loggers of this library

_EXAMPLES = """\
examples:
  autogen-classic chat                        talk to an assistant
  autogen-classic chat --model local          the small model that needs no key (autogen-classic local install)
  autogen-classic chat --code ask             one that writes programs, which run after you have said yes
  autogen-classic chat --init team.yaml       write a team with comments,
  autogen-classic chat team.yaml              and talk to it
  autogen-classic chat --resume               go on where you left the last conversation
  echo "What is a fugue?" | autogen-classic chat
"""
_DEFAULT_FILE = "team.yaml"
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Hold a conversation.

    Args:
        arguments: the command line after ``chat``.

    Returns:
        0; 1 if a message was not answered because of an error, or the extra ``chat`` is missing; 130 after Ctrl-C.

    Raises:
        TeamFileError: the team cannot be used.
        LLMConfigError: there is no model to talk to.
        StateError: there is no conversation to go on with.
        OSError: a file cannot be read or written.
    """
    options = _parser().parse_args(arguments)
    if options.schema:
        from ._chat.team_file import SCHEMA_FILE

        print(SCHEMA_FILE.read_text(encoding="utf-8"), end="")
        return 0
    if options.init is not None:
        return _write_team(Path(options.init))
    try:
        return _talk(options)
    except ImportError as error:
        print(f"autogen-classic chat: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autogen-classic chat",
        description="Talk to an assistant, or to a team that a YAML file describes. The conversation is kept, step by "
        "step, so that nothing is lost when you stop it.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("team", metavar="TEAM", type=Path, nargs="?", help="a YAML file; without it, an assistant")
    parser.add_argument("--model", metavar="NAME", help="which model answers (see `model` in the file)")
    parser.add_argument(
        "--code",
        choices=("none", "ask", "docker", "local"),
        help="run the programs of a single agent: ask (here, after you have said yes to each), docker (in a "
        "container), local (here, without asking: they can do what you can do)",
    )
    parser.add_argument("--plain", action="store_true", help="plain lines: no colours, no line editor")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--save", metavar="FOLDER", type=Path, help="keep the conversation in a new FOLDER")
    where.add_argument("--no-save", action="store_true", help="keep nothing on disk")
    where.add_argument(
        "--resume", metavar="FOLDER", nargs="?", const="", help="go on with the one in FOLDER, or with the last one"
    )
    parser.add_argument("--init", metavar="FILE", nargs="?", const=_DEFAULT_FILE, help="write a team with comments")
    parser.add_argument("--schema", action="store_true", help="print the JSON schema of the file")
    return parser


def _write_team(file: Path) -> int:
    from ._chat.team_file import TEMPLATE_FILE

    try:
        with file.open("x", encoding="utf-8") as output:
            output.write(TEMPLATE_FILE.read_text(encoding="utf-8"))
    except FileExistsError:
        print(f"autogen-classic chat: {file} exists, and is left as it is. Name another file.", file=sys.stderr)
        return 1
    print(f"{file} is written. Change it as you like, and then: autogen-classic chat {file}")
    return 0


def _talk(options: argparse.Namespace) -> int:
    """Hold the conversation that the options ask for; return the exit code of the command."""
    from ._chat.agents import crew_of
    from ._chat.conversation import Conversation
    from ._chat.saved import state_folder
    from ._chat.shown import Warnings
    from ._chat.terminal import Terminal

    team, saved, spent, state = _team_and_state(options)
    if options.model is not None:
        team = replace(team, model=options.model)
    crew = crew_of(team, options.code)
    history = None if saved is None else state_folder() / "typed"
    terminal = Terminal(lambda: f"{spent} - {', '.join(crew.models)}", history, plain=options.plain)
    warnings = Warnings(terminal)
    _loggers.addHandler(warnings)
    try:
        if terminal.has_person:
            names = ", ".join(member.name for member in crew.members)
            terminal.note(f"You talk to {names} ({', '.join(crew.models)}). /help tells what you can do.")
        conversation = Conversation(team, crew, terminal, saved, spent, state)
        conversation.hold()
    finally:
        _loggers.removeHandler(warnings)
    terminal.note(f"{spent}.{conversation.farewell()}")
    return 1 if conversation.failures and not terminal.has_person else 0


def _team_and_state(options: argparse.Namespace) -> tuple[Team, Saved | None, Spent, dict[str, Any] | None]:
    """The team, where the conversation is kept (None: nowhere), what was spent, and the state to go on from, if any."""
    from ._chat.spent import Spent

    if options.resume is None:
        return _team_of(options), _new_place(options), Spent(), None
    if options.team is not None:
        raise StateError("A conversation that goes on has its team already. Give a TEAM, or --resume.")
    saved = _place_to_resume(options.resume)
    team, spent, state = saved.load()
    return team, saved, spent, state


def _place_to_resume(folder: str) -> Saved:
    """Where a conversation is kept; an empty name stands for the last one."""
    from ._chat.saved import Saved, last_conversation

    found = Path(folder) if folder else last_conversation()
    if found is None:
        raise StateError("There is no conversation to go on with.")
    return Saved(found)


def _team_of(options: argparse.Namespace) -> Team:
    from ._chat.team_file import Member, Team, read_team

    if options.team is not None:
        return read_team(options.team)
    name = "coder" if options.code not in (None, "none") else "assistant"
    return Team([Member(name)], code=options.code if options.code in ("ask", "docker") else "none")


def _new_place(options: argparse.Namespace) -> Saved | None:
    from ._chat.saved import Saved, check_is_new, new_folder

    if options.no_save:
        return None
    folder = options.save or new_folder()
    check_is_new(folder)
    return Saved(folder)
