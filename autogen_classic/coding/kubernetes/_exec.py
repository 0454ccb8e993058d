"""Run a command in a pod over a WebSocket, as `kubectl exec` does: output in pieces, then the exit code."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..._code.kept_output import KeptOutput
from ...errors import PodError
from ._pods import Pod, _kubernetes

__all__ = ("Execution",)

_STDIN, _STDOUT, _STDERR, _STATUS = range(4)
_PIECE = 64 * 1024


class Execution:
    """A command that runs in a pod.

    The connection is opened by the package ``kubernetes``, but read here: its reader decodes each piece by itself,
    which breaks characters in two, and keeps everything.

    Args:
        pod: where to run.
        command: the program and its arguments.
        stdin: what the program may read. The protocol cannot tell it where this ends.
        max_output: how many bytes of each of its two outputs are kept; None keeps all.

    Raises:
        PodError: the pod does not take the command.
    """

    def __init__(self, pod: Pod, command: Sequence[str], stdin: bytes = b"", max_output: int | None = None) -> None:
        self._outputs = {channel: KeptOutput(max_output) for channel in (_STDOUT, _STDERR)}
        self._status = bytearray()
        self._ended = False
        self._socket = _open(pod, command, wants_stdin=bool(stdin))
        for start in range(0, len(stdin), _PIECE):
            self._socket.send_binary(bytes([_STDIN]) + stdin[start : start + _PIECE])

    def wait(self, timeout: float | None) -> bool:
        """Take in output until the command has ended or the connection is gone; tell whether that happened in time.

        Args:
            timeout: how long to wait, in seconds; None for no limit.
        """
        import websocket

        end = None if timeout is None else time.monotonic() + timeout
        while not self._ended:
            remaining = None if end is None else end - time.monotonic()
            if remaining is not None and remaining <= 0:
                return False
            self._socket.settimeout(remaining)
            try:
                kind, frame = self._socket.recv_data_frame(True)
            except websocket.WebSocketTimeoutException:
                return False
            except (websocket.WebSocketException, OSError):
                self._ended = True
                break
            if kind == websocket.ABNF.OPCODE_CLOSE:
                self._ended = True
            elif kind in (websocket.ABNF.OPCODE_BINARY, websocket.ABNF.OPCODE_TEXT) and frame.data:
                self._take(frame.data[0], frame.data[1:])
        return True

    def give_up(self) -> None:
        """Cut the connection, from any thread, so that `wait` ends. The command itself may run on."""
        with suppress(OSError):  # it has already been cut
            self._socket.abort()

    def close(self) -> None:
        """Let go of the connection when nobody is waiting any more. The command itself may run on."""
        self._socket.shutdown()

    @property
    def stdout(self) -> str:
        """Its standard output so far, with ``\\n`` as the only line end."""
        return self._text(_STDOUT)

    @property
    def stderr(self) -> str:
        """Its standard error so far, in the same form."""
        return self._text(_STDERR)

    @property
    def exit_code(self) -> int | None:
        """Its exit code; None if it has not ended, or if the connection was lost before it did."""
        status = self._read_status()
        if status.get("status") == "Success":
            return 0
        for cause in (status.get("details") or {}).get("causes") or []:
            if cause.get("reason") == "ExitCode":
                return int(cause["message"])
        return None

    @property
    def problem(self) -> str:
        """Why the cluster could not run the command; "" if it could, or if it did not say."""
        return "" if self.exit_code is not None else str(self._read_status().get("message", ""))

    def _take(self, channel: int, data: bytes) -> None:
        if channel in self._outputs:
            self._outputs[channel].add(data)
        elif channel == _STATUS:
            self._status += data

    def _text(self, channel: int) -> str:
        text = self._outputs[channel].data().decode("utf-8", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _read_status(self) -> dict[str, Any]:
        try:
            status = json.loads(self._status or b"{}")
        except ValueError:  # cut off in the middle
            return {}
        return status if isinstance(status, dict) else {}


def _open(pod: Pod, command: Sequence[str], *, wants_stdin: bool) -> Any:
    """Open the connection and return its bare WebSocket."""
    client = _kubernetes().client
    from kubernetes.stream import stream

    # `stream` changes its client for the length of the call, so every call gets a new one.
    api = client.CoreV1Api(client.ApiClient(pod.configuration))
    try:
        connection = stream(
            api.connect_get_namespaced_pod_exec,
            pod.name,
            pod.namespace,
            container=pod.container_name,
            command=list(command),
            stdin=wants_stdin,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
    except client.ApiException as error:
        reason = pod.why_not() or f"the cluster refused: {error.reason}"
        raise PodError(
            f"No code can run in the pod {pod.name}: {reason}. restart() makes the pod anew if it is gone."
        ) from None
    return connection.sock
