"""The folder that a teacher hands out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...errors import ClassroomError
from . import check
from .leftovers import DRAFT_SUFFIX
from .runs import NOTICES, RUN_SUFFIX
from .wheels import PACKAGES

__all__ = ("Lesson", "copy_parts", "find_notebooks", "record_lesson")

_IN_PACKAGE = Path(__file__).with_name("notebooks")
_IN_CHECKOUT = Path(__file__).resolve().parents[3] / "notebook"
_SECONDS = 600
_KEYS = ("_API_KEY", "_TOKEN", "OAI_CONFIG_LIST")
_NEEDS_KEY = (
    "it asks a model that needs a key, and lessons are recorded without keys. Let a ScriptedClient "
    "(autogen_classic.testing) or the model `local` answer in it, or leave out the runs: --no-records"
)

_README = """\
# What to do

1. Check whether this machine is ready: `python check.py`
2. If something is missing, install it, without a network if there is a folder `wheels`:
   `python -m pip install --no-index --find-links wheels -r requirements.txt`
3. Open a notebook of the folder `notebooks`, for instance with `jupyter lab`.

To hand in what you have done, keep a run, and send the file:

    autogen-classic classroom run notebooks/01-introduction.ipynb

A run without a key, with the recorded answers of models and people:

    autogen-classic run --ignore model --replay cassettes/01-introduction.json notebooks/01-introduction.ipynb
"""


@dataclass(frozen=True)
class Lesson:
    """What came of running a notebook once.

    Attributes:
        name: its file name without the ending.
        has_cassette: whether its answers could be recorded. A notebook that records by itself has none.
        fault: the last line of the error, if it failed; else None.
    """

    name: str
    has_cassette: bool
    fault: str | None


def find_notebooks(given: Path | None) -> list[Path]:
    """The notebooks of a class.

    Args:
        given: a folder, or one notebook; None takes those that come with this library.

    Raises:
        ClassroomError: there are none.
    """
    if given is not None and not given.exists():
        raise ClassroomError(f"There is no file or folder {given}.")
    for place in [given] if given is not None else [_IN_PACKAGE, _IN_CHECKOUT]:
        found = [place] if place.suffix == ".ipynb" and place.is_file() else sorted(place.glob("*.ipynb"))
        if found:
            return found
    where = "this installation" if given is None else given if given.name else given.resolve()
    raise ClassroomError(f"There are no notebooks in {where}. Name a folder that has some: --notebooks FOLDER")


def copy_parts(folder: Path, notebooks: Iterable[Path], requirements: Iterable[str]) -> None:
    """Write everything that needs no run and no network.

    Args:
        folder: a new folder; what only the teacher has may lie in it already.
        notebooks: the notebooks.
        requirements: the packages that they need.
    """
    (folder / "notebooks").mkdir(parents=True)
    for notebook in notebooks:
        shutil.copy(notebook, folder / "notebooks")
    shutil.copy(check.__file__, folder / "check.py")
    lines = [f"--find-links {PACKAGES}"] if (folder / PACKAGES).is_dir() else []
    lines += requirements
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / "README.md").write_text(_README, encoding="utf-8")


def record_lesson(notebook: Path, folder: Path) -> Lesson:
    """Run a notebook in an empty folder and without keys; keep its answers and what happened in it.

    Args:
        notebook: the notebook.
        folder: the handout.
    """
    run = folder / "records" / f"{notebook.stem}{RUN_SUFFIX}"
    cassette = folder / "cassettes" / f"{notebook.stem}.json"
    for file in (run, cassette):
        file.parent.mkdir(exist_ok=True)
    fault = _run(notebook, run, cassette)
    has_cassette = fault is None
    if not has_cassette:
        for file in (run, cassette):
            file.unlink(missing_ok=True)
        fault = _run(notebook, run, None)
    for file in run.parent.glob(f"{run.name}.*{DRAFT_SUFFIX}"):  # of a notebook that took too long
        file.unlink()
    return Lesson(notebook.stem, has_cassette, fault)


def _run(notebook: Path, run: Path, cassette: Path | None) -> str | None:
    """Run a notebook in a process of its own. Returns why it failed, or None."""
    kept = [] if cassette is None else ["--cassette", str(cassette.absolute())]
    environment = {name: value for name, value in os.environ.items() if not name.endswith(_KEYS)}
    environment["PYTHONUNBUFFERED"] = "1"  # so that errors and what was printed keep their order
    with tempfile.TemporaryDirectory(prefix="lesson") as place:
        copy = shutil.copy(notebook, place)
        command = [sys.executable, "-m", "autogen_classic", "classroom", "run", copy, "-o", str(run.absolute()), *kept]
        try:
            process = subprocess.run(
                command,
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"it took more than {_SECONDS} seconds"
    if process.returncode == 0:
        return None
    printed = process.stdout.decode("utf-8", "replace").splitlines()
    notices = (*NOTICES, f"{notebook.name}: cell ")  # they follow the error
    lines = [line for line in printed if line.strip() and not line.startswith(notices)]
    fault = lines[-1] if lines else f"exit code {process.returncode}"
    return _NEEDS_KEY if any(key in fault for key in _KEYS) else fault
