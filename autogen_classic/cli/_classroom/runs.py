"""A run of a notebook or a program, kept as what happened in it."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TextIO

from ..._core.replies import led_group
from ..._core.whole_files import is_special
from ...compat.run import run_program
from ...events import (
    ChatEnded,
    ChatFailed,
    CodeExecuted,
    Event,
    MessageReceived,
    ModelAnswered,
    ToolReturned,
    subscribe,
    to_json,
    unsubscribe,
)
from .._files import check_outputs, refuse_folders
from ..run import ProgramFailed
from .leftovers import DRAFT_SUFFIX, leftovers

__all__ = ("NOTICES", "RUN_SUFFIX", "run_and_keep")

RUN_SUFFIX = ".run.jsonl"
_FAILED_SUFFIX = ".failed.jsonl"
_KEPT = "The run is kept in "
_NOTHING_KEPT = "Nothing is kept of this run: no agent did anything in it."
NOTICES = (_KEPT, _NOTHING_KEPT)
"""How the line begins that says what is kept."""

_KINDS = (ChatEnded, ChatFailed, CodeExecuted, MessageReceived, ModelAnswered, ToolReturned)


def run_and_keep(program: Path, run: Path, cassette: Path | None = None) -> int:
    """Run a program, keep what happens in it, and say on standard error where that is.

    A run that was kept earlier is replaced at the end, in one step, and only by one that is worth as much: one that
    has come to its end, or one that has failed no earlier.

    Args:
        program: a notebook or a script.
        run: where the events go, one a line, as `autogen-classic log` and `view` read them.
        cassette: where the answers of models and people go; None records none.

    Returns:
        The exit code of the program.

    Raises:
        OSError: a file cannot be read or written, or would be written over another.
        SystemExit: the program asked for it.
    """
    refuse_folders([program])
    if not program.is_file():
        raise FileNotFoundError(f"There is no file {program}.")
    check_outputs([program], run, cassette)
    run = run.resolve()
    for what, output in (("A run", run), ("A cassette", cassette)):
        if output is not None and is_special(output):
            raise FileExistsError(f"{what} cannot be kept in {output}: it is a device or a pipe. Name a new file.")
    draft = run.with_name(f"{run.name}.{os.getpid()}{DRAFT_SUFFIX}")
    for left in leftovers(run):
        print(f"A run that was killed had not been kept. {_keep_leftover(left, run)}", file=sys.stderr)
    succeeded = False
    try:
        with suppress(ProgramFailed), draft.open("w", encoding="utf-8") as file, _kept(file), _recorded(cassette):
            code = run_program(program)
            if code:
                raise ProgramFailed  # so that no empty cassette takes the place of one that is there
            succeeded = True
        for left in leftovers(cassette) if cassette is not None and succeeded else ():
            left.unlink(missing_ok=True)
            print(f"{left}, which a run that was killed had left, is removed: {cassette} is whole.", file=sys.stderr)
        return code
    except SystemExit as error:
        succeeded = error.code in (None, 0)
        raise
    finally:
        if draft.exists():
            print(_settle(draft, run, succeeded), file=sys.stderr)


def _keep_leftover(left: Path, run: Path) -> str:
    """Keep what a killed run has left, up to its last whole event, where no other run takes its place."""
    data = left.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if not whole:
        left.unlink()
        return _NOTHING_KEPT
    left.write_bytes(whole)
    names = (
        f"{run.name.removesuffix(RUN_SUFFIX)}.killed{number}.jsonl"
        for number in itertools.chain([""], itertools.count(2))
    )
    killed = next(path for name in names if not (path := run.with_name(name)).exists())
    left.replace(killed)
    return f"{_KEPT}{killed}"


def _settle(draft: Path, run: Path, succeeded: bool) -> str:
    """Put a new run where it belongs.

    Args:
        draft: the new run.
        run: where it goes if it is worth as much as the one that is there.
        succeeded: whether its program has come to its end.

    Returns:
        What is kept, and where.
    """
    length, length_before = _lines_in(draft), _lines_in(run)
    if not length:
        draft.unlink()
        return f"{_NOTHING_KEPT} The run before is still kept in {run}" if length_before else _NOTHING_KEPT
    if succeeded or length >= length_before:
        draft.replace(run)
        return f"{_KEPT}{run}"
    failed = run.with_name(f"{run.name.removesuffix(RUN_SUFFIX)}{_FAILED_SUFFIX}")
    draft.replace(failed)
    return f"{_KEPT}{failed}: it failed before it came as far as the run before, which is still kept in {run}"


def _lines_in(run: Path) -> int:
    """How many events a run holds; 0 for one that does not exist."""
    return run.read_bytes().count(b"\n") if run.exists() else 0


@contextmanager
def _kept(file: TextIO) -> Iterator[None]:
    """Write what happens into a file."""
    keep = _keeping(file)
    subscribe(keep, kinds=_KINDS)
    try:
        yield
    finally:
        unsubscribe(keep)


def _keeping(file: TextIO) -> Callable[[Event], None]:
    def keep(event: Event) -> None:
        if not _is_copy(event):
            file.write(f"{to_json(event)}\n")
            file.flush()

    return keep


def _is_copy(event: Event) -> bool:
    """Whether this is what a member of a group hears of a message that the manager has got already."""
    if not isinstance(event, MessageReceived):
        return False
    group = led_group(event.sender)
    return group is not None and any(member is event.recipient for member in group.agents)


def _recorded(cassette: Path | None) -> AbstractContextManager[None]:
    if cassette is None:
        return nullcontext()
    from ...replay import record

    return record(cassette.absolute())
