"""Run code blocks as processes on this machine."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template
from types import SimpleNamespace, TracebackType
from typing import Any, ClassVar, Literal, ParamSpec

from .._code.commands import command_for, temporary_name
from .._code.process.bubblewrap import bubblewrap_command, check_bubblewrap
from .._code.process.command import Command, ProcessResult
from .._code.process.environment import environment_for_code, python_command
from ..code_utils import PYTHON_VARIANTS, TIMEOUT_MSG, WIN32
from ._blocks import save_code
from .base import CodeBlock, CodeExecutor, CodeExtractor, CommandLineCodeResult
from .func_with_reqs import (
    AnyFunction,
    _build_python_functions_file,
    _requirements_of,
    to_stub,
)
from .limits import ResourceLimits
from .markdown_code_extractor import MarkdownCodeExtractor
from .utils import silence_pip

__all__ = ("PYTHON_VARIANTS", "TIMEOUT_MSG", "WIN32", "LocalCommandLineCodeExecutor")

A = ParamSpec("A")

_TIMEOUT_EXIT_CODE = 124  # as the shell's timeout command has it
_STOPPED_EXIT_CODE = 130  # as a shell has it for a command that was interrupted
_MAX_OUTPUT = 32 * 1024 * 1024

_REFUSED_IN_SHELLS = (
    (r"\brm\s+-rf\b", "Use of 'rm -rf' command is not allowed."),
    (r"\bmv\b.*\s/dev/null", "Moving files to /dev/null is not allowed."),
    (r"\bdd\b", "Use of 'dd' command is not allowed."),
    (r">\s*/dev/sd[a-z]", "Overwriting disk blocks directly is not allowed."),
    (r":\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:", "Fork bombs are not allowed."),
)

logger = logging.getLogger("autogen.coding.local_commandline_code_executor")


class LocalCommandLineCodeExecutor(CodeExecutor):
    """Runs Python and shell code in processes of their own, in one working directory, with a time limit.

    Without ``sandbox`` this is a seat belt and no sandbox: the code runs with your rights and can read, change and
    send whatever you can. Keys in the environment are not handed on to it.

    Args:
        timeout: how long one block may run, in seconds, at least 1.
        virtual_env_context: what `autogen_classic.code_utils.create_virtual_env` gave, to run the code in that
            virtual environment. Without it Python code runs under the Python that runs this program.
        work_dir: the directory to run in; it is made if need be. No code file is written outside it.
        functions: functions that the code may import; see `format_functions_for_prompt`.
        functions_module: the module from which it imports them, a valid Python name.
        execution_policies: says for languages whether their code is run (True) or only saved to a file (False);
            what it does not name stays as in ``DEFAULT_EXECUTION_POLICY``.
        sandbox: ``"bubblewrap"`` (Linux) runs the code where it sees the system and the Python in use read-only, the
            working directory, and nothing else of this machine; None runs it without a sandbox.
        network: whether code in the sandbox reaches the network.
        limits: limits for each process, a `ResourceLimits` or a dict of its fields.
        inherit_environment: names of environment variables with keys, tokens or passwords that the code may have;
            ``["*"]`` hands on all. Without it such variables are left out.
        max_output: how many bytes of each of the two outputs of a block are kept; of a longer one the middle is cut
            out, with a note. None keeps everything.

    Raises:
        ValueError: the timeout is below 1, the module name is not a Python name, or the sandbox is not known.
        TypeError: the timeout is not a number.
        FileExistsError: work_dir is a file.
        SandboxUnavailableError: this machine does not have the sandbox, or does not allow it.
        LimitsUnavailableError: this machine cannot enforce limits.
    """

    SUPPORTED_LANGUAGES: ClassVar[list[str]] = [
        "bash",
        "shell",
        "sh",
        "pwsh",
        "powershell",
        "ps1",
        "python",
        "javascript",
        "html",
        "css",
    ]
    DEFAULT_EXECUTION_POLICY: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("bash", "shell", "sh", "pwsh", "powershell", "ps1", "python"), True),
        **dict.fromkeys(("javascript", "html", "css"), False),
    }
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
        max_output: int | None = _MAX_OUTPUT,
    ) -> None:
        if not isinstance(timeout, (int, float)):
            raise TypeError(f"timeout must be a number of seconds, but it is {timeout!r}.")
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        if not functions_module.isidentifier():
            raise ValueError("Module name must be a valid Python identifier")
        if sandbox not in (None, "bubblewrap"):
            raise ValueError(f'sandbox must be "bubblewrap" or None, but it is {sandbox!r}.')
        if sandbox is not None:
            check_bubblewrap()
        self._sandbox = sandbox
        self._network = network
        self._limits = ResourceLimits.of(limits)
        self._limits.command()  # says now, not at the first block, if limits cannot be enforced here
        self._inherit_environment = tuple(inherit_environment)
        self._max_output = max_output
        self._running: set[Command] = set()
        self._stops = 0
        self._lock = threading.Lock()
        self._timeout = timeout
        self._work_dir = Path(work_dir)
        try:
            self._work_dir.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            reason = "work_dir must be a directory, but this is a file"
            raise FileExistsError(error.errno, reason, str(self._work_dir)) from None
        # A program that changes its directory later goes on using the same working directory.
        self._root = self._work_dir.resolve()
        self._virtual_env_context = virtual_env_context
        self._functions = functions
        self._functions_module = functions_module
        self._functions_are_set_up = not functions
        self.execution_policies = {**self.DEFAULT_EXECUTION_POLICY, **(execution_policies or {})}

    @property
    def functions(self) -> Sequence[AnyFunction]:
        """The functions that the code may import."""
        return self._functions

    @property
    def functions_module(self) -> str:
        """The module from which the code imports the functions."""
        return self._functions_module

    @property
    def timeout(self) -> int:
        """How long one block may run, in seconds."""
        return self._timeout

    @property
    def work_dir(self) -> Path:
        """The directory in which the code runs."""
        return self._work_dir

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor for fenced blocks in Markdown."""
        return MarkdownCodeExtractor()

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
        for pattern, message in _REFUSED_IN_SHELLS:
            if re.search(pattern, code):
                raise ValueError(f"Potentially dangerous command detected: {message}")

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> CommandLineCodeResult:
        """Save code blocks to files and run them, in order, until one fails.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code of the last block that ran (124 after a timeout, 130 after `stop`), the output of all
            (standard error of a block before its standard output), and the file of the first. A block in a language
            that is not supported, or whose name comment leads out of the working directory or to a file that cannot be
            written, fails with exit code 1.

        Raises:
            ValueError: shell code is refused by `sanitize_command`, or the functions cannot be set up.
            OSError: the working directory cannot be written to.
        """
        if not self._functions_are_set_up:
            self._set_up_functions()
        stops = self._stops
        exit_code, output = 0, ""
        first_file: Path | None = None
        for block in code_blocks:
            language = self._normalised(block.language)
            self.sanitize_command(language, block.code)
            if language not in self.DEFAULT_EXECUTION_POLICY:
                exit_code, output = 1, f"{output}\nunknown language {language}"
                break
            code = silence_pip(block.code, language)
            try:
                file = save_code(code, self._root, temporary_name(code, language))
            except ValueError as wrong_name:
                exit_code, output = 1, f"{output}{wrong_name}"
                break
            first_file = first_file or file
            if not self.execution_policies.get(language, False):
                output += f"Code saved to {file}\n"
                continue
            result = self._run([*command_for(language, self._python()), str(file)], stops)
            output += result.stderr + result.stdout + result.end_by_signal
            exit_code = result.exit_code
            if result.timed_out:
                exit_code, output = _TIMEOUT_EXIT_CODE, f"{output}\n{TIMEOUT_MSG}"
            if result.stopped:
                exit_code, output = _STOPPED_EXIT_CODE, f"{output}\nStopped"
            if exit_code != 0:
                break
        return CommandLineCodeResult(
            exit_code=exit_code, output=output, code_file=str(first_file) if first_file else None
        )

    def restart(self) -> None:
        """Warn that there is nothing to restart: every block runs in a new process."""
        warnings.warn("Restarting local command line code executor is not supported. No action is taken.", stacklevel=2)

    def stop(self) -> None:
        """End the code that runs now, from any thread. Blocks that are run later run as ever."""
        with self._lock:
            self._stops += 1
            running = list(self._running)
        for command in running:
            command.stop()

    def __enter__(self) -> LocalCommandLineCodeExecutor:
        """Nothing has to be started; the end of the block stops what runs."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _normalised(self, language: str) -> str:
        lowered = language.lower()
        if lowered in PYTHON_VARIANTS:
            return "python"
        return "ps1" if WIN32 and lowered in ("sh", "shell") else lowered

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

    def _set_up_functions(self) -> None:
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
        self._functions_are_set_up = True


def _as_without_sandbox(result: ProcessResult) -> ProcessResult:
    """A program that a signal ended inside the sandbox is reported by bubblewrap as a shell does it: 128 + signal."""
    return replace(result, exit_code=128 - result.exit_code) if 128 < result.exit_code < 128 + 65 else result


_RENAMED = {
    "LocalCommandlineCodeExecutor": LocalCommandLineCodeExecutor,
    "CommandlineCodeResult": CommandLineCodeResult,
}


def __getattr__(name: str) -> Any:
    if name not in _RENAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    renamed = _RENAMED[name]
    warnings.warn(
        f"{name} has been renamed to {renamed.__name__}, the alias will be removed in the future",
        DeprecationWarning,
        stacklevel=2,
    )
    return renamed
