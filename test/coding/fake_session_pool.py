"""A session pool of Azure Container Apps for tests: its documented REST API over real HTTP, and code that really runs.

Each session is a Python process of its own that keeps its variables, in a directory of its own. Both forms of the API
are spoken, that of 2024-10-02-preview and later, and the one before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

OLD = ("2024-02-02-preview", "2024-08-02-preview")
NEW = ("2024-10-02-preview", "2025-02-02-preview")
_REQUIRED = {"codeInputType", "executionType", "code", "timeoutInSeconds"}

_SESSION = """
import ast, base64, contextlib, io, json, sys, traceback
names, replies = {"__name__": "__main__"}, sys.stdout
for line in sys.stdin:
    out, err, result, good = io.StringIO(), io.StringIO(), None, True
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            tree = ast.parse(json.loads(line))
            last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<cell>", "exec"), names)
            if last is not None:
                result = eval(compile(last, "<cell>", "eval"), names)
            if hasattr(result, "_repr_png_"):
                data = base64.b64encode(result._repr_png_()).decode()
                result = {"type": "image", "format": "png", "base64_data": data}
            json.dumps(result)
        except BaseException:
            good, result = False, None
            traceback.print_exc()
    print(json.dumps([good, out.getvalue(), err.getvalue(), result]), file=replies, flush=True)
