"""A double of YepCode's REST API on this machine, which really runs the Python that it gets."""

from __future__ import annotations

import base64
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ("TOKEN", "YepCodeDouble")

_CLIENT = "sa-team-1-abcd1234"
TOKEN = "sk-" + base64.b64encode(f"{_CLIENT}:secret".encode()).decode()
_CLAIMS = base64.b64encode(b'{"exp": 9999999999}').decode()
_PATH = "/api/team-1/rest"


class YepCodeDouble:
    """A service with processes, executions and their logs.

    Attributes:
        requests: method and path of each request, without what all paths begin with.
        faults: answers instead of the proper ones, in turn: status and text; or None for a proper one.
        polls: how often an execution is still running when it is asked for, though its code has ended.
        returns: the value that each execution returns, as JSON, or None.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.faults: list[tuple[int, str] | None] = []
        self.polls = 0
        self.returns: str | None = None
        self.sources: dict[str, dict[str, Any]] = {}
        self.access_tokens = 0
        self._executions: dict[str, _Execution] = {}
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def access_token(self) -> str:
        """A token that ends in the year 2286; the last part makes each new one another."""
        return f"e30.{_CLAIMS}.{self.access_tokens}"

    def __enter__(self) -> YepCodeDouble:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        for execution in self._executions.values():
            execution.end()

    def answer(self, method: str, path: str, headers: Any, body: dict[str, Any]) -> tuple[int, Any]:
        """The proper answer to a request."""
        if path == "/auth/token":
            if headers.get("x-api-token") != TOKEN:
                return 401, {"message": "wrong token"}
            self.access_tokens += 1
            return 200, {"access_token": self.access_token}
        if headers.get("authorization") != f"Bearer {self.access_token}":
            return 401, {"message": "expired"}
        kind, _, rest = path.strip("/").partition("/")
        name, _, action = rest.partition("/")
        return self._processes(method, name, action, body) if kind == "processes" else self._execution(name, action)

    def _processes(self, method: str, name: str, action: str, body: dict[str, Any]) -> tuple[int, Any]:
        if method == "POST" and not name:
            self.sources[body["name"]] = body
            return 201, {"id": body["name"]}
        if name not in self.sources:
            return 404, {"message": "Process not found"}
        if method == "DELETE":
            del self.sources[name]
            return 200, {}
        if action == "execute":
            identifier = f"run-{len(self._executions) + 1}"
            execution = _Execution(self.sources[name]["script"]["sourceCode"], self.polls)
            self._executions[identifier] = execution
            if self.polls:
                execution.process.wait()
            return 200, {"executionId": identifier}
        return 200, {"id": name}

    def _execution(self, name: str, action: str) -> tuple[int, Any]:
        execution = self._executions.get(name)
        if execution is None:
            return 404, {"message": "Execution not found"}
        if action == "kill":
            execution.kill()
            return 200, {}
        if action == "logs":
            return 200, {"data": execution.logs(), "hasNextPage": False}
        return 200, {"id": name, "processId": "p", "status": execution.status(), "returnValue": self.returns}

    def _handler(double: YepCodeDouble) -> type:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

            def do(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                path = urlsplit(self.path).path.removeprefix(_PATH)
                double.requests.append(f"{self.command} {path}")
                fault = double.faults.pop(0) if double.faults else None
                if fault is None:
                    status, answer = double.answer(self.command, path, self.headers, body)
                    text = json.dumps(answer)
                else:
                    status, text = fault
                self.send_response(status)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = do_DELETE = do

        return Handler


class _Execution:
    """One run of code, in a directory of its own."""

    def __init__(self, code: str, polls: int) -> None:
        self.polls = polls
        self._killed = False
        self._folder = tempfile.TemporaryDirectory()
        self._outputs = {level: Path(self._folder.name) / level for level in ("INFO", "ERROR")}
        with self._outputs["INFO"].open("wb") as printed, self._outputs["ERROR"].open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-c", code],
                cwd=tempfile.mkdtemp(dir=self._folder.name),
                env={"PATH": os.environ["PATH"]},
                stdout=printed,
                stderr=errors,
                start_new_session=True,
            )

    def status(self) -> str:
        if self._killed:
            return "KILLED"
        self.polls -= 1
        if self.polls >= 0 or self.process.poll() is None:
            return "RUNNING"
        return "ERROR" if self.process.returncode else "FINISHED"

    def logs(self) -> list[dict[str, str]]:
        now = datetime.now(timezone.utc).isoformat()
        return [
            {"timestamp": now, "level": level, "message": line}
            for level, output in self._outputs.items()
            for line in output.read_text(encoding="utf-8").splitlines()
        ]

    def kill(self) -> None:
        self._killed = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Kill what still runs, and remove the directory."""
        self.kill()
        self._folder.cleanup()
