"""Run code blocks in the sandboxes of YepCode."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from typing import ClassVar

from .._code.commands import PYTHON_VARIANTS
from ._executor import InOrder
from ._yepcode_api import DEFAULT_HOST, Execution, YepCodeApi
from .base import CodeBlock, CodeResult

__all__ = ("YepCodeCodeExecutor", "YepCodeCodeResult")

_SECONDS_BETWEEN_POLLS = (0.1, 0.25, 0.5, 1.0)  # the last one again and again
_TIMEOUT = 124
_STOPPED = 130
_LANGUAGES = {**dict.fromkeys((*PYTHON_VARIANTS, "python"), "python"), "javascript": "javascript", "js": "javascript"}

logger = logging.getLogger("autogen.coding.yepcode_code_executor")


class YepCodeCodeResult(CodeResult):
    """A result of YepCode.

    Attributes:
        execution_id: the id of the last execution; None if there was none.
    """

    execution_id: str | None = None


class YepCodeCodeExecutor(InOrder):
    """Runs Python and JavaScript in the sandboxes of YepCode; each block is a run of its own, without files or state.

    Packages that the code imports are installed by the service. Whatever the code and its logs hold leaves this
    machine.

    Args:
        api_token: the API token of a team; by default the environment variable ``YEPCODE_API_TOKEN``. The variable
            ``YEPCODE_API_HOST`` names another host than the service's.
        timeout: how long one block may run, in seconds, at least 1.
        remove_on_done: whether the code is deleted at YepCode after it has run.
        sync_execution: whether to wait for the end of each block; otherwise it is started only.

    Raises:
        ValueError: there is no token, it is not one of YepCode, or the timeout is below 1.
        TypeError: the timeout is not a number.
        ImportError: the package requests is not installed.
    """

    SUPPORTED_LANGUAGES: ClassVar[list[str]] = ["python", "javascript"]

    def __init__(
        self,
        api_token: str | None = None,
        timeout: int = 60,
        remove_on_done: bool = False,
        sync_execution: bool = True,
    ) -> None:
        super().__init__(timeout, ".")
        token = api_token or os.environ.get("YEPCODE_API_TOKEN")
        if not token:
            raise ValueError(
                "YepCode API token is required. Provide it via api_token parameter or YEPCODE_API_TOKEN environment "
                "variable."
            )
        self._api = YepCodeApi(token, os.environ.get("YEPCODE_API_HOST") or DEFAULT_HOST)
        self._remove_on_done = remove_on_done
        self._sync_execution = sync_execution

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> YepCodeCodeResult:
        """Run code blocks, in order, until one fails.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code (0 or 1; 124 after a timeout, 130 after `stop`), what the blocks returned and printed, and the
            id of the last execution. A service that refuses or cannot be reached is a failure with exit code 1, whose
            text says why.
        """
        stops = self._stops
        outputs: list[str] = []
        exit_code, execution = 0, None
        for block in code_blocks:
            exit_code, output, execution = self._run_block(block, stops)
            outputs.append(output)
            if exit_code != 0:
                break
        return YepCodeCodeResult(exit_code=exit_code, output="\n===\n".join(outputs), execution_id=execution)

    def restart(self) -> None:
        """Do nothing: every block is a run of its own."""

    def stop(self) -> None:
        """End the code that is running, from any thread. Later blocks run as usual."""
        with self._lock:
            self._stops += 1

    def _run_block(self, block: CodeBlock, stops: int) -> tuple[int, str, str | None]:
        """Run one block; return its exit code, its output, and the id of its execution if it began."""
        language = _LANGUAGES.get(block.language.lower())
        if language is None:
            known = ", ".join(self.SUPPORTED_LANGUAGES)
            return 1, f"Unsupported language: {block.language}. Supported languages: {known}", None
        execution = None
        try:
            process = self._api.process_for(block.code, language)
            execution = self._api.start(process)
            if not self._sync_execution:
                return 0, f"Execution started with ID: {execution}", execution
            try:
                return (*self._outcome(execution, stops), execution)
            finally:
                if self._remove_on_done:
                    self._delete(process)
        except RuntimeError as error:
            return 1, f"Error executing code: {error}", execution

    def _outcome(self, execution: str, stops: int) -> tuple[int, str]:
        """Wait for an execution: its exit code, and its output."""
        end = time.monotonic() + self._timeout
        polls = 0
        while not (found := self._api.execution(execution)).is_over:
            is_stopped = self._stops != stops
            if is_stopped or time.monotonic() > end:
                self._api.kill(execution)
                reason = "stopped" if is_stopped else f"timed out after {self._timeout} seconds"
                return _STOPPED if is_stopped else _TIMEOUT, f"Execution {reason}.{self._printed(execution)}"
            time.sleep(_SECONDS_BETWEEN_POLLS[min(polls, len(_SECONDS_BETWEEN_POLLS) - 1)])
            polls += 1
        return self._told(execution, found)

    def _told(self, execution: str, found: Execution) -> tuple[int, str]:
        if found.status == "FINISHED":
            result = "" if found.returned in (None, "") else f"Execution result:\n{found.returned}"
            return 0, f"{result}{self._printed(execution)}"
        errors = [log.message for log in self._api.logs(execution) if log.level == "ERROR"]
        reason = found.explanation or (errors[-1] if errors else f"the execution is {found.status}")
        return 1, f"Execution failed with error:\n{reason}{self._printed(execution)}"

    def _printed(self, execution: str) -> str:
        lines = [f"{log.timestamp} - {log.level}: {log.message}" for log in self._api.logs(execution)]
        return "\n".join(["\n\nExecution logs:", *lines]) if lines else ""

    def _delete(self, process: str) -> None:
        try:
            self._api.delete(process)
        except RuntimeError as error:  # the outcome of the code counts more
            logger.warning("The code stays at YepCode: %s", error)
