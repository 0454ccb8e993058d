"""The file of a recording: how it is read, and how it is written while the run goes on.

While a run is recorded, each turn goes at once into ``NAME.PID.partial`` beside the file, which is a whole recording
after every turn: a run that is killed loses nothing. At the end the file itself is replaced in one step, with the turns
in the order in which they began. See ``cassette.schema.json`` for the form.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from .._core.whole_files import is_special, write_whole
from ..errors import CassetteError
from ._journal_lines import is_journal, read_lines
from ._turns import Shortener, Turn, expand, fault_of
from ._values import pretty

__all__ = ("SCHEMA", "PartialFile", "check_can_be_written", "check_path", "head", "read", "write")

SCHEMA = "autogen-classic/cassette/1"
_END = b"\n  ]\n}\n"


def head(tools: bool, code: bool) -> dict[str, Any]:
    """The beginning of a recording.

    Args:
        tools: whether results of tools are in it.
        code: whether results of code are in it.
    """
    return {"recorded": {"code": code, "tools": tools}, "schema": SCHEMA}


# --- reading


def check_path(path: object, what: str, example: str) -> None:
    """Refuse what cannot stand for a file.

    Args:
        path: a text, or an object that stands for a path.
        what: whose it is, for the error.
        example: a name for such a file.

    Raises:
        TypeError: ``path`` is neither.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"The path of {what} must be a text or a path, but it is {path!r}. Name a file: {example!r}.")


def read(source: Any) -> dict[str, Any]:
    """Read a recording, or the journal of a run.

    Args:
        source: a path, or anything with ``read_text``, such as a file of a package (``importlib.resources``).

    Returns:
        ``recorded``, and ``turns`` with whole requests.

    Raises:
        CassetteError: the file does not exist, or does not hold a recording.
        JournalError: it is a damaged journal, or one of another release.
        TypeError: the source is neither.
    """
    place = str(source)
    if not hasattr(source, "read_text"):
        check_path(source, "a recording", "run.json")
    try:
        file = source if hasattr(source, "read_text") else Path(source)
        data = file.read_bytes() if hasattr(file, "read_bytes") else file.read_text(encoding="utf-8").encode()
    except FileNotFoundError:
        raise CassetteError(
            f"There is no recording {place} (looked for it from {os.getcwd()}). {_hint_at_partial_files(place)}"
            "Record one first: `with record(...)`, or `autogen-classic run --record FILE PROGRAM`."
        ) from None
    except OSError as error:
        raise CassetteError(f"The recording {place} cannot be read ({type(error).__name__}: {error}).") from None
    recording = read_lines(data, place) if is_journal(data) else _read_whole(data, place)
    expand(recording["turns"], place)
    return recording


def _read_whole(data: bytes, place: str) -> dict[str, Any]:
    try:
        recording = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CassetteError(f"The recording {place} cannot be read ({type(error).__name__}: {error}).") from None
    except (ValueError, RecursionError) as error:
        what = "is empty" if not data.strip() else f"is not JSON ({error})"
        raise CassetteError(
            f"The recording {place} {what}. Record it again, or fetch it again from where you got it."
        ) from None
    _check(recording, place)
    return dict(recording)


def _hint_at_partial_files(place: str) -> str:
    path = Path(place)
    partial = sorted(path.parent.glob(f"{path.name}.*.partial")) if path.parent.is_dir() else []
    if not partial:
        return ""
    return f"A recording that was interrupted left {partial[-1].name}, which can be replayed as it is. "


def _check(data: Any, place: str) -> None:
    """Refuse what is not a recording of this release, with what is wrong and where."""
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema is None:
        raise CassetteError(f'{place} is not a recording: it is JSON, but has no "schema": "{SCHEMA}" at its top.')
    if schema != SCHEMA:
        raise CassetteError(
            f"The recording {place} has the schema {schema!r}, but this release reads {SCHEMA!r}. Install the release "
            "that wrote it, or record it again."
        )
    recorded = data.get("recorded")
    if not isinstance(recorded, dict) or not all(isinstance(recorded.get(key), bool) for key in ("tools", "code")):
        raise CassetteError(f'{place}: "recorded" must be an object with the booleans "tools" and "code".')
    if not isinstance(data.get("turns"), list):
        raise CassetteError(f'{place}: "turns" must be a list.')
    for position, turn in enumerate(data["turns"]):
        fault = fault_of(turn)
        if fault:
            raise CassetteError(f"{place}: turns[{position}] {fault}")


# --- writing


def check_can_be_written(path: Path) -> None:
    """Refuse a place where there can be no file.

    Args:
        path: the file of a recording.

    Raises:
        CassetteError: it is a folder, a device or a pipe, or its folder does not exist.
    """
    if is_special(path):
        raise CassetteError(
            f"A recording cannot be written to {path}: it is a device or a pipe. Name a file, such as run.json."
        )
    if path.is_dir():
        raise CassetteError(f"A recording cannot be written to {path}: it is a folder. Name a file, such as run.json.")
    if not path.parent.is_dir():
        raise CassetteError(
            f"A recording cannot be written to {path}: there is no folder {path.parent}. Make it first."
        )


def write(path: Path, top: dict[str, Any], turns: Iterable[Turn]) -> None:
    """Write a recording in one step: there is never a broken file of this name.

    Args:
        path: the file.
        top: what `head` returned.
        turns: the turns with whole requests, in order.
    """
    shortener = Shortener()
    data = {**top, "turns": [shortener.shorten(turn) for turn in turns]}
    write_whole(path, f"{pretty(data)}\n".encode())


class PartialFile:
    """What has been recorded so far: a whole recording after every turn.

    Args:
        path: the file that the recording will have at its end.
        top: what `head` returned.

    Attributes:
        path: where it is.
        turns: how many turns are in it.
        fault: why no more are written, or None.

    Raises:
        CassetteError: the file cannot be written.
    """

    def __init__(self, path: Path, top: dict[str, Any]) -> None:
        self.path = path.with_name(f"{path.name}.{os.getpid()}.partial")
        self._shortener = Shortener()
        try:
            self._file = open(self.path, "wb", buffering=0)  # noqa: SIM115 - closed by `remove` or `close`
        except OSError as error:
            raise CassetteError(f"A recording cannot be written to {path} ({error}).") from None
        text = pretty({**top, "turns": []})
        beginning = text[: text.rindex("]")].encode()
        self._put(0, beginning + _END)
        self._at = len(beginning)  # where the next turn goes
        self.turns = 0
        self.fault: OSError | None = None

    def add(self, turn: Turn) -> None:
        """Write one turn at the end. After one that the disk has refused, no more are written.

        Args:
            turn: a turn with a whole request.
        """
        if self.fault is not None:
            return
        text = pretty(self._shortener.shorten(turn)).replace("\n", "\n    ")
        written = f"{',' if self.turns else ''}\n    {text}".encode()
        try:
            self._put(self._at, written + _END)
        except OSError as error:
            self.fault = error
            self._take_back()
            return
        self._at += len(written)
        self.turns += 1

    def _take_back(self) -> None:
        """Do not leave half a turn."""
        with suppress(OSError):
            self._put(self._at, _END)
            self._file.truncate()

    def _put(self, at: int, data: bytes) -> None:
        """Write in one system call if that takes everything, so that a killed process does not leave half a turn."""
        self._file.seek(at)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def close(self) -> None:
        """Keep the file as it is."""
        self._file.close()

    def remove(self) -> None:
        """Remove the file, because all of it is in the recording."""
        self._file.close()
        self.path.unlink(missing_ok=True)