"""


class FakeSessionPool:
    """A pool of sessions; a context manager.

    Args:
        token: the token that every request must carry.

    Attributes:
        requests: each request as (method, path, query).
        refusals: answers to give first, each as (status, headers, error); taken from the front.
        asynchronous: whether executions are answered before they have ended, to be asked for again.
    """

    def __init__(self, token: str = "token-of-the-pool") -> None:
        self.token = token
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.refusals: list[tuple[int, dict[str, str], dict[str, str]]] = []
        self.asynchronous = False
        self.sessions: dict[str, _Session] = {}
        self.executions: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.pool = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/subscriptions/s/resourceGroups/g/sessionPools/p"

    def __enter__(self) -> FakeSessionPool:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for name in list(self.sessions):
            self.end(name)

    def session(self, name: str) -> _Session:
        with self.lock:
            if name not in self.sessions:
                self.sessions[name] = _Session()
            return self.sessions[name]

    def end(self, name: str) -> bool:
        with self.lock:
            session = self.sessions.pop(name, None)
        if session is not None:
            session.end()
        return session is not None


class _Session:
    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-c", _SESSION]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder, encoding="utf-8"
        )

    def run(self, code: str, timeout: float) -> tuple[bool, str, str, Any]:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            timer = threading.Timer(timeout, self._process.kill)
            timer.start()
            try:
                self._process.stdin.write(json.dumps(code) + "\n")
                self._process.stdin.flush()
                reply = self._process.stdout.readline()
            finally:
                timer.cancel()
            if reply:
                good, out, err, result = json.loads(reply)
                return good, out, err, result
            self._close()
            if self.folder.exists():
                self._start()
            return False, "", "Execution did not finish.", None

    def end(self) -> None:
        self._folder.cleanup()
        self._process.kill()
        with self._lock:
            self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self._process.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pool: FakeSessionPool


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_DELETE = do_GET

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        path = url.path.removeprefix("/subscriptions/s/resourceGroups/g/sessionPools/p")
        pool = self.server.pool
        pool.requests.append((self.command, path, query))
        if pool.refusals:
            status, headers, error = pool.refusals.pop(0)
            self._send(status, {"error": error}, headers)
        elif self.headers.get("Authorization") != f"Bearer {pool.token}":
            sent = self.headers.get("Authorization", "")
            self._send(401, {"error": {"code": "Unauthorized", "message": f"bad header {sent}"}})
        elif query.get("api-version") not in OLD + NEW or not query.get("identifier"):
            self._send(400, {"error": {"code": "BadRequest", "message": "api-version and identifier are required"}})
        else:
            route = self._old if query["api-version"] in OLD else self._new
            status, answer = route(self.command, path, query["identifier"], body)
            self._send(status, answer)

    def _old(self, method: str, path: str, session: str, body: bytes) -> tuple[int, Any]:
        pool = self.server.pool
        if (method, path) == ("POST", "/code/execute"):
            properties = json.loads(body)["properties"]
            good, out, err, result = pool.session(session).run(properties["code"], properties["timeoutInSeconds"])
            status = "Success" if good else "Failure"
            outcome = {"stdout": out, "stderr": err, "executionResult": "" if result is None else result}
            return 200, {"properties": {"status": status, **outcome, "executionTimeInMilliseconds": 1}}
        if (method, path) == ("POST", "/files/upload"):
            return 200, {"value": [{"properties": _stored(pool.session(session), self.headers, body)}]}
        if (method, path) == ("GET", "/files"):
            files = sorted(pool.session(session).folder.iterdir())
            return 200, {"value": [{"properties": {"filename": each.name, "size": 1}} for each in files]}
        if method == "GET" and path.startswith("/files/content/"):
            return _content(pool.session(session), path.removeprefix("/files/content/"))
        return 404, {"error": {"code": "NotFound", "message": f"{method} {path}"}}

    def _new(self, method: str, path: str, session: str, body: bytes) -> tuple[int, Any]:
        pool = self.server.pool
        if (method, path) == ("POST", "/executions"):
            request = json.loads(body)
            if not request.keys() >= _REQUIRED or request["codeInputType"] != "Inline":
                return 400, {"error": {"code": "BadRequest", "message": "not a SessionCodeExecutionRequest"}}
            good, out, err, result = pool.session(session).run(request["code"], request["timeoutInSeconds"])
            number = str(len(pool.executions))
            resource = {"id": number, "identifier": session, "executionType": request["executionType"]}
            done = {
                **resource,
                "status": "Succeeded" if good else "Failed",
                "result": {"stdout": out, "stderr": err, "executionResult": result, "executionTimeInMilliseconds": 1},
            }
            pool.executions[number] = done
            return 202, {**resource, "status": "Running"} if pool.asynchronous else done
        if method == "GET" and path.startswith("/executions/"):
            return 200, pool.executions[path.removeprefix("/executions/")]
        if (method, path) == ("POST", "/files"):
            return 200, _stored(pool.session(session), self.headers, body)
        if (method, path) == ("GET", "/files"):
            files = sorted(pool.session(session).folder.iterdir())
            kinds = [(each, "directory" if each.is_dir() else "file") for each in files]
            return 200, {"value": [{"name": each.name, "type": kind, "lastModifiedAt": ""} for each, kind in kinds]}
        if method == "GET" and path.startswith("/files/") and path.endswith("/content"):
            return _content(pool.session(session), path.removeprefix("/files/").removesuffix("/content"))
        if (method, path) == ("DELETE", "/session"):
            return (204, None) if pool.end(session) else (404, {"error": {"code": "NotFound", "message": "no session"}})
        return 404, {"error": {"code": "NotFound", "message": f"{method} {path}"}}

    def _send(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        data = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for key, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)


def _stored(session: _Session, headers: Any, body: bytes) -> dict[str, Any]:
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    (part,) = message_from_bytes(head + body, policy=policy.HTTP).iter_parts()  # type: ignore[attr-defined]
    name = part.get_filename()
    (session.folder / name).write_bytes(part.get_payload(decode=True))
    return {"name": name, "type": "file", "filename": name, "lastModifiedAt": ""}


def _content(session: _Session, quoted: str) -> tuple[int, Any]:
    file = session.folder / unquote(quoted)
    if not file.is_file():
        return 404, {"error": {"code": "FileNotFound", "message": f"{file.name} does not exist"}}
    return 200, file.read_bytes()
