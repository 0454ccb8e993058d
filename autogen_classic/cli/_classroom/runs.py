"""A run of a notebook or a program, kept as what happened in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from ..._core.replies import led_group
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
from .._files import check_outputs

__all__ = ("KEPT", "RUN_SUFFIX", "run_and_keep")

RUN_SUFFIX = ".run.jsonl"
KEPT = "The run is kept in "
"""How the line begins that says where a run is."""

_KINDS = (ChatEnded, ChatFailed, CodeExecuted, MessageReceived, ModelAnswered, ToolReturned)


def run_and_keep(program: Path, run: Path, cassette: Path | None = None) -> int:
    """Run a program, and write what happens in it.

    Args:
        program: a notebook or a script.
        run: where the events go, one a line, as `autogen-classic log` and `view` read them.
        cassette: where the answers of models and people go; None records none.

    Returns:
        The exit code of the program.

    Raises:
        OSError: a file cannot be read or written, or would be written over another.
    """
    if not program.is_file():
        raise FileNotFoundError(f"There is no file {program}.")
    check_outputs([program], run, cassette)
    with run.absolute().open("w", encoding="utf-8") as file:
        keep = _keeping(file)
        subscribe(keep, kinds=_KINDS)
        try:
            with _recorded(cassette):
                return run_program(program)
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
