"""Run code blocks in a dynamic session of Azure Container Apps."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ..._code.commands import PYTHON_VARIANTS
from ..._code.directory import made_directory
from ..._code.outcome import Outcome
from ...errors import SessionPoolError, SessionPoolTimeoutError
from .._executor import InOrder, run_in_order
from ..base import CodeBlock, IPythonCodeResult
from ..utils import silence_pip
from ._session_pool import DEFAULT_API_VERSION, Credential, SessionPool

__all__ = ("ACADynamicSessionsCodeExecutor",)

_LONGEST_TIMEOUT = 220  # the limit of the service


class ACADynamicSessionsCodeExecutor(InOrder):
    """Runs code in a session of a pool in Azure: isolated by the service, with its state kept from block to block.

    A session begins with the first request that names it, and ends after a while without requests.

    Args:
        pool_management_endpoint: the address of the pool, as ``az containerapp sessionpool show`` prints it.
        credential: gives tokens: a function without arguments, or an object with ``get_token`` as those of
            azure-identity; None for its ``DefaultAzureCredential``.
        timeout: how long one block may run, in seconds, 1 to 220.
        work_dir: the directory on this machine for images and downloads; None for the current one.
        session_id: the identifier of the session; None for a new one that nobody can guess. Whoever knows it, and may
            use the pool, reaches the session.
        language: what the pool runs: "python", or for other kinds of pool "javascript" or "sh".
        api_version: the version of the REST API; those before 2024-10-02-preview are supported too.

    Raises:
        ValueError: the endpoint is not an https address, or the timeout is out of range.
        TypeError: the credential is neither a function nor has ``get_token``.
        ImportError: no credential is given, and azure-identity is not installed.
    """

    def __init__(
        self,
        pool_management_endpoint: str,
        credential: Credential = None,
        timeout: int = 60,
        work_dir: Path | str | None = None,
        session_id: str | None = None,
        *,
        language: str = "python",
        api_version: str = DEFAULT_API_VERSION,
    ) -> None:
        if not 1 <= timeout <= _LONGEST_TIMEOUT:
            raise ValueError(f"timeout must be 1 to {_LONGEST_TIMEOUT} seconds, but it is {timeout!r}.")
        super().__init__(timeout, work_dir or ".")
        self._pool = SessionPool(pool_management_endpoint, credential, api_version)
        self._session_id = session_id or _new_session_id()
        self._language = language

    @property
    def session_id(self) -> str:
        """The identifier of the session; treat it as a secret."""
        return self._session_id

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> IPythonCodeResult:
        """Run code blocks in the session, in order, until one fails.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code (0 or 1; 124 after a timeout, 130 after `stop`), what the blocks wrote to standard output
            and standard error, the value of the last expression of each, and the images that they produced, as files.

        Raises:
            SessionPoolError: the pool refuses or cannot be reached. The text holds no token.
            FileExistsError: there is an image to save, but `work_dir` is a file.
        """
        files: list[str] = []
        exit_code, output = run_in_order(code_blocks, lambda block: self._run_block(block, files))
        return IPythonCodeResult(exit_code=exit_code, output=output, output_files=files)

    def upload_files(self, files: Sequence[Path | str]) -> None:
        """Put files from this machine into the data directory of the session (``/mnt/data``), under their own names.

        Args:
            files: their paths.

        Raises:
            OSError: one cannot be read.
            SessionPoolError: the pool refuses.
        """
        for file in files:
            path = Path(file)
            self._pool.upload(self._session_id, path.name, path.read_bytes())

    def download_files(self, names: Sequence[str]) -> list[Path]:
        """Copy files from the data directory of the session to `work_dir`.

        Args:
            names: their names, without directories.

        Returns:
            Where they are now.

        Raises:
            ValueError: a name has a directory in it.
            FileExistsError: `work_dir` is a file.
            SessionPoolError: the pool refuses, or has no such file.
        """
        for name in names:
            if name in ("", ".", "..") or PurePosixPath(name).name != name or "\\" in name:
                raise ValueError(f"A file to download is named without directories, but this is {name!r}.")
        made_directory(self._work_dir)
        paths = [self._work_dir / name for name in names]
        for path in paths:
            path.write_bytes(self._pool.download(self._session_id, path.name))
        return paths

    def list_files(self) -> list[str]:
        """List the names of the files in the data directory of the session.

        Raises:
            SessionPoolError: the pool refuses.
        """
        return self._pool.names(self._session_id)

    def restart(self) -> None:
        """Go on in a new session; state and files of the old one are lost."""
        old, self._session_id = self._session_id, _new_session_id()
        with suppress(SessionPoolError):  # it ends by itself after being idle for a while
            self._pool.end(old)

    def stop(self) -> None:
        """End the session and the code that runs in it, from any thread. Later blocks get a new one."""
        self.restart()

    def _run_block(self, block: CodeBlock, files: list[str]) -> Outcome:
        """Run one block, and add its images to the files."""
        language = block.language.lower()
        if ("python" if language in PYTHON_VARIANTS or not language else language) != self._language:
            return Outcome(1, f"Unsupported language {language}; this pool runs {self._language}.\n")
        code = silence_pip(block.code, self._language)
        session, begin = self._session_id, time.monotonic()
        try:
            answer = self._pool.run(session, code, self._timeout)
        except SessionPoolTimeoutError:
            return Outcome(1, "", timed_out=True)
        except SessionPoolError:
            if session != self._session_id:
                return Outcome(1, "", stopped=True)
            raise
        output = answer.stdout + answer.stderr + self._shown(answer.result, files)
        if answer.succeeded:
            return Outcome(0, output)
        stopped = session != self._session_id
        return Outcome(1, output, timed_out=time.monotonic() - begin >= self._timeout, stopped=stopped)

    def _shown(self, value: object, files: list[str]) -> str:
        """The value of the last expression as text; an image becomes a file."""
        if value in (None, ""):
            return ""
        if isinstance(value, dict) and value.get("type") == "image" and "base64_data" in value:
            made_directory(self._work_dir)
            extension = "".join(letter for letter in str(value.get("format", "png")) if letter.isalnum())
            file = self._work_dir / f"{uuid.uuid4().hex}.{extension}"
            file.write_bytes(base64.b64decode(value["base64_data"]))
            files.append(str(file))
            return f"Image data saved to {file}\n"
        return f"{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}\n"


def _new_session_id() -> str:
    return str(uuid.uuid4())
