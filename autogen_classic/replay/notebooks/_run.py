"""Run the cells of a notebook unchanged, while its own saved outputs play the model and the person."""

from __future__ import annotations

import builtins
import contextlib
import getpass
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from ..._core import tape as seam
from ..._core.events import MessageReceived, listening
from ..._packages import distribution_of
from ...compat.alias import install_as_autogen
from ...compat.notebook import Cell, Shell, open_shell, read_cells
from ...errors import NotebookDepartureError, NotebookError
from ...oai._specs import SPECS
from .. import _file
from .._recorder import CassetteRecorder
from .._values import Secrets
from ._cells import carryovers_named, keys_read, models_named
from ._idle_executors import put_in_place
from ._player import PLACEHOLDER_KEY, Player, TranscriptTape
from ._report import CellReport, Departure, NotebookReport, compare
from ._stand_ins import StandInModule, leave_pictures_blank, missing_modules, standing_in
from ._sudden_end import SuddenEnd
from ._transcript import Turn, read_transcript
from .outputs import error_of, shown_text, write_outputs

__all__ = ("replay_notebook", "run_replay")

_LARGEST_NOTEBOOK = 200 * 1024 * 1024


def replay_notebook(
    path: str | os.PathLike[str],
    *,
    code: bool = False,
    tools: bool = False,
    cassette: str | os.PathLike[str] | None = None,
    write: str | os.PathLike[str] | None = None,
    timeout: float = 600,
) -> NotebookReport:
    """Hold the conversations of a notebook again, from its own saved outputs: no key, no network, no cost.

    The cells run unchanged in a new process, in the folder of the notebook. What the model and the person said is read
    from the outputs; nothing is made up.

    Args:
        path: an ``.ipynb`` file whose outputs were saved.
        code: whether results of executed code come from the outputs too; otherwise the code runs.
        tools: whether results of tools come from the outputs too; otherwise the tools run.
        cassette: a file for a recording of the run, which `autogen_classic.replay.replay` can play.
        write: a file for a copy of the notebook with the new outputs.
        timeout: after how many seconds the process is killed.

    Returns:
        What was reproduced, and where the run first departs from the record.

    Raises:
        NotebookError: the file is not a notebook of format 4, has no conversation in its outputs, or does not end in
            time.
    """
    _file.check_path(path, "a notebook", "lesson.ipynb")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "autogen_classic", "replay", os.fspath(path), "--json", str(report)]
        command += _options(code, tools, cassette, write)
        package = Path(__file__).parents[3]
        places = os.pathsep.join(filter(None, (str(package), os.environ.get("PYTHONPATH"))))
        with subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": places},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                _, complaint = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                raise NotebookError(
                    f"{path} has not ended within {timeout:g} seconds. Give it a longer timeout."
                ) from None
            finally:
                _end_with_all_it_has_started(process)
        if not report.exists():
            said = complaint.strip().removeprefix("autogen-classic replay: ")
            how = f" ({signal.strsignal(-process.returncode)})" if process.returncode < 0 else ""
            raise NotebookError(f"{said or f'{path} cannot be run: its process ended with {process.returncode}.'}{how}")
        return NotebookReport.from_json(report.read_text(encoding="utf-8"))


def _options(
    code: bool, tools: bool, cassette: str | os.PathLike[str] | None, write: str | os.PathLike[str] | None
) -> list[str]:
    """The options of ``autogen-classic replay`` that stand for the arguments of `replay_notebook`."""
    options = []
    if code:
        options.append("--code")
    if tools:
        options.append("--tools")
    if cassette is not None:
        options += ["--cassette", os.fspath(cassette)]
    if write is not None:
        options += ["--write", os.fspath(write)]
    return options


