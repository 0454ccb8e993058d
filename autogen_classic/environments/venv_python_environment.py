"""A virtual environment."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from .._code.process.command import run_command
from .python_environment import PythonEnvironment

__all__ = ("VenvPythonEnvironment",)

_SECONDS_TO_MAKE = 300


class VenvPythonEnvironment(PythonEnvironment):
    """Runs code in a virtual environment, which is made when the ``with`` block begins.

    Args:
        python_version: the version of Python to make it with, such as ``"3.12"``; it must be on the path.
        python_path: the interpreter to make it with, in place of a version. Without both, that of this program.
        venv_path: where it lies. One that is there already is used as it is, and stays; without a path it is made in a
            directory of its own, and is removed at the end of the block.
    """

    def __init__(
        self, python_version: str | None = None, python_path: str | None = None, venv_path: str | None = None
    ) -> None:
        super().__init__()
        self._version = python_version
        self._python = python_path
        self._given = None if venv_path is None else Path(venv_path).absolute()
        self._place: Path | None = None

    def get_executable(self) -> str:
        """Return the path of the interpreter.

        Raises:
            RuntimeError: the ``with`` block has not begun.
        """
        if self._place is None:
            raise RuntimeError("The virtual environment is made when its with block begins.")
        return str(self._place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))

    def _set_up(self) -> None:
        python = self._base()
        self._place = self._given or Path(tempfile.mkdtemp(prefix="ag2_python_env_"))
        if Path(self.get_executable()).exists():
            return
        self._place.parent.mkdir(parents=True, exist_ok=True)
        made = run_command([python, "-m", "venv", str(self._place)], cwd=self._place.parent, timeout=_SECONDS_TO_MAKE)
        if made.exit_code != 0:
            self._clean_up()
            raise RuntimeError(f"{python} has made no virtual environment: {(made.stderr or made.stdout).strip()}")

    def _base(self) -> str:
        """The interpreter to make it with."""
        wanted = self._python or (sys.executable if self._version is None else f"python{self._version}")
        found = shutil.which(wanted)
        if found is None:
            raise RuntimeError(f"Python executable not found at: {wanted}")
        return found

    def _clean_up(self) -> None:
        if self._given is None and self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)
        self._place = None
