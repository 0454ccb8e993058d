"""A double of Daytona's REST API on this machine; each sandbox is a directory, and really runs what it gets."""

from __future__ import annotations

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = ("KEY", "DaytonaDouble")

KEY = "dtn_a_secret_key"


class DaytonaDouble:
    """A service with sandboxes.

    Attributes:
        requests: method and path of each request, with its body.
        faults: answers instead of the proper ones, in turn: status and text; or None for a proper one.
        sandboxes: the directories of the sandboxes by their ids.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self.faults: list[tuple[int, str] | None] = []
        self.sandboxes: dict[str, Path] = {}
        self._running: dict[Path, list[subprocess.Popen[str]]] = {}
        self._folders = tempfile.TemporaryDirectory()
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/api"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def __enter__(self) -> DaytonaDouble:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._folders.cleanup()

    def answer(self, method: str, path: str, query: dict[str, list[str]], key: str, body: Any) -> tuple[int, Any]:
        """The proper answer to a request."""
        if key != f"Bearer {KEY}":
            return 401, {"message": "Unauthorized", "statusCode": 401}
        parts = path.strip("/").split("/")
        if method == "POST" and path == "/api/sandbox":
            name = f"sandbox-{len(self.requests)}"
            self.sandboxes[name] = Path(tempfile.mkdtemp(dir=self._folders.name))
            return 200, self._described(name, body)
        if parts[:2] == ["api", "sandbox"] and parts[2] in self.sandboxes:
            if method == "DELETE":
                for process in self._running.pop(self.sandboxes.pop(parts[2]), []):
                    _kill(process)
            return 200, self._described(parts[2], {})
        if parts[0] == "toolbox" and parts[1] in self.sandboxes:
            return self._toolbox(self.sandboxes[parts[1]], "/".join(parts[2:]), query, body)
        return 404, {"message": f"not found: {path}", "statusCode": 404}

    def _toolbox(self, folder: Path, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if path == "process/execute":
            command = body["command"].replace("/tmp/", f"{folder}/")
            return self._run(["sh", "-c", command], folder, body.get("timeout"))
        if path == "process/code-run":
            return self._run([sys.executable, "-c", body["code"]], folder, body.get("timeout"))
        if path == "files/bulk-upload":
            name, content = re.findall(rb'name="files.*?\r\n(?:Content-Type.*?\r\n)?\r\n(.*?)\r\n--', body, re.DOTALL)
            (folder / Path(name.decode()).name).write_bytes(content)
            return 200, []
        (folder / Path(query["path"][0]).name).unlink()  # the only other request is DELETE files
        return 200, {}

    def _run(self, command: list[str], folder: Path, timeout: int | None) -> tuple[int, dict[str, Any]]:
        with subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            self._running.setdefault(folder, []).append(process)
            try:
                printed, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                _kill(process)
                return 408, {"message": "command execution timeout", "statusCode": 408}
        code = process.returncode
        return 200, {"exitCode": code if code >= 0 else 128 - code, "result": printed}

    def _described(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        port = self._http.server_port
        return {
            **{"id": name, "organizationId": "org", "name": name, "user": "daytona", "env": body.get("env") or {}},
            **{"labels": {}, "public": False, "networkBlockAll": False, "kvm": False, "target": "eu", "cpu": 1},
            **{"gpu": 0, "memory": 1, "disk": 1, "state": "started", "createdAt": "2026-01-01T00:00:00Z"},
            "toolboxProxyUrl": f"http://127.0.0.1:{port}/toolbox",
        }

    def _handler(double: DaytonaDouble) -> type:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

            def do(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                address = urlsplit(self.path)
                try:
                    body = json.loads(raw or b"{}")
                except ValueError:
                    body = raw
                double.requests.append((f"{self.command} {address.path}", body))
                fault = double.faults.pop(0) if double.faults else None
                if fault is None:
                    query, key = parse_qs(address.query), self.headers.get("authorization", "")
                    status, answer = double.answer(self.command, address.path, query, key, body)
                    text = json.dumps(answer)
                else:
                    status, text = fault
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = do_DELETE = do

        return Handler


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and what it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
