"""A kernel as a process on this machine, reached over sockets that only this user can open."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import zmq
from jupyter_client.launcher import launch_kernel
from jupyter_client.manager import KernelManager

from ..._code.outcome import end_by_signal
from ..._code.process.command import RUN_MARK, kill_tree
from ..._code.process.environment import environment_for_code
from ...errors import KernelLostError
from ._keeper import DIED, STOPPED
from ._transcript import Transcript

__all__ = ("LocalKernel",)

_SECONDS_TO_START = 60.0
_SECONDS_TO_OBEY = 5.0  # how long interrupted code may take to end
_SECONDS_TO_ANSWER = 0.5
_SECONDS_UNTIL_NUDGED = 1.0  # a kernel that sleeps through a message wakes up at the next
_SECONDS_BETWEEN_LOOKS = 0.05  # a message wakes us at once; the end of the process does not
_LONGEST_SOCKET_PATH = 100  # the systems allow about 108


class LocalKernel:
    """Starts a kernel in its own session. It ends with this program, even if this program crashes.

    Args:
        name: the name of an installed kernel.
        command_before: a command that runs the kernel's, such as one that sets limits.
        inherit_environment: names of secret variables that its code may have; see `environment_for_code`.
        work_dir: the directory it runs in; None for the current one.

    Raises:
        OSError: the program of the kernel cannot be started.
    """

    def __init__(
        self, name: str, *, command_before: Sequence[str], inherit_environment: Sequence[str], work_dir: str | None
    ) -> None:
        self._mark = uuid.uuid4().hex
        self._killed = False
        self._folder = Path(tempfile.mkdtemp(prefix="autogen-kernel-"))
        self._sockets: list[Any] = []
        try:
            self._manager = KernelManager(
                kernel_name=name,
                connection_file=str(self._folder / "connection.json"),
                context=zmq.Context.instance(),
                **_transport(self._folder),
            )
            self._manager.write_connection_file()
            self._process = self._launch(command_before, inherit_environment, work_dir)
            self._shell, self._iopub = self._manager.connect_shell(), self._manager.connect_iopub()
        except BaseException:
            self.close()
            raise
        self._session = self._manager.session
        self._poller = zmq.Poller()
        self._sockets = [self._shell, self._iopub]
        for socket in self._sockets:
            socket.rcvhwm = 0  # no message is dropped because we are slow
            self._poller.register(socket, zmq.POLLIN)

    def wait_until_ready(self) -> None:
        """Wait until the kernel answers on both of its channels.

        Raises:
            KernelLostError: it ends before, or does not answer in a minute.
        """
        end = monotonic() + _SECONDS_TO_START
        heard: set[str] = set()
        # What it publishes before our subscription has reached it is lost, so it is asked until both are heard.
        while not heard >= {"kernel_info_reply", "status"}:
            if monotonic() > end:
                raise KernelLostError(
                    f"The kernel was not ready after {_SECONDS_TO_START:g} seconds.{self._last_words()}"
                )
            self._session.send(self._shell, "kernel_info_request")
            end_of_round = monotonic() + _SECONDS_TO_ANSWER
            while monotonic() < end_of_round and not heard >= {"kernel_info_reply", "status"}:
                heard.update(message["msg_type"] for message in self._messages(_SECONDS_BETWEEN_LOOKS))
                if self._process.poll() is not None:
                    raise KernelLostError(f"The kernel ended before it was ready.{self._last_words()}")
        # It has read this file, which holds the key to it.
        with suppress(OSError):
            os.unlink(self._manager.connection_file)

    def run(self, code: str, timeout: float) -> Transcript:
        """Run code.

        Args:
            code: the code.
            timeout: how long it may run, in seconds; then it is interrupted.

        Returns:
            What it printed and displayed.
        """
        transcript = Transcript()
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        request = self._session.send(self._shell, "execute_request", {**content, "user_expressions": {}})
        awaited = {"execute_reply", "idle"}
        begun = False
        end = monotonic() + timeout
        next_nudge = monotonic() + _SECONDS_UNTIL_NUDGED
        while awaited:
            if monotonic() > next_nudge and (not begun or len(awaited) == 1):
                self._session.send(self._shell, "kernel_info_request")
                next_nudge = monotonic() + _SECONDS_UNTIL_NUDGED
            if monotonic() > end:
                if transcript.interrupted:
                    transcript.fail("The code does not end when it is interrupted.", kernel_is_lost=True)
                    break
                transcript.interrupted = True
                self._interrupt()
                end = monotonic() + _SECONDS_TO_OBEY
            messages = self._messages(_SECONDS_BETWEEN_LOOKS)
            for message in messages:
                if message["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                    begun = True
                    awaited.discard(transcript.add(message["msg_type"], message["content"]))
            if not messages and self._process.poll() is not None:
                transcript.fail(STOPPED if self._killed else DIED.format(why=self._why()), kernel_is_lost=True)
                break
        if transcript.interrupted and not self._killed:
            transcript.fail(f"ERROR: Timeout waiting for output from code block: {code}")
        return transcript

    def kill(self) -> None:
        """End the kernel and all that it has started, from any thread."""
        self._killed = True
        kill_tree(self._process, self._mark)

    def close(self) -> None:
        """Close the sockets and remove the files of a kernel that was killed."""
        for socket in self._sockets:
            socket.close(linger=0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _launch(
        self, command_before: Sequence[str], inherit_environment: Sequence[str], work_dir: str | None
    ) -> subprocess.Popen[bytes]:
        """Start the process of the kernel, with its output in a log file."""
        command = self._manager.format_kernel_cmd()
        if any("ipykernel" in argument for argument in command):
            command.append("--HistoryManager.enabled=False")  # that history is for what a person has typed
        specification = self._manager.kernel_spec
        environment = {
            **environment_for_code(inherit=inherit_environment),
            **(specification.env if specification is not None else {}),
            RUN_MARK: self._mark,
        }
        if command_before:
            # Each thread of a kernel would reserve 64 MB of addresses, which count where memory is limited.
            environment.setdefault("MALLOC_ARENA_MAX", "1")
        # Under pytest a kernel believes that it is tested itself, and lets the output of child processes go.
        environment.pop("PYTEST_CURRENT_TEST", None)
        with open(self._folder / "log", "wb") as log:
            process: subprocess.Popen[bytes] = launch_kernel(
                [*command_before, *command], stdout=log.fileno(), stderr=log.fileno(), env=environment, cwd=work_dir
            )
        return process

    def _messages(self, seconds: float) -> list[dict[str, Any]]:
        """Wait for messages, for at most so many seconds."""
        received = [self._session.recv(socket)[1] for socket, _ in self._poller.poll(int(seconds * 1000))]
        return [message for message in received if message is not None]

    def _interrupt(self) -> None:
        """Interrupt the code, as Ctrl-C would."""
        specification = self._manager.kernel_spec
        if specification is not None and specification.interrupt_mode == "message":
            control = self._manager.connect_control()
            self._session.send(control, "interrupt_request")
            control.close(linger=1000)
        elif sys.platform == "win32":
            from jupyter_client.win_interrupt import send_interrupt

            send_interrupt(self._process.win32_interrupt_event)  # type: ignore[attr-defined]
        else:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGINT)

    def _why(self) -> str:
        """How the process ended, to follow upon "died"."""
        code = self._process.returncode
        return f": {end_by_signal(-code).strip()}" if code < 0 else f" with exit code {code}."

    def _last_words(self) -> str:
        """What the process has printed, which may explain why it did not start."""
        with suppress(OSError):
            words = (self._folder / "log").read_bytes()[-2000:].decode("utf-8", errors="replace").strip()
            return f" It said:\n{words}" if words else ""
        return ""


def _transport(folder: Path) -> dict[str, str]:
    """Sockets in our own folder, which nobody else can enter, rather than ports that others can reach and take."""
    sockets = str(folder / "s")
    fits = sys.platform != "win32" and len(os.fsencode(sockets)) < _LONGEST_SOCKET_PATH
    return {"transport": "ipc", "ip": sockets} if fits else {}
