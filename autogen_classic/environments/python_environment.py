"""What every place has in which Python code runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextvars import ContextVar, Token
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from typing_extensions import Self

from .._argument_checks import Seconds, check_value
from .._code.process.command import ProcessResult, run_command
from .._core.threads import in_thread
from .working_directory import WorkingDirectory

__all__ = ("MOST_OUTPUT", "CodeResult", "PythonEnvironment")

CodeResult: TypeAlias = dict[str, bool | str | int]
"""``success``, ``stdout``, ``stderr`` and ``returncode``; or ``success``, which is False, and ``error``."""

MOST_OUTPUT = 1024 * 1024
"""How many bytes of each output are kept."""

_current: ContextVar[PythonEnvironment | None] = ContextVar("autogen_classic_python_environment", default=None)


class PythonEnvironment(ABC):
    """A place in which Python code runs. Within its ``with`` block it is the current one of this thread or task."""

    def __init__(self) -> None:
        self._token: Token[PythonEnvironment | None] | None = None

    def __enter__(self) -> Self:
        """Make the place ready, and make it the current one.

        Raises:
            RuntimeError: it cannot be made.
        """
        self._set_up()
        self._token = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Clean up."""
        if self._token is not None:
            _current.reset(self._token)
            self._token = None
        self._clean_up()

    @abstractmethod
    def get_executable(self) -> str:
        """Return the path of the interpreter."""

    async def execute_code(self, code: str, script_path: str, timeout: int = 30) -> CodeResult:
        """Write code to a file and run it. It does not see the keys that are in the environment of this program.

        Args:
            code: the code.
            script_path: the file, which is overwritten; its directory is made if need be.
            timeout: how many seconds it may take.

        Returns:
            ``success``, ``stdout``, ``stderr`` and ``returncode``; where it could not run or took too long,
            ``success``, which is False, and ``error``.
        """
        try:
            check_value("timeout of execute_code", timeout, Seconds | None)
            script = Path(script_path)
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(code, encoding="utf-8", errors="replace")
            result = await in_thread(self._run, script.absolute(), timeout)
        except (OSError, TypeError, ValueError) as error:
            return {"success": False, "error": f"Execution error: {error}"}
        if result.timed_out:
            return {"success": False, "error": f"Execution timed out after {timeout} seconds"}
        return {
            "success": result.exit_code == 0,
            "stdout": result.stdout,
            "stderr": result.stderr + result.end_by_signal,
            "returncode": result.exit_code,
        }

    @classmethod
    def get_current_python_environment(
        cls, python_environment: PythonEnvironment | None = None
    ) -> PythonEnvironment | None:
        """Return a place that is given, or else the current one, or None.

        Args:
            python_environment: the one that goes before the current one.
        """
        return _current.get() if python_environment is None else python_environment

    def _run(self, script: Path, timeout: int) -> ProcessResult:
        command = [self.get_executable(), str(script)]
        return run_command(command, cwd=_directory_for(script), timeout=timeout, max_output=MOST_OUTPUT)

    def _set_up(self) -> None:  # noqa: B027  # there may be nothing to do
        """Make the place."""

    def _clean_up(self) -> None:  # noqa: B027
        """Remove what was made."""


def _directory_for(script: Path) -> Path:
    directory = WorkingDirectory.get_current_working_directory()
    return script.parent if directory is None else directory.absolute
