"""A Jupyter server as a process on this machine."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from ..._code.process.command import RUN_MARK, kill_marked, kill_tree
from ..._code.process.environment import environment_for_code
from ..._code.process.owner import InThisProcess
from ...errors import JupyterServerError
from ._readiness import SETTINGS, find_problem
from .base import JupyterConnectable, JupyterConnectionInfo
from .jupyter_client import JupyterClient

__all__ = ("LocalJupyterServer",)

_TRIES_FOR_A_PORT = 5
_LONGEST_FOLDER = 50  # the name of a socket in it takes about 50 bytes more, and the systems allow about 108
_ROOT = str(Path(__file__).resolve().parents[3])
# The program is written out, because a file in this folder would find our jupyter_client instead of Jupyter's.
_PROGRAM = f"import sys; sys.path.append({_ROOT!r}); from autogen_classic.coding.jupyter._gateway import main; main()"


class LocalJupyterServer(JupyterConnectable):
    """Starts a Jupyter Kernel Gateway, and waits until it answers. It ends with this program, even if that crashes.

    It is not a sandbox: its kernels run with your rights. Keys in the environment are not handed on to them.

    Args:
        ip: the address it listens on. Whoever reaches it and has the token can run code on this machine.
        port: its port; None for a free one.
        token: the key to it; by default a new one. It is never printed, and never put in a file or on a command line.
        log_file: the file for its log; None for no log.
        log_level: the least important level that is logged.
        log_max_bytes: how large the file may grow before a new one is begun; 0 for no limit.
        log_backup_count: how many old log files are kept.
        work_dir: the directory its kernels run in; None for the current one.
        inherit_environment: names of environment variables with keys, tokens or passwords that the code may have;
            ``["*"]`` hands on all of them. By default such variables are left out.

    Raises:
        JupyterServerError: it does not start; the text holds what it said.
    """

    class GenerateToken:
        """Stands for a new token."""

    def __init__(
        self,
        ip: str = "127.0.0.1",
        port: int | None = None,
        token: str | GenerateToken = GenerateToken(),  # noqa: B008  (it has no state)
        log_file: str | None = "jupyter_gateway.log",
        log_level: str = "INFO",
        log_max_bytes: int = 1048576,
        log_backup_count: int = 3,
        *,
        work_dir: str | Path | None = None,
        inherit_environment: Sequence[str] = (),
    ) -> None:
        self.ip = ip
        self.token = secrets.token_hex(32) if isinstance(token, LocalJupyterServer.GenerateToken) else token
        self._mark = uuid.uuid4().hex
        if port is not None and not _is_free(ip, port):
            # A server that is already there might answer to the same token.
            raise JupyterServerError(f"The Jupyter server on {ip}:{port} did not start. The port is in use.")
        log = _logging(log_file, log_level, log_max_bytes, log_backup_count)
        environment = {**environment_for_code(inherit=inherit_environment), RUN_MARK: self._mark}
        environment.pop("PYTEST_CURRENT_TEST", None)  # it would change how kernels treat the output of child processes
        for tries_left in reversed(range(1 if port is not None else _TRIES_FOR_A_PORT)):
            self.port = port if port is not None else _free_port(ip)
            runtime = tempfile.mkdtemp(prefix="autogen-jupyter-")
            process = _launch(self._settings(log, runtime), environment, runtime, work_dir)
            # Also at the end of the program, and when a server is simply dropped.
            self._stop = weakref.finalize(self, InThisProcess(partial(_end, process, self._mark, runtime)))
            problem = find_problem(self.get_client(), lambda: process.poll() is not None)  # noqa: B023  (called now)
            if problem is None:
                return
            said = Path(runtime, "said").read_bytes()[-2000:].decode("utf-8", errors="replace").strip()
            self.stop()
            # Somebody else may have taken the port in the meantime.
            if tries_left == 0 or "in use" not in said:
                said = said.replace(self.token, "[token]") if self.token else said
                raise JupyterServerError(f"The Jupyter server on {ip}:{self.port} did not start. {problem}\n{said}")

    @property
    def connection_info(self) -> JupyterConnectionInfo:
        """Where the server is."""
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
        host = anywhere.get(self.ip, self.ip)
        return JupyterConnectionInfo(
            host=f"[{host}]" if ":" in host else host, use_https=False, port=self.port, token=self.token
        )

    def get_client(self) -> JupyterClient:
        """Give a client of the server."""
        return JupyterClient(self.connection_info)

    def stop(self) -> None:
        """End the server, its kernels, and everything they have started."""
        self._stop()

    def __enter__(self) -> LocalJupyterServer:
        """The server is already running; the end of the ``with`` block ends it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _settings(self, log: dict[str, Any], runtime: str) -> dict[str, Any]:
        own = {"ip": self.ip, "port": self.port, "port_retries": 0, "auth_token": self.token}
        # Sockets in our own folder, which nobody else can enter, rather than ports that others can reach and take.
        by_file = sys.platform != "win32" and len(os.fsencode(runtime)) < _LONGEST_FOLDER
        return {
            "KernelGatewayApp": {**own, "logging_config": log},
            "KernelManager": {"transport": "ipc"} if by_file else {},
            **SETTINGS,
        }

    def _mark_for_kernel(self) -> str:
        """A mark for the processes of one kernel, which begins like the mark of all kernels."""
        return f"{self._mark}-{uuid.uuid4().hex}"

    def _end_marked(self, mark: str) -> None:
        """End what a kernel has left behind."""
        if sys.platform != "win32":
            kill_marked(mark)


def _free_port(ip: str) -> int:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((ip, 0))
        return int(probe.getsockname()[1])


def _is_free(ip: str, port: int) -> bool:
    """Tell whether a port is free, or cannot be listened on at all, which the server will then report."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # on Windows it means that two may listen
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def _logging(file: str | None, level: str, max_bytes: int, backup_count: int) -> dict[str, Any]:
    """Settings that write the log to a file and nowhere else."""
    handler: dict[str, Any] = {"class": "logging.NullHandler"}
    if file is not None:
        handler = {
            "class": "logging.handlers.RotatingFileHandler",
            "level": level,
            "maxBytes": max_bytes,
            "backupCount": backup_count,
            "filename": os.path.abspath(file),
            "formatter": "console",
        }
    # Errors before the log is open, such as a port in use, go to standard error.
    return {
        "handlers": {"file": handler},
        "loggers": {"KernelGatewayApp": {"level": level, "handlers": ["file", "console"]}},
    }


def _launch(
    settings: dict[str, Any], environment: dict[str, str], runtime: str, work_dir: str | Path | None
) -> subprocess.Popen[bytes]:
    """Start the gateway and hand it its settings; what it says goes to a file beside its connection files."""
    with open(os.path.join(runtime, "said"), "wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            env={**environment, "JUPYTER_RUNTIME_DIR": runtime},
            cwd=work_dir,
            start_new_session=sys.platform != "win32",
        )
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has ended, which shows when it is waited for
        process.stdin.write(json.dumps(settings).encode() + b"\n")
        process.stdin.flush()
    return process


def _end(process: subprocess.Popen[bytes], mark: str, runtime: str) -> None:
    kill_tree(process, mark)
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
    shutil.rmtree(runtime, ignore_errors=True)
