"""`record` and `replay`, the two context managers."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from .._core import tape as seam
from .._words import counted
from ..errors import CassetteError, UnusedTurnsError
from . import _file
from ._library import Library, describe
from ._recorder import CassetteRecorder
from ._tape import TapeOfRun
from ._values import Secrets

__all__ = ("as_list", "record", "refuse_nesting", "replay")

_being_written: set[Path] = set()
_lock = threading.Lock()
_SHOWN_UNUSED = 5


@contextmanager
def record(path: str | os.PathLike[str], *, tools: bool = False, code: bool = False) -> Iterator[None]:
    """Record every answer of a model and a person within a ``with`` block, in all threads and tasks of the process.

    The file is written when the block ends, even with an error, and replaces an older one. Until then, all turns so far
    are in ``NAME.PID.partial`` beside it, where they stay if the process is killed. Keys, headers and addresses
    never go into it.

    Args:
        path: the file, such as ``"run.json"``.
        tools: whether results of tools and functions are recorded as well, so that a replay need not run them.
        code: whether results of executed code are recorded as well, so that a replay need not run it.

    Yields:
        None.

    Raises:
        CassetteError: the file cannot be written, a recording or replay is already on, or an answer has no JSON form.
    """
    refuse_nesting()
    secrets = Secrets()
    _file.check_path(path, "a recording", "run.json")
    file = Path(path).absolute()
    top = _file.head(tools, code)
    with _writing(file):
        recorder = CassetteRecorder(file, top, [], secrets)
        with _finishing(recorder), seam.use(TapeOfRun(None, recorder, top["recorded"], secrets)):
            yield


@contextmanager
def replay(
    path: Any,
    *,
    mode: Literal["strict", "new_episodes"] = "strict",
    ignore: Iterable[str] = (),
    normalise: Callable[[str], str] | Sequence[Callable[[str], str]] = (),
    unused: Literal["error", "warn", "ignore"] = "error",
) -> Iterator[None]:
    """Answer from a recording within a ``with`` block, in all threads and tasks of the process.

    No model is asked, no client connected, no key needed, and no cache looked at. A request is answered by the first
    unused turn of the recording with the same agent and the same content. Tools and code run for real, unless their
    results were recorded.

    Args:
        path: the file; or anything with ``read_text``, such as ``importlib.resources.files("lesson") / "run.json"``.
        mode: ``"strict"`` refuses anything that was not recorded; ``"new_episodes"`` lets the world answer it, and
            appends that to the file.
        ignore: names of parameters of a request that may differ, such as ``["temperature"]``.
        normalise: functions that are applied to every text of both sides before they are compared; `paths`, `times`
            and `uuids` are ready-made.
        unused: what to do when the block ends well although some recorded turns were not asked for: ``"error"``,
            ``"warn"`` or ``"ignore"``. With new episodes they are always ignored.

    Yields:
        None.

    Raises:
        CassetteError: the recording does not exist or cannot be understood, or one is already on.
        ReplayMismatchError: something was asked for that was not recorded. It is raised where it is asked for, and
            again at the end if the program has swallowed it.
        UnusedTurnsError: see ``unused``.
        ValueError: an argument has another value.
    """
    _check_choice("mode", mode, ("strict", "new_episodes"))
    _check_choice("unused", unused, ("error", "warn", "ignore"))
    refuse_nesting()
    secrets = Secrets()
    if mode == "new_episodes":
        if hasattr(path, "read_text") and not isinstance(path, os.PathLike):
            raise CassetteError(f"New episodes cannot be appended to {path}, which is not a file on disk.")
        _file.check_path(path, "a recording", "run.json")
        file = Path(path).absolute()
        with _writing(file):
            data = _file.read(file) if file.exists() else {**_file.head(False, False), "turns": []}
            if data["schema"] != _file.SCHEMA:
                raise CassetteError(f"{path} is a journal. To go on with it, use autogen_classic.state.journal.")
            library = Library(data["turns"], str(path), ignore, as_list(normalise))
            top = _file.head(**data["recorded"])
            recorder = CassetteRecorder(file, top, data["turns"], secrets)
            with _finishing(recorder), seam.use(TapeOfRun(library, recorder, top["recorded"], secrets)):
                yield
        return
    data = _file.read(path)
    library = Library(data["turns"], str(path), ignore, as_list(normalise))
    tape = TapeOfRun(library, None, data["recorded"], secrets)
    try:
        with seam.use(tape):
            yield
    except SystemExit as stop:
        if stop.code in (None, 0):
            _check_end(tape, str(path), unused)
        raise
    _check_end(tape, str(path), unused)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}.")


def as_list(normalise: Callable[[str], str] | Iterable[Callable[[str], str]]) -> list[Callable[[str], str]]:
    """Turn what ``normalise`` takes into a list of functions.

    Args:
        normalise: a function, or several.

    Raises:
        ValueError: something else.
    """
    is_several = isinstance(normalise, Iterable) and not isinstance(normalise, str)
    functions: list[Any] = list(normalise) if is_several and not callable(normalise) else [normalise]
    for function in functions:
        if not callable(function):
            raise ValueError(f"normalise takes functions of a text, such as replay.paths, not {function!r}.")
    return functions


def refuse_nesting() -> None:
    """Refuse a second recording or replay in this thread or task.

    Raises:
        CassetteError: a recording or a replay is on in this thread or task.
    """
    if seam.is_on_here():
        raise CassetteError("A recording or replay is on already in this thread or task. End it before the next one.")


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """Refuse to write one file twice at a time."""
    with _lock:
        if file in _being_written:
            raise CassetteError(f"The recording {file} is being written already. Give each recording its own file.")
        _being_written.add(file)
    try:
        yield
    finally:
        with _lock:
            _being_written.discard(file)


@contextmanager
def _finishing(recorder: CassetteRecorder) -> Iterator[None]:
    """Write the file at the end, however the run ends."""
    try:
        yield
    except BaseException:
        recorder.finish(failed=True)
        raise
    recorder.finish(failed=False)


def _check_end(tape: TapeOfRun, place: str, unused: str) -> None:
    """Raise the mismatch of a run, if there was one, or tell of turns that were never asked for."""
    if tape.mismatch is not None:
        raise tape.mismatch
    assert tape.library is not None
    turns = tape.library.unused
    if not turns or unused == "ignore":
        return
    lines = [f"  turn {turn['number']}: {describe(turn)}" for turn in turns[:_SHOWN_UNUSED]]
    if len(turns) > _SHOWN_UNUSED:
        lines.append(f"  and {len(turns) - _SHOWN_UNUSED} more")
    those = counted(len(turns), f"recorded turn of {place} was", f"recorded turns of {place} were")
    text = (
        f"The program has ended, but {those} never asked for:\n" + "\n".join(lines) + "\nThe program does less than "
        'when it was recorded. Record it again, or replay it with unused="ignore" if that is meant.'
    )
    if unused == "warn":
        warnings.warn(text, stacklevel=4)
        return
    raise UnusedTurnsError(text)
