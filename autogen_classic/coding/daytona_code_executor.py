"""Run code blocks in a sandbox of Daytona."""

from __future__ import annotations

import logging
import uuid
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from .._code.commands import PYTHON_VARIANTS
from .._code.outcome import trouble_in_a_shell
from .._packages import missing_package
from ._executor import InOrder
from .base import CodeBlock, CodeResult

if TYPE_CHECKING:
    import daytona

__all__ = ("DaytonaCodeExecutor", "DaytonaCodeResult", "DaytonaSandboxResources")

_TIMEOUT = 124
_STOPPED = 130
_HTTP_TIMEOUT = 408
_COMMANDS = {
    "bash": ("bash", "sh"),
    "sh": ("sh", "sh"),
    "javascript": ("node", "js"),
    "typescript": ("ts-node --transpile-only --skipProject", "ts"),
}
_ALIASES = {**dict.fromkeys(PYTHON_VARIANTS, "python"), "shell": "sh", "js": "javascript", "ts": "typescript"}

logger = logging.getLogger("autogen.coding.daytona_code_executor")


@dataclass
class DaytonaSandboxResources:
    """What a sandbox has; None for what the service gives by default.

    Attributes:
        cpu: how many cores.
        memory: how much memory, in GiB.
        disk: how much space, in GiB.
    """

    cpu: int | None = None
    memory: int | None = None
    disk: int | None = None


class DaytonaCodeResult(CodeResult):
    """A result of Daytona.

    Attributes:
        sandbox_id: the id of the sandbox.
    """

    sandbox_id: str | None = None


