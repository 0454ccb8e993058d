"""Speak to a Jupyter server: its REST API for kernels, and a websocket for each kernel."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from time import monotonic
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

import requests
import websocket

from . import _transcript
from ._keeper import DIED, STOPPED
from ._transcript import Transcript
from .base import JupyterConnectionInfo

__all__ = ("JupyterClient", "JupyterKernelClient")

_SECONDS_FOR_A_REQUEST = 60.0
_SECONDS_TO_OBEY = 5.0  # how long interrupted code may take to end
_SECONDS_BETWEEN_LOOKS = 0.2
_QUICK_ANSWER: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux has it
_DEAD = ("restarting", "dead", "terminating")


class JupyterClient:
    """Starts, restarts and deletes the kernels of a Jupyter server.

    Args:
        connection_info: where the server is. Its token travels in a header, never in an address.
    """

    def __init__(self, connection_info: JupyterConnectionInfo) -> None:
        self._connection_info = connection_info

    def list_kernel_specs(self) -> dict[str, Any]:
        """Ask which kernels are installed.

        Returns:
            A dict with ``default`` and ``kernelspecs``, the latter by name.

        Raises:
            requests.RequestException: the server does not answer, or refuses.
        """
        return cast("dict[str, Any]", self._request("GET", "api/kernelspecs").json())

    def list_kernels(self) -> list[dict[str, Any]]:
        """Ask which kernels are running.

        Returns:
            For each, a dict with ``id``, ``name``, ``execution_state`` and more.

        Raises:
            requests.RequestException: the server does not answer, or refuses.
        """
        return cast("list[dict[str, Any]]", self._request("GET", "api/kernels").json())

    def start_kernel(self, kernel_spec_name: str, *, environment: Mapping[str, str] | None = None) -> str:
        """Start a kernel.

        Args:
            kernel_spec_name: the name of an installed kernel.
            environment: variables for it, for servers that take them.

        Returns:
            Its id.

        Raises:
            requests.RequestException: the server does not answer, or refuses.
        """
        wanted = {"name": kernel_spec_name, **({} if environment is None else {"env": dict(environment)})}
        return cast("str", self._request("POST", "api/kernels", json=wanted).json()["id"])

    def delete_kernel(self, kernel_id: str) -> None:
        """End a kernel.

        Args:
            kernel_id: its id.

        Raises:
            requests.RequestException: the kernel does not exist, or the server does not answer.
        """
        self._request("DELETE", f"api/kernels/{quote(kernel_id, safe='')}")

    def restart_kernel(self, kernel_id: str) -> None:
        """Restart a kernel; its id stays.

        Args:
            kernel_id: its id.

        Raises:
            requests.RequestException: the kernel does not exist, or the server does not answer.
        """
        self._request("POST", f"api/kernels/{quote(kernel_id, safe='')}/restart")

    def interrupt_kernel(self, kernel_id: str) -> None:
        """Interrupt what a kernel runs.

        Args:
            kernel_id: its id.

        Raises:
            requests.RequestException: the kernel does not exist, or the server does not answer.
        """
        self._request("POST", f"api/kernels/{quote(kernel_id, safe='')}/interrupt")

    def get_kernel_client(self, kernel_id: str) -> JupyterKernelClient:
        """Open the channels of a kernel.

        Args:
            kernel_id: its id.

        Returns:
            A client for its code; `JupyterKernelClient.stop` closes it.

        Raises:
            websocket.WebSocketException: the server refuses.
            OSError: the server does not answer.
        """
        address = f"{self._address('ws')}/api/kernels/{quote(kernel_id, safe='')}/channels"
        local: dict[str, Any] = {"http_no_proxy": ["*"]} if _is_local(self._connection_info.host) else {}
        return JupyterKernelClient(
            websocket.create_connection(
                address,
                header=self._headers(),
                timeout=_SECONDS_FOR_A_REQUEST,
                enable_multithread=True,
                **local,
            )
        )

    def _headers(self) -> dict[str, str]:
        token = self._connection_info.token
        return {} if token is None else {"Authorization": f"token {token}"}

    def _address(self, scheme: str) -> str:
        info = self._connection_info
        host, slash, path = info.host.partition("/")
        port = "" if info.port is None else f":{info.port}"
        return f"{scheme}{'s' if info.use_https else ''}://{host}{port}{slash}{path}".rstrip("/")

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        address = f"{self._address('http')}/{path}"
        with requests.Session() as session:  # a new one each time, because kernels are stopped from other threads
            session.trust_env = not _is_local(self._connection_info.host)  # no proxy leads to this machine
            response = session.request(method, address, auth=self._authorise, timeout=_SECONDS_FOR_A_REQUEST, **options)
        response.raise_for_status()
        return response

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # As headers of the session, they would lose to a password that .netrc has for the host.
        request.headers.update(self._headers())
        return request


class JupyterKernelClient:
    """Runs code in one kernel of a server.

    Args:
        websocket: the open channels of the kernel; see `JupyterClient.get_kernel_client`.
    """

    ExecutionResult = _transcript.ExecutionResult

    def __init__(self, websocket: websocket.WebSocket) -> None:
        self._websocket = websocket
        self._session_id = uuid.uuid4().hex
        self._abandoned = False

    def wait_for_ready(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the kernel takes code.

        Args:
            timeout_seconds: for how long; None for no limit.

        Returns:
            Whether it does.
        """
        request = self._send("kernel_info_request", {})
        end = None if timeout_seconds is None else monotonic() + timeout_seconds
        while end is None or monotonic() < end:
            if self._abandoned:
                return False
            message = self._receive()
            if message is not None and _parent(message) == request and message["msg_type"] == "kernel_info_reply":
                return True
        return False

    def execute(self, code: str, timeout_seconds: float | None = None) -> _transcript.ExecutionResult:
        """Run code.

        Args:
            code: the code.
            timeout_seconds: how long to wait for it; None for no limit. After that the code goes on in the kernel,
                which a client cannot interrupt; `JupyterClient.interrupt_kernel` can.

        Returns:
            The outcome.
        """
        return self.run(code, timeout_seconds).result()

    def run(
        self, code: str, timeout_seconds: float | None = None, interrupt: Callable[[], None] | None = None
    ) -> Transcript:
        """Run code, and interrupt it when its time runs out.

        Args:
            code: the code.
            timeout_seconds: how long it may run; None for no limit.
            interrupt: interrupts the kernel.

        Returns:
            What it printed and displayed, in order.
        """
        transcript = Transcript()
        try:
            self._follow(transcript, code, timeout_seconds, interrupt)
        except (websocket.WebSocketException, OSError) as error:
            why = f", or its server: {error or type(error).__name__}."
            transcript.fail(STOPPED if self._abandoned else DIED.format(why=why), kernel_is_lost=True)
        return transcript

    def _follow(
        self,
        transcript: Transcript,
        code: str,
        timeout_seconds: float | None,
        interrupt: Callable[[], None] | None,
    ) -> None:
        """Send code, and add what the kernel says to the transcript until it is done, is lost, or takes too long."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        request = self._send("execute_request", {**content, "user_expressions": {}})
        awaited = {"execute_reply", "idle"}
        end = None if timeout_seconds is None else monotonic() + timeout_seconds
        while awaited:
            if end is not None and monotonic() > end:
                if transcript.interrupted or interrupt is None:
                    transcript.kernel_is_lost = True
                    break
                transcript.interrupted = True
                interrupt()
                end = monotonic() + _SECONDS_TO_OBEY
            message = self._receive(None if end is None else end - monotonic())
            if self._abandoned:
                transcript.fail(STOPPED, kernel_is_lost=True)
                return
            if message is None:
                continue
            if _parent(message) == request:
                awaited.discard(transcript.add(message["msg_type"], message["content"]))
            elif message["content"].get("execution_state") in _DEAD:
                transcript.fail(DIED.format(why=", perhaps because memory ran out."), kernel_is_lost=True)
                return
        if awaited or transcript.interrupted:
            transcript.fail("ERROR: Timeout waiting for output from code block.")

    def abandon(self) -> None:
        """Say, from any thread, that the kernel has been ended: no server tells a client that."""
        self._abandoned = True

    def stop(self) -> None:
        """Close the channels; the kernel lives on."""
        with suppress(websocket.WebSocketException, OSError):
            self._websocket.close(timeout=1)

    def __enter__(self) -> JupyterKernelClient:
        """The end of the block closes the channels."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _send(self, kind: str, content: Mapping[str, Any]) -> str:
        """Send a request to the kernel; give its id."""
        message_id = uuid.uuid4().hex
        header = {
            "username": "autogen",
            "version": "5.3",
            "session": self._session_id,
            "msg_id": message_id,
            "msg_type": kind,
            "date": datetime.now(timezone.utc).isoformat(),
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self._websocket.send(json.dumps({**message, "buffers": []}))
        return message_id

    def _receive(self, seconds: float | None = None) -> dict[str, Any] | None:
        """Wait for a message, but only briefly, so that somebody else may say stop."""
        self._websocket.settimeout(_SECONDS_BETWEEN_LOOKS if seconds is None else _short(seconds))
        if _QUICK_ANSWER is not None and self._websocket.sock is not None:
            # The server sends several small messages, each when the last is acknowledged: by default 40 ms later.
            self._websocket.sock.setsockopt(socket.IPPROTO_TCP, _QUICK_ANSWER, 1)
        try:
            data = self._websocket.recv()
        except websocket.WebSocketTimeoutException:
            return None
        return cast("dict[str, Any]", json.loads(data)) if data else None


def _short(seconds: float) -> float:
    return min(max(seconds, 0.001), _SECONDS_BETWEEN_LOOKS)


def _parent(message: Mapping[str, Any]) -> str:
    return str((message.get("parent_header") or {}).get("msg_id", ""))


def _is_local(host: str) -> bool:
    return host.partition("/")[0] in ("localhost", "127.0.0.1", "[::1]")
