"""Run code blocks in a kernel of a Jupyter server."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import requests
import websocket

from ..._code.process.owner import InThisProcess
from ...errors import KernelLostError
from ..base import CodeBlock, CodeExecutor, CodeExtractor, IPythonCodeResult
from ..markdown_code_extractor import MarkdownCodeExtractor
from ._keeper import KernelKeeper, execute
from ._transcript import Transcript
from .base import JupyterConnectable, JupyterConnectionInfo
from .jupyter_client import JupyterClient

__all__ = ("JupyterCodeExecutor",)

_SECONDS_TO_START = 60.0


class JupyterCodeExecutor(CodeExecutor):
    """Runs code blocks in a kernel of a Jupyter server, in which variables last from block to block.

    The kernel starts with the first block.

    Args:
        jupyter_server: the server: a `LocalJupyterServer`, a `DockerJupyterServer`, whatever else can say where one is,
            or where one is.
        kernel_name: the name of a kernel that the server has.
        timeout: how long one block may run, in seconds, at least 1. Then it is interrupted, and keeps its variables.
        output_dir: the directory of this machine where displayed images and HTML pages are saved.

    Raises:
        ValueError: the timeout is below 1, the directory does not exist, the kernel is not installed on the server, or
            jupyter_server is something else.
        TypeError: the timeout is not a number.
        requests.RequestException: the server does not answer, or refuses.
    """

    def __init__(
        self,
        jupyter_server: JupyterConnectable | JupyterConnectionInfo,
        kernel_name: str = "python3",
        timeout: int = 60,
        output_dir: Path | str = Path("."),
    ) -> None:
        if not isinstance(timeout, (int, float)):
            raise TypeError(f"timeout must be a number of seconds, but it is {timeout!r}.")
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        output_dir = Path(output_dir)
        if not output_dir.is_dir():
            raise ValueError(f"Output directory {output_dir} does not exist.")
        if isinstance(jupyter_server, JupyterConnectable):
            connection = jupyter_server.connection_info
        elif isinstance(jupyter_server, JupyterConnectionInfo):
            connection = jupyter_server
        else:
            raise ValueError("jupyter_server must be a JupyterConnectable or JupyterConnectionInfo.")
        client = JupyterClient(connection)
        self._language = _language_of(kernel_name, client)
        self._kernel_name = kernel_name
        self._timeout = timeout
        self._output_dir = output_dir
        self._keeper = KernelKeeper(partial(_RemoteKernel, client, kernel_name, jupyter_server))
        # Also at the end of the program, and where an executor is simply forgotten.
        weakref.finalize(self, InThisProcess(self._keeper.stop))

    @property
    def timeout(self) -> int:
        """How long one block may run, in seconds."""
        return self._timeout

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor for fenced blocks in Markdown."""
        return MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> IPythonCodeResult:
        """Run code blocks in the kernel, in order, until one fails.

        Lines that begin with ``!`` or ``%`` have their meaning in IPython; ``sh`` and ``bash`` blocks run too.

        Args:
            code_blocks: the blocks.

        Returns:
            Exit code 0, or 1 after an exception, a timeout, the death of the kernel, `stop`, or for another language;
            the output of all blocks that ran, and the files with what they displayed.

        Raises:
            requests.RequestException: the server does not answer, or refuses to start a kernel.
        """
        return execute(
            self._keeper, code_blocks, language=self._language, timeout=self._timeout, output_dir=self._output_dir
        )

    def restart(self) -> None:
        """Forget all variables: end the kernel. The next block has a new one."""
        self._keeper.stop()

    def stop(self) -> None:
        """End the kernel, from any thread. The server lives on, and a block that is run later has a new kernel."""
        self._keeper.stop()

    def __enter__(self) -> JupyterCodeExecutor:
        """The kernel starts with the first block; the end of the ``with`` block ends it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class _RemoteKernel:
    """A kernel of a server.

    Args:
        client: speaks to the server.
        name: the name of the kernel to start.
        server: one of our servers marks its kernels, and ends what they leave behind; others need not.
    """

    def __init__(self, client: JupyterClient, name: str, server: Any) -> None:
        self._client = client
        mark: Callable[[], str] | None = getattr(server, "_mark_for_kernel", None)
        self._end_marked: Callable[[str], None] | None = getattr(server, "_end_marked", None)
        self._mark = mark() if mark is not None else ""
        # Servers of others hand nothing else of their environment to a kernel that is started with variables.
        environment = {"KERNEL_AUTOGEN_CLASSIC_RUN": self._mark} if self._mark else None
        self._id = client.start_kernel(name, environment=environment)
        try:
            self._channels = client.get_kernel_client(self._id)
        except BaseException:
            client.delete_kernel(self._id)
            raise

    def wait_until_ready(self) -> None:
        """Wait until it takes code; KernelLostError if it does not in a minute."""
        try:
            is_ready = self._channels.wait_for_ready(_SECONDS_TO_START)
        except (websocket.WebSocketException, OSError) as error:
            raise KernelLostError(f"The kernel died before it was ready, or its server: {error}.") from error
        if not is_ready:
            raise KernelLostError(f"The kernel was not ready after {_SECONDS_TO_START:g} seconds.")

    def run(self, code: str, timeout: float) -> Transcript:
        """Run code for so many seconds, then interrupt it."""
        return self._channels.run(code, timeout, lambda: self._client.interrupt_kernel(self._id))

    def kill(self) -> None:
        """End it, from any thread, with what it has started as far as the server can reach that."""
        with suppress(requests.RequestException):  # it has ended by itself, or the server has
            self._client.delete_kernel(self._id)
        self._channels.abandon()
        if self._mark and self._end_marked is not None:
            self._end_marked(self._mark)

    def close(self) -> None:
        """Close its channels."""
        self._channels.stop()


def _language_of(kernel_name: str, client: JupyterClient) -> str:
    """The language of a kernel; ValueError if the server does not have it."""
    kernels = client.list_kernel_specs()["kernelspecs"]
    if kernel_name not in kernels:
        installed = ", ".join(sorted(kernels)) or "none"
        raise ValueError(f"Kernel {kernel_name} is not installed. The server has: {installed}.")
    return str(kernels[kernel_name]["spec"].get("language", "python"))
