"""What the executors have in common: checks, properties, the end of a ``with`` block, and one loop over code blocks."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from types import TracebackType
from typing import ClassVar

from typing_extensions import Self

from .._code.outcome import Outcome
from ..errors import FileNameError
from .base import CodeBlock, CodeExecutor, CodeExtractor, CommandLineCodeResult
from .markdown_code_extractor import MarkdownCodeExtractor
from .utils import silence_pip

__all__ = ("MAX_OUTPUT", "CommandLineExecutor", "InOrder", "check_timeout", "run_in_order")

MAX_OUTPUT = 32 * 1024 * 1024


def check_timeout(timeout: object) -> None:
    """Refuse what is not a time limit: TypeError if it is not a number, ValueError if it is below a second."""
    if not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be a number of seconds, but it is {timeout!r}.")
    if timeout < 1:
        raise ValueError("Timeout must be greater than or equal to 1.")


def run_in_order(code_blocks: Iterable[CodeBlock], run: Callable[[CodeBlock], Outcome]) -> tuple[int, str]:
    """Run code blocks until one fails.

    Args:
        code_blocks: the blocks.
        run: runs one.

    Returns:
        The exit code of the last block that ran (0 if none did) and the output of all.
    """
    exit_code, output = 0, ""
    for block in code_blocks:
        outcome = run(block).told()
        exit_code, output = outcome.exit_code, output + outcome.output
        if exit_code != 0:
            break
    return exit_code, output


class InOrder(CodeExecutor):
    """An executor with a time limit for each block, that can be stopped from another thread.

    Args:
        timeout: how long one block may run, in seconds, at least 1.
        work_dir: the directory for its files.

    Raises:
        ValueError: the timeout is below 1.
        TypeError: the timeout is not a number.
    """

    def __init__(self, timeout: int, work_dir: Path | str) -> None:
        check_timeout(timeout)
        self._timeout = timeout
        self._work_dir = Path(work_dir)
        self._stops = 0  # a block that was due before the last stop does not run after it
        self._lock = threading.Lock()  # held for the moment when that, or what is running, changes

    @property
    def timeout(self) -> int:
        """How long one block may run, in seconds."""
        return self._timeout

    @property
    def work_dir(self) -> Path:
        """The directory of its files."""
        return self._work_dir

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor for fenced blocks in Markdown."""
        return MarkdownCodeExtractor()

    @abstractmethod
    def stop(self) -> None:
        """End the code that is running, from any thread."""

    def __enter__(self) -> Self:
        """Nothing has to be started; the end of the block stops what is running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class CommandLineExecutor(InOrder):
    """An executor that saves each block to a file and hands the file to a program.

    Args:
        timeout: how long one block may run, in seconds, at least 1.
        work_dir: the directory of the files.
        execution_policies: says for languages whether their code is run (True) or only saved (False).
        max_output: how many bytes of the output of a block are kept; None keeps everything.

    Attributes:
        execution_policies: for every language, whether its code is run (True) or only saved (False).
    """

    DEFAULT_EXECUTION_POLICY: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("bash", "shell", "sh", "pwsh", "powershell", "ps1", "python"), True),
        **dict.fromkeys(("javascript", "html", "css"), False),
    }
    LANGUAGE_ALIASES: ClassVar[dict[str, str]] = {"py": "python", "js": "javascript"}
    _UNSUPPORTED: ClassVar[str] = "Unsupported language {}\n"

    def __init__(
        self,
        timeout: int,
        work_dir: Path | str,
        execution_policies: Mapping[str, bool] | None,
        max_output: int | None,
    ) -> None:
        super().__init__(timeout, work_dir)
        self._max_output = max_output
        self.execution_policies = {**self.DEFAULT_EXECUTION_POLICY, **(execution_policies or {})}

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> CommandLineCodeResult:
        """Save code blocks to files and run them, in order, until one fails.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code of the last block that ran (124 after a timeout, 130 after `stop`), the output of all, and
            the file of the first. A block in a language that is not supported, or whose name comment leads out of the
            working directory or to a file that cannot be written, fails with exit code 1.
        """
        stops, files = self._stops, list[str]()
        exit_code, output = run_in_order(code_blocks, lambda block: self._run_block(block, stops, files))
        return CommandLineCodeResult(exit_code=exit_code, output=output, code_file=files[0] if files else None)

    def _run_block(self, block: CodeBlock, stops: int, files: list[str]) -> Outcome:
        """Save one block, add its file to the files, and run it, unless `stop` was called since ``stops``."""
        language = self._language_of(block)
        if language not in self.DEFAULT_EXECUTION_POLICY:
            return Outcome(1, self._UNSUPPORTED.format(language))
        try:
            file = self._save(silence_pip(block.code, language), language)
        except FileNameError as wrong_name:
            return Outcome(1, str(wrong_name))
        files.append(str(file))
        if not self.execution_policies.get(language, False):
            return self._only_saved(file)
        return self._run_file(file, language, stops)

    @staticmethod
    def _only_saved(file: PurePath) -> Outcome:
        return Outcome(0, f"Code saved to {file}\n")

    def _language_of(self, block: CodeBlock) -> str:
        return self.LANGUAGE_ALIASES.get(block.language.lower(), block.language.lower())

    @abstractmethod
    def _save(self, code: str, language: str) -> PurePath:
        """Write code to its file; FileNameError if the name that the code gives it cannot be used."""

    @abstractmethod
    def _run_file(self, file: PurePath, language: str, stops: int) -> Outcome:
        """Run a saved file, unless `stop` was called since ``stops``."""
