"""An interpreter of this machine."""

from __future__ import annotations

import os
import sys

from .python_environment import PythonEnvironment

__all__ = ("SystemPythonEnvironment",)


class SystemPythonEnvironment(PythonEnvironment):
    """Runs code with an interpreter of this machine, without a fence around it.

    Args:
        executable: the path of the interpreter; None stands for the one that runs this program.
    """

    def __init__(self, executable: str | None = None) -> None:
        super().__init__()
        self._executable = executable or sys.executable

    def get_executable(self) -> str:
        """Return the path of the interpreter."""
        return self._executable

    def _set_up(self) -> None:
        if not os.path.exists(self._executable):
            raise RuntimeError(f"Python executable not found at: {self._executable}")