def _end_with_all_it_has_started(process: subprocess.Popen[str]) -> None:
    """End a process that leads a session, unless it is over; what the cells have started ends with it."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def run_replay(path: Path, *, code: bool, tools: bool, cassette: Path | None, write: Path | None) -> NotebookReport:
    """Do the work of `replay_notebook` in this process, which belongs to the notebook from then on.

    Args:
        path: the notebook.
        code: whether results of code come from the outputs.
        tools: whether results of tools do.
        cassette: where the recording goes, or None.
        write: where the copy goes, or None.

    Returns:
        The report.

    Raises:
        NotebookError: see `replay_notebook`.
    """
    cells = _cells_with_a_conversation(path)
    source = path.resolve()
    cassette, write = (None if file is None else file.resolve() for file in (cassette, write))
    install_as_autogen()
    player = Player(carryovers_named(cells))
    outputs: dict[int, list[dict[str, Any]]] = {}
    reports = []
    with contextlib.ExitStack() as stack:
        sudden_end = stack.enter_context(SuddenEnd(path))
        kept = cassette or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "run.json"
        recorder = CassetteRecorder(kept, _file.head(tools, code), [], Secrets())
        os.chdir(source.parent)
        sys.path.insert(0, str(source.parent))  # for modules beside the notebook, and those that a cell writes
        _give_keys(cells)
        leave_pictures_blank()
        if code:
            os.environ.setdefault("AUTOGEN_USE_DOCKER", "0")  # no code runs, so that no engine is needed
            put_in_place()
        builtins.input = player.answer_to_input
        stack.enter_context(seam.use(TranscriptTape(player, recorder, tools, code, models_named(cells))))
        stack.enter_context(listening(player.hear, kinds=[MessageReceived]))
        shell = stack.enter_context(open_shell(source.name))
        for cell in cells:
            with sudden_end.told(cell.number):
                report, outputs[cell.number] = _replay_cell(shell, cell, player)
            reports.append(report)
        recorder.finish(failed=False)
    if write is not None:
        write_outputs(source, write, outputs)
    return NotebookReport(
        str(path), tuple(reports), player.unknown_summaries, player.unknown_analyses, player.hidden_answers
    )


def _cells_with_a_conversation(path: Path) -> list[Cell]:
    """The cells of a notebook; NotebookError if none of its outputs shows a conversation, or it is too large."""
    if path.is_file() and path.stat().st_size > _LARGEST_NOTEBOOK:
        raise NotebookError(f"{path} has more than {_LARGEST_NOTEBOOK >> 20} MB. Clear the pictures in its outputs.")
    cells = read_cells(path)
    if not any(_turns_in(read_transcript(shown_text(cell))) for cell in cells):
        raise NotebookError(
            f"{path} has no conversation in its saved outputs, so there is nothing to replay. Save it after a run, or "
            f"run it with a model: autogen-classic run {path.name}"
        )
    return cells


def _replay_cell(shell: Shell, cell: Cell, player: Player) -> tuple[CellReport, list[dict[str, Any]]]:
    """Run a cell; return how it compares with the record, and its new outputs."""
    before = shown_text(cell)
    items = read_transcript(before)
    player.begin(items, before)
    missing = missing_modules(cell.source)
    with standing_in(missing):
        text, error = _run_cell(shell, cell)
    report = compare(cell.number, _turns_in(items), _turns_in(read_transcript(text)))
    outputs = [{"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}] if text else []
    if error is not None:
        name = type(error).__name__
        outputs.append({"output_type": "error", "ename": name, "evalue": str(error), "traceback": []})
        ended_as_recorded = name == error_of(cell) or (
            isinstance(error, NotebookDepartureError) and error_of(cell) and report.departure is None
        )
        if not ended_as_recorded:
            report = replace(report, departure=_failure(cell.number, error, report))
    if missing:
        report = replace(report, departure=_missing(missing, report))
    return report, outputs


def _run_cell(shell: Shell, cell: Cell) -> tuple[str, BaseException | None]:
    """Run a cell; return what it printed, and the error that ended it, if any."""
    shown = _Shown(sys.stdout)
    error: BaseException | None
    with contextlib.redirect_stdout(shown):
        try:
            error = shell.run(cell)
        except (NotebookError, SystemExit) as raised:
            error = raised
    return shown.getvalue(), error


def _turns_in(items: Sequence[object]) -> list[Turn]:
    return [item for item in items if isinstance(item, Turn)]


def _missing(modules: Sequence[str], report: CellReport) -> Departure:
    """A cell departs where it imports what is not there, and at the message where that shows first."""
    shown = report.departure or Departure(report.number, None, "", "")
    packages = dict.fromkeys(map(distribution_of, modules))
    why = f"Not installed: {', '.join(modules)}. Install it: python -m pip install {' '.join(packages)}"
    return replace(shown, kind="missing package", why=why)


def _failure(cell: int, error: BaseException, report: CellReport) -> Departure:
    """The departure that an error makes, unless the conversation had departed before."""
    before = report.departure
    if before is not None and before.kind in ("other speaker", "other text"):
        return before
    turn = None if before is None else before.turn
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError) and "pip install" in text:  # it says itself what to install, with the extra
        return Departure(cell, turn, "missing package", text)
    if isinstance(error, ModuleNotFoundError) and error.name:
        advice = f"Install it: python -m pip install {distribution_of(error.name)}"
        return Departure(cell, turn, "missing package", f"{text}. {advice}")
    if isinstance(error, FileNotFoundError):
        return Departure(cell, turn, "missing file", text)
    if type(error).__name__ == "DockerUnavailableError":  # to import it would need the package docker
        text += "\n- take the results of code from the outputs: --code"
    kind = "not in the record" if isinstance(error, NotebookDepartureError) else "cell error"
    return Departure(cell, turn, kind, text, "" if before is None else before.recorded)


class _Shown(StringIO):
    """Keeps what is printed, and shows it."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out

    def write(self, text: str, /) -> int:
        """Keep a text and show it."""
        self._out.write(text)
        return super().write(text)

    def flush(self) -> None:
        """Show what waits to be shown."""
        self._out.flush()


def _give_keys(cells: Sequence[Cell]) -> None:
    """Put what stands for a key wherever the cells read one; no key is sent anywhere."""
    of_models = {variable for spec in SPECS for variable in spec.key_variables}
    for variable in sorted(keys_read(cells, os.environ) | of_models):
        os.environ[variable] = PLACEHOLDER_KEY  # in place of a real one as well: a cell may make a client of its own
    getpass.getpass = _placeholder
    _offer_colab()


def _offer_colab() -> None:
    """Put what stands for ``google.colab`` beside the packages of Google that are installed, if any are."""
    sys.meta_path.append(_ColabFinder())
    if find_spec("google") is None:
        sys.modules["google"] = module_from_spec(ModuleSpec("google", None, is_package=True))
    vars(import_module("google.colab.userdata"))["get"] = _placeholder


class _ColabFinder(MetaPathFinder, Loader):
    """Finds ``google.colab`` and every part of it, where the package is not installed."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Find a module, whatever its path."""
        return ModuleSpec(name, self) if f"{name}.".startswith("google.colab.") else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a module that has everything that is asked for."""
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it as it is."""


def _placeholder(*_: object, **__: object) -> str:
    return PLACEHOLDER_KEY