class DaytonaCodeExecutor(InOrder):
    """Runs code in a sandbox of Daytona, which is created at once and keeps its files from block to block.

    The sandbox is deleted by `delete`, at the end of a ``with`` block, and with this executor.

    Args:
        api_key: the API key; by default the environment variable ``DAYTONA_API_KEY``.
        api_url: the address of the API; by default ``DAYTONA_API_URL``, or else that of the service.
        target: the region; by default ``DAYTONA_TARGET``.
        timeout: how long one block may run, in seconds, at least 1.
        snapshot: the snapshot that the sandbox is made from.
        image: an image of Docker that it is made from, instead.
        name: the name of the sandbox; by default a new one.
        env_vars: environment variables in it.
        resources: what it has; needs an image.

    Raises:
        ValueError: the timeout is below 1, or both a snapshot and an image are given.
        TypeError: the timeout is not a number.
        ImportError: the package daytona is not installed.
        daytona.DaytonaError: the service gives no sandbox.
    """

    SUPPORTED_LANGUAGES: ClassVar[list[str]] = ["python", *_COMMANDS]

    def __init__(
        self,
        api_key: str | None = None,
        api_url: str | None = None,
        target: str | None = None,
        timeout: int = 60,
        snapshot: str | None = None,
        image: str | None = None,
        name: str | None = None,
        env_vars: Mapping[str, str] | None = None,
        resources: DaytonaSandboxResources | None = None,
    ) -> None:
        super().__init__(timeout, ".")
        if snapshot is not None and image is not None:
            raise ValueError(
                "Cannot specify both 'snapshot' and 'image'. Use 'snapshot' for a named Daytona snapshot, or 'image' "
                "for a custom Docker image."
            )
        try:
            import daytona
        except ImportError as error:
            raise missing_package("DaytonaCodeExecutor", error, "daytona") from error
        given = {"api_key": api_key, "api_url": api_url, "target": target}
        config = daytona.DaytonaConfig(**{key: value for key, value in given.items() if value is not None})
        self._client = daytona.Daytona(config)
        self._params = _parameters(snapshot, image, name or f"ag2-{uuid.uuid4().hex[:8]}", env_vars, resources)
        self._sandbox: daytona.Sandbox | None = None
        self._at_the_end: weakref.finalize[..., DaytonaCodeExecutor] | None = None
        self._ready_sandbox()

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> DaytonaCodeResult:
        """Run code blocks in the sandbox, in order, until one fails; in a new sandbox if the old one was deleted.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code of the last block that ran (124 after a timeout, 130 after `stop`), the output of all, and the
            id of the sandbox. A service that refuses or cannot be reached is a failure with exit code 1, whose text
            says why.
        """
        stops, exit_code, output = self._stops, 0, ""
        for block in code_blocks:
            exit_code, text = self._run_block(block, stops)
            output += text
            if exit_code != 0:
                break
        sandbox = None if self._sandbox is None else str(self._sandbox.id)
        return DaytonaCodeResult(exit_code=exit_code, output=output, sandbox_id=sandbox)

    def restart(self) -> None:
        """Go on in a new sandbox; files of the old one are lost."""
        self.delete()
        self._ready_sandbox()

    def stop(self) -> None:
        """Delete the sandbox and end the code that runs in it, from any thread. Later blocks get a new one."""
        with self._lock:
            self._stops += 1
        self.delete()

    def delete(self) -> None:
        """Delete the sandbox."""
        with self._lock:
            last, self._at_the_end, self._sandbox = self._at_the_end, None, None
        if last is not None:
            last()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.delete()

    def _ready_sandbox(self) -> daytona.Sandbox:
        with self._lock:
            if self._sandbox is None:
                self._sandbox = self._client.create(self._params)
                self._at_the_end = weakref.finalize(self, _delete, self._client, self._sandbox)
            return self._sandbox

    def _run_block(self, block: CodeBlock, stops: int) -> tuple[int, str]:
        """Run one block, unless `stop` was called since ``stops``."""
        language = _ALIASES.get(block.language.lower(), block.language.lower())
        if language not in self.SUPPORTED_LANGUAGES:
            known = ", ".join(self.SUPPORTED_LANGUAGES)
            return 1, f"Unsupported language: {block.language!r}. Supported languages: {known}"
        if self._stops != stops:
            return _STOPPED, ""
        try:
            exit_code, text = self._outcome(self._ready_sandbox(), language, block.code)
            return (_STOPPED if exit_code != 0 and self._stops != stops else exit_code), text
        except Exception as error:  # of the service, its client, and the connection
            if self._stops != stops:
                return _STOPPED, ""
            reason = (str(error).splitlines() or [""])[0]
            return 1, f"Error executing code block: {type(error).__name__}: {reason}"

    def _outcome(self, sandbox: daytona.Sandbox, language: str, code: str) -> tuple[int, str]:
        """Run code: its exit code and its output."""
        try:
            if language == "python":
                response = sandbox.process.code_run(code, timeout=self._timeout)
            else:
                response = self._run_file(sandbox, *_COMMANDS[language], code)
        except Exception as error:
            if not _is_timeout(error):
                raise
            return _TIMEOUT, f"The code was ended after {self._timeout} seconds."
        exit_code = int(response.exit_code or 0)
        return exit_code, f"{response.result or ''}{trouble_in_a_shell(exit_code)}"

    def _run_file(self, sandbox: daytona.Sandbox, command: str, ending: str, code: str) -> daytona.ExecuteResponse:
        file = f"/tmp/code_{uuid.uuid4().hex}.{ending}"
        sandbox.fs.upload_file(code.encode(), file)
        try:
            return sandbox.process.exec(f"{command} {file}", timeout=self._timeout)
        finally:
            sandbox.fs.delete_file(file)


def _parameters(
    snapshot: str | None,
    image: str | None,
    name: str,
    env_vars: Mapping[str, str] | None,
    resources: DaytonaSandboxResources | None,
) -> daytona.CreateSandboxFromImageParams | daytona.CreateSandboxFromSnapshotParams:
    import daytona

    common: dict[str, Any] = {"name": name, "env_vars": dict(env_vars or {}), "auto_stop_interval": 0}
    if image is None:
        return daytona.CreateSandboxFromSnapshotParams(**common, language="python", snapshot=snapshot)
    has = None if resources is None else daytona.Resources(**asdict(resources))
    return daytona.CreateSandboxFromImageParams(**common, language="python", image=image, resources=has)


def _is_timeout(error: Exception) -> bool:
    """Whether code has run out of time; the client shows some answers of the sandbox as they came."""
    import daytona

    return isinstance(error, daytona.DaytonaTimeoutError) or getattr(error, "status", None) == _HTTP_TIMEOUT


def _delete(client: daytona.Daytona, sandbox: daytona.Sandbox) -> None:
    try:
        client.delete(sandbox)
    except Exception as error:  # it may be gone already, or the service may be
        logger.warning("The sandbox %s could not be deleted: %s", sandbox.id, type(error).__name__)
