"""Run code blocks in a kernel of a Jupyter server."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

import requests
import websocket

from ...errors import KernelLostError
from .._executor import check_timeout
from ..base import CodeExecutor
from ._executor import KernelExecutor
from ._transcript import Transcript
from .base import JupyterConnectable, JupyterConnectionInfo
from .jupyter_client import JupyterClient

__all__ = ("JupyterCodeExecutor",)

_SECONDS_TO_START = 60.0


class JupyterCodeExecutor(KernelExecutor, CodeExecutor):
    """Runs code blocks in a kernel of a Jupyter server, where variables last from block to block.

    The kernel starts with the first block.

    Args:
        jupyter_server: the server: a `LocalJupyterServer`, a `DockerJupyterServer`, anything else that knows where one
            is, or its address.
        kernel_name: the name of a kernel that the server has.
        timeout: how long one block may run, in seconds, at least 1. Then it is interrupted, and keeps its variables.
        output_dir: the directory on this machine where displayed images and HTML pages are saved.

    Raises:
        ValueError: the timeout is below 1, the directory does not exist, the kernel is not installed on the server, or
            jupyter_server does not say where a server is.
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
        check_timeout(timeout)
        output_dir = Path(output_dir)
        if not output_dir.is_dir():
            raise ValueError(f"Output directory {output_dir} does not exist.")
        if isinstance(jupyter_server, JupyterConnectable):
            connection = jupyter_server.connection_info
        elif isinstance(jupyter_server, JupyterConnectionInfo):
            connection = jupyter_server
        else:
            raise ValueError("jupyter_server must be a JupyterConnectable or JupyterConnectionInfo.")
        self._connection_info = connection
        self._jupyter_client = client = JupyterClient(connection)
        self._language = _language_of(kernel_name, client)
        self._kernel_name = kernel_name
        self._timeout = timeout
        self._output_dir = output_dir
        self._keep(partial(_RemoteKernel, client, kernel_name, jupyter_server))

    @property
    def timeout(self) -> int:
        """How long one block may run, in seconds."""
        return self._timeout

    @property
    def output_dir(self) -> Path:
        """The directory where displayed data is saved."""
        return self._output_dir


@runtime_checkable
class _MarksKernels(Protocol):
    """A server of ours, which marks the processes of each kernel."""

    def _mark_for_kernel(self) -> str: ...

    def _end_marked(self, mark: str) -> None: ...


class _RemoteKernel:
    """A kernel on a server.

    Args:
        client: talks to the server.
        name: the name of the kernel to start.
        server: where it is; one of our own servers also ends what the kernel leaves behind.
    """

    def __init__(self, client: JupyterClient, name: str, server: object) -> None:
        self._client = client
        self._marker = server if isinstance(server, _MarksKernels) else None
        self._mark = self._marker._mark_for_kernel() if self._marker is not None else ""
        # Other servers hand nothing else from their environment to a kernel that is started with variables.
        environment = {"KERNEL_AUTOGEN_CLASSIC_RUN": self._mark} if self._mark else None
        self._id = client.start_kernel(name, environment=environment)
        try:
            self._channels = client.get_kernel_client(self._id)
        except BaseException:
            client.delete_kernel(self._id)
            raise

    def wait_until_ready(self) -> None:
        """Wait until it takes code; KernelLostError after a minute, or if it dies."""
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
        """End it and the processes that it has started, as far as the server can reach them; from any thread."""
        with suppress(requests.RequestException):  # it has ended by itself, or the server has
            self._client.delete_kernel(self._id)
        self._channels.abandon()
        if self._marker is not None:
            self._marker._end_marked(self._mark)

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
