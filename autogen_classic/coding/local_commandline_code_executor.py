"""Run code blocks as processes on this machine."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from string import Template
from types import SimpleNamespace
from typing import ClassVar, Literal, ParamSpec

from .._code.commands import PYTHON_VARIANTS, WIN32, command_for, refusal_in_shell, temporary_name
from .._code.directory import made_directory
from .._code.outcome import TIMEOUT_MSG, Outcome
from .._code.process.bubblewrap import bubblewrap_command, check_bubblewrap
from .._code.process.command import Command, ProcessResult
from .._code.process.environment import environment_for_code, python_command
from ._blocks import save_code
from ._executor import MAX_OUTPUT, CommandLineExecutor
from .base import CodeBlock, CommandLineCodeResult
from .func_with_reqs import (
    AnyFunction,
    _build_python_functions_file,
    _requirements_of,
    to_stub,
)
from .limits import ResourceLimits

__all__ = ("PYTHON_VARIANTS", "TIMEOUT_MSG", "WIN32", "LocalCommandLineCodeExecutor")

A = ParamSpec("A")

_LAST_SIGNAL = 64  # of Linux, where bubblewrap runs

logger = logging.getLogger("autogen.coding.local_commandline_code_executor")


class LocalCommandLineCodeExecutor(CommandLineExecutor):
    """Runs Python and shell code in separate processes, in one working directory, with a time limit.

    Without ``sandbox`` this is a seat belt, not a sandbox: the code runs with your rights and can read, change and
    send whatever you can. Keys in the environment are not handed on to it.

    Args:
        timeout: how long one block may run, in seconds, at least 1.
        virtual_env_context: what `autogen_classic.code_utils.create_virtual_env` returned, to run the code in that
            virtual environment. Without it, Python code runs under the Python that runs this program.
        work_dir: the directory to run in; it is created if need be. No code file is written outside it.
        functions: functions that the code may import; see `format_functions_for_prompt`.
        functions_module: the module from which it imports them, a valid Python name.
        execution_policies: says for languages whether their code is run (True) or only saved to a file (False);
            what it does not name stays as in ``DEFAULT_EXECUTION_POLICY``.
        sandbox: ``"bubblewrap"`` (Linux) runs the code where it sees the system and the Python in use read-only, the
            working directory, and nothing else of this machine; None runs it without a sandbox.
        network: whether code in the sandbox reaches the network.
        limits: limits for each process, a `ResourceLimits` or a dict of its fields.
        inherit_environment: names of environment variables with keys, tokens or passwords that the code may have;
            ``["*"]`` hands on all of them. By default such variables are left out.
        max_output: how many bytes of each of the two outputs of a block are kept; the middle of a longer one is cut
            out, with a note. None keeps everything.

    Raises:
        ValueError: the timeout is below 1, the module name is not a Python name, or the sandbox is not known.
        TypeError: the timeout is not a number.
        FileExistsError: work_dir is a file.
        SandboxUnavailableError: this machine does not have the sandbox, or does not allow it.
        LimitsUnavailableError: this machine cannot enforce limits.
    """

    _UNSUPPORTED: ClassVar[str] = "\nunknown language {}"
    SUPPORTED_LANGUAGES: ClassVar[list[str]] = list(CommandLineExecutor.DEFAULT_EXECUTION_POLICY)
    FUNCTION_PROMPT_TEMPLATE: ClassVar[str] = (
        "These functions are ready for use in your Python code. "
        "They live in the module `$module_name`; write `from $module_name import ...` to get at them.\n\n$functions"
    )

    def __init__(
        self,
        timeout: int = 60,
        virtual_env_context: SimpleNamespace | None = None,
        work_dir: Path | str = Path("."),
        functions: Sequence[AnyFunction] = [],
        functions_module: str = "functions",
        execution_policies: dict[str, bool] | None = None,
        *,
        sandbox: Literal["bubblewrap"] | None = None,
        network: bool = False,
        limits: ResourceLimits | Mapping[str, int] | None = None,
        inherit_environment: Sequence[str] = (),
        max_output: int | None = MAX_OUTPUT,
    ) -> None:
        super().__init__(timeout, work_dir, execution_policies, max_output)
        if not functions_module.isidentifier():
            raise ValueError("Module name must be a valid Python identifier")
        if sandbox not in (None, "bubblewrap"):
            raise ValueError(f'sandbox must be "bubblewrap" or None, but it is {sandbox!r}.')
        if sandbox is not None:
            check_bubblewrap()
        self._sandbox = sandbox
        self._network = network
        self._limits = ResourceLimits.of(limits)
        self._limits.command()  # reports now, not at the first block, if limits cannot be enforced here
        self._inherit_environment = tuple(inherit_environment)
        self._running: set[Command] = set()
        # A program that changes its directory later goes on using the same working directory.
        self._root = made_directory(self._work_dir).resolve()
        self._virtual_env_context = virtual_env_context
        self._functions = functions
        self._functions_module = functions_module
        self._setup_functions_complete = not functions

    @property
    def functions(self) -> Sequence[AnyFunction]:
        """The functions that the code may import."""
        return self._functions

    @property
    def functions_module(self) -> str:
        """The module from which the code imports the functions."""
        return self._functions_module

    def format_functions_for_prompt(self, prompt_template: str = FUNCTION_PROMPT_TEMPLATE) -> str:
        """Describe the functions for a model.

        Args:
            prompt_template: a text with ``$module_name`` and ``$functions``.

        Returns:
            The text with both filled in; the functions appear without their bodies.
        """
        stubs = "\n\n".join(to_stub(function) for function in self._functions)
        return Template(prompt_template).substitute(module_name=self._functions_module, functions=stubs)

    @staticmethod
    def sanitize_command(lang: str, code: str) -> None:
        """Refuse shell code that is dangerous at first sight. This stops accidents, not intent.

        Args:
            lang: the language; only bash, shell and sh are looked at.
            code: the code.

        Raises:
            ValueError: the code holds ``rm -rf``, ``dd``, a move to /dev/null, a write to a disk, or a fork bomb.
        """
        if lang not in ("bash", "shell", "sh"):
            return
        if message := refusal_in_shell(code):
            raise ValueError(f"Potentially dangerous command detected: {message}")

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> CommandLineCodeResult:
        """Set up the functions if need be, and run the blocks; for each, standard error comes before standard output.

        Raises:
            ValueError: shell code is refused by `sanitize_command`, or the functions cannot be set up.
            OSError: the working directory cannot be written to.
        """
        if not self._setup_functions_complete:
            self._setup_functions()
        return self._execute_code_dont_check_setup(code_blocks)

    def _execute_code_dont_check_setup(self, code_blocks: Sequence[CodeBlock]) -> CommandLineCodeResult:
        return super().execute_code_blocks(code_blocks)

    def restart(self) -> None:
        """Warn that there is nothing to restart: every block runs in a new process."""
        warnings.warn("Restarting local command line code executor is not supported. No action is taken.", stacklevel=2)

    def stop(self) -> None:
        """End the code that is running, from any thread. Later blocks run as usual."""
        with self._lock:
            self._stops += 1
            running = list(self._running)
        for command in running:
            command.stop()

    def _run_block(self, block: CodeBlock, stops: int, files: list[str]) -> Outcome:
        self.sanitize_command(self._language_of(block), block.code)
        return super()._run_block(block, stops, files)

    def _language_of(self, block: CodeBlock) -> str:
        language = block.language.lower()
        if language in PYTHON_VARIANTS:
            return "python"
        return "ps1" if WIN32 and language in ("sh", "shell") else language

    def _save(self, code: str, language: str) -> Path:
        return save_code(code, self._root, temporary_name(code, language), language)

    def _run_file(self, file: PurePath, language: str, stops: int) -> Outcome:
        result = self._run([*command_for(language, self._python()), str(file)], stops)
        output = result.stderr + result.stdout + result.end_by_signal
        return Outcome(result.exit_code, output, result.timed_out, result.stopped)

    def _python(self) -> str:
        if self._virtual_env_context is None:
            return python_command()
        return os.path.abspath(str(self._virtual_env_context.env_exe))

    def _run(self, command: list[str], stops: int) -> ProcessResult:
        """Run a command, unless `stop` was called since ``stops`` was counted, such as between two blocks."""
        environment = environment_for_code(os.path.dirname(self._python()), self._inherit_environment)
        running = Command(
            [*self._limits.command(), *self._sandbox_command(), *command],
            cwd=self._root,
            env=environment,
            max_output=self._max_output,
        )
        with self._lock:
            self._running.add(running)
            if self._stops != stops:
                running.stop()
        try:
            result = running.run(self._timeout)
            return result if self._sandbox is None else _as_without_sandbox(result)
        finally:
            with self._lock:
                self._running.discard(running)

    def _sandbox_command(self) -> list[str]:
        if self._sandbox is None:
            return []
        python = Path(self._python())
        readable: list[str | Path] = [sys.prefix, sys.base_prefix, python.resolve().parent.parent]
        if self._virtual_env_context is not None:
            readable.append(python.parent.parent)
        return bubblewrap_command(self._root, network=self._network, readable=readable)

    def _setup_functions(self) -> None:
        """Install what the functions need and write their module; ValueError if that does not work."""
        packages = _requirements_of(self._functions)
        if packages:
            logger.info("Ensuring packages are installed in executor.")
            result = self._run([self._python(), "-m", "pip", "install", *packages], self._stops)
            if result.timed_out:
                raise ValueError("Pip install timed out")
            if result.exit_code != 0:
                raise ValueError(f"Pip install failed. {result.stdout}, {result.stderr}")
        module = self._root / f"{self._functions_module}.py"
        module.write_text(_build_python_functions_file(self._functions), encoding="utf-8")
        result = self._run([self._python(), str(module)], self._stops)
        if result.timed_out or result.exit_code != 0:
            raise ValueError(f"Functions failed to load: {TIMEOUT_MSG if result.timed_out else result.stderr}")
        self._setup_functions_complete = True


def _as_without_sandbox(result: ProcessResult) -> ProcessResult:
    """The result as it would be without bubblewrap, which reports the end by a signal as a shell does: 128 + signal."""
    signal_number = result.exit_code - 128
    return result._replace(exit_code=-signal_number) if 1 <= signal_number <= _LAST_SIGNAL else result


_RENAMED = {
    "LocalCommandlineCodeExecutor": LocalCommandLineCodeExecutor,
    "CommandlineCodeResult": CommandLineCodeResult,
}


def __getattr__(name: str) -> type:
    if name not in _RENAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    renamed = _RENAMED[name]
    warnings.warn(
        f"{name} has been renamed to {renamed.__name__}, the alias will be removed in the future",
        DeprecationWarning,
        stacklevel=2,
    )
    return renamed
