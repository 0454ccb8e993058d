"""A Kubernetes API server for tests: real HTTP and WebSocket, real processes, but no containers.

It speaks the documented paths that an executor needs: create, read and delete pods; exec with v4.channel.k8s.io. What
is executed in a pod runs as a process of this machine, so that output, exit codes and timeouts are real ones. As with a
real kubelet, a process outlives the connection that started it, and ends with its pod.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kubernetes import client
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

_DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_POD_OF_PROCESS = "FAKE_POD"
_STDIN, _STDOUT, _STDERR, _STATUS = range(4)


class FakeCluster:
    """A cluster with one namespace or more; a context manager.

    Args:
        namespaces: the names of the namespaces.
        token: the token that every request must carry.
        broken_images: images that cannot be started, each with the reason that the pod then waits for.
        reads_until_running: how often a pod is read before it is found running.

    Attributes:
        requests: each request as (method, path).
        pods: the pods by (namespace, name), as they were sent, completed with their status.
        commands: the argument lists that were executed.
        sent: the pieces of output that left the pods.
    """

    def __init__(
        self,
        namespaces: tuple[str, ...] = ("default",),
        token: str = "secret-of-the-cluster",
        broken_images: Mapping[str, str] | None = None,
        reads_until_running: int = 1,
    ) -> None:
        self.namespaces = namespaces
        self.token = token
        self.broken_images = dict(broken_images or {})
        self.reads_until_running = reads_until_running
        self.requests: list[tuple[str, str]] = []
        self.pods: dict[tuple[str, str], dict[str, Any]] = {}
        self.commands: list[list[str]] = []
        self.sent: list[bytes] = []
        self.connections: dict[tuple[str, str], list[_Exec]] = {}
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.cluster = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeCluster:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for key in list(self.pods):
            self.end_pod(*key)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def kube_config(self, folder: Path, namespace: str | None = None, token: str | None = None) -> str:
        """Write a configuration file for this cluster."""
        context = {"cluster": "fake", "user": "tester", **({"namespace": namespace} if namespace else {})}
        path = folder / f"kube-config-{len(list(folder.glob('kube-config-*')))}.json"
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "fake",
                    "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
                    "users": [{"name": "tester", "user": {"token": token or self.token}}],
                    "contexts": [{"name": "fake", "context": context}],
                }
            ),
            encoding="utf-8",
        )
        return str(path)

    def create(self, namespace: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        pod = _as_the_model_has_it(body)
        name = str(pod.get("metadata", {}).get("name", ""))
        containers = pod.get("spec", {}).get("containers") or []
        if not _DNS_NAME.fullmatch(name) or not containers or any("image" not in each for each in containers):
            return 422, _status(422, "Invalid", f'Pod "{name}" is invalid')
        with self.lock:
            if (namespace, name) in self.pods:
                return 409, _status(409, "AlreadyExists", f'pods "{name}" already exists')
            pod["metadata"] |= {"namespace": namespace, "uid": f"uid-{name}"}
            pod["reads"] = 0
            self.pods[namespace, name] = pod
        return 201, self._shown(pod)

    def read(self, namespace: str, name: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            pod = self.pods.get((namespace, name))
            if pod is None:
                return 404, _status(404, "NotFound", f'pods "{name}" not found')
            pod["reads"] += 1
        return 200, self._shown(pod)

    def delete(self, namespace: str, name: str) -> tuple[int, dict[str, Any]]:
        if (namespace, name) not in self.pods:
            return 404, _status(404, "NotFound", f'pods "{name}" not found')
        shown = self._shown(self.pods[namespace, name])
        self.end_pod(namespace, name)
        return 200, shown

    def end_pod(self, namespace: str, name: str) -> None:
        """Take a pod away with all that runs in it, as a deletion or the loss of its node does."""
        with self.lock:
            self.pods.pop((namespace, name), None)
            connections = self.connections.pop((namespace, name), [])
        for connection in connections:
            connection.drop()
        needle = f"{_POD_OF_PROCESS}={namespace}/{name}/{id(self)}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if needle in (folder / "environ").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)

    def environment(self, namespace: str, name: str) -> dict[str, str]:
        """What a process in a pod finds: nothing of the environment of the tests."""
        path = f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path, "HOME": "/root", _POD_OF_PROCESS: f"{namespace}/{name}/{id(self)}"}

    def _shown(self, pod: dict[str, Any]) -> dict[str, Any]:
        statuses = [self._container_status(pod, container) for container in pod["spec"]["containers"]]
        running = all("running" in status["state"] for status in statuses)
        shown = {key: value for key, value in pod.items() if key != "reads"}
        status = pod.get("status") or {"phase": "Running" if running else "Pending", "containerStatuses": statuses}
        return {**shown, "apiVersion": "v1", "kind": "Pod", "status": status}

    def _container_status(self, pod: dict[str, Any], container: dict[str, Any]) -> dict[str, Any]:
        reason = self.broken_images.get(container["image"])
        if reason is None and pod["reads"] >= self.reads_until_running:
            state: dict[str, Any] = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        else:
            message = f'Back-off pulling image "{container["image"]}"' if reason else ""
            state = {"waiting": {"reason": reason or "ContainerCreating", "message": message}}
        return {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": "running" in state,
            "restartCount": 0,
            "state": state,
        }


def _as_the_model_has_it(body: dict[str, Any]) -> dict[str, Any]:
    """Read a pod with the models of the client package and write it again; raises if it does not fit."""
    api = client.ApiClient()
    if hasattr(client.V1Pod, "from_dict"):  # since version 37
        pod = client.V1Pod.from_dict(body)
    else:
        from types import SimpleNamespace

        pod = api.deserialize(SimpleNamespace(data=json.dumps(body)), "V1Pod")
    again: dict[str, Any] = api.sanitize_for_serialization(pod)
    unknown = _missing_from(body, again)
    if unknown:
        raise ValueError(f"unknown fields: {unknown}")
    return again


def _missing_from(sent: Any, kept: Any, path: str = "") -> list[str]:
    if isinstance(sent, dict) and isinstance(kept, dict):
        return [
            lost
            for key, value in sent.items()
            for lost in ([f"{path}.{key}"] if key not in kept else _missing_from(value, kept[key], f"{path}.{key}"))
        ]
    if isinstance(sent, list) and isinstance(kept, list):
        return [lost for a, b in zip(sent, kept, strict=True) for lost in _missing_from(a, b, path)]
    return []


def _status(code: int, reason: str, message: str) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    cluster: FakeCluster


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            while self._answer_one():
                pass

    def _answer_one(self) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return False
            head += line
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines if line)}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        url = urlsplit(target)
        self.server.cluster.requests.append((method, url.path))
        code, answer = self._route(method, url.path, headers, body)
        if code == 101:
            _Exec(self, answer["key"], parse_qs(url.query)).run(head)
            return False
        self._send(code, answer)
        return True

    def _route(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        cluster = self.server.cluster
        if headers.get("authorization") != f"Bearer {cluster.token}":
            return 401, _status(401, "Unauthorized", "Unauthorized")
        match = re.fullmatch(r"/api/v1/namespaces/([^/]+)(?:/pods(?:/([^/]+)(/exec|/status)?)?)?", path)
        if match is None:
            return 404, _status(404, "NotFound", "the server could not find the requested resource")
        namespace, name, is_exec = match[1], match[2], match[3] == "/exec"
        if namespace not in cluster.namespaces:
            return 404, _status(404, "NotFound", f'namespaces "{namespace}" not found')
        if "/pods" not in path:
            return 200, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        if is_exec:
            pod_is_there = (namespace, name) in cluster.pods
            return (101, {"key": (namespace, name)}) if pod_is_there else cluster.read(namespace, name)
        if method == "POST" and name is None:
            try:
                return cluster.create(namespace, json.loads(body))
            except ValueError as error:
                return 400, _status(400, "BadRequest", str(error))
        if method == "DELETE" and name is not None:
            return cluster.delete(namespace, name)
        if method == "GET" and name is not None:
            return cluster.read(namespace, name)
        return 405, _status(405, "MethodNotAllowed", f"{method} {path}")

    def _send(self, code: int, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        head = f"HTTP/1.1 {code} -\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        self.wfile.write(head.encode() + data)


class _Exec:
    """One command in a pod, and the WebSocket that carries its streams."""

    def __init__(self, handler: _Handler, key: tuple[str, str], query: dict[str, list[str]]) -> None:
        self._socket = handler.connection
        self._cluster = handler.server.cluster
        self._key = key
        self._command = query.get("command", [])
        self._wants = {
            name: query.get(name, ["false"])[0].lower() in ("true", "1") for name in ("stdin", "stdout", "stderr")
        }
        self._container = query.get("container", [None])[0]
        self._protocol = ServerProtocol(subprotocols=["v4.channel.k8s.io"])
        self._lock = threading.Lock()

    def run(self, head: bytes) -> None:
        cluster = self._cluster
        self._protocol.receive_data(head)
        (request,) = self._protocol.events_received()
        self._protocol.send_response(self._protocol.accept(request))
        self._flush()
        with cluster.lock:
            cluster.commands.append(self._command)
            cluster.connections.setdefault(self._key, []).append(self)
            names = [container["name"] for container in cluster.pods[self._key]["spec"]["containers"]]
        if self._container is not None and self._container not in names:
            self._end(_status(400, "BadRequest", f"container {self._container} is not valid for pod {self._key[1]}"))
            return
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE if self._wants["stdin"] else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=cluster.environment(*self._key),
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            text = f'error executing command in container: exec: "{self._command[0]}": {error.strerror}'
            self._end(_status(500, "InternalError", text))
            return
        reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        reader.start()
        with process:
            pumps = [
                threading.Thread(target=self._pump, args=(process.stdout, _STDOUT, self._wants["stdout"])),
                threading.Thread(target=self._pump, args=(process.stderr, _STDERR, self._wants["stderr"])),
            ]
            for pump in pumps:
                pump.start()
            for pump in pumps:
                pump.join()
            code = process.wait()
        code = code if code >= 0 else 128 - code
        if code == 0:
            self._end({"metadata": {}, "status": "Success"})
        else:
            causes = {"causes": [{"reason": "ExitCode", "message": str(code)}]}
            text = f"command terminated with non-zero exit code: exit status {code}"
            self._end(
                {"metadata": {}, "status": "Failure", "message": text, "reason": "NonZeroExitCode", "details": causes}
            )
        reader.join(5)

    def drop(self) -> None:
        """Cut the connection without a status, as when the node is lost."""
        import socket

        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _pump(self, pipe: Any, channel: int, wanted: bool) -> None:
        while data := os.read(pipe.fileno(), 32768):
            if wanted:
                self._send(channel, data)
                self._cluster.sent.append(data)

    def _send(self, channel: int, data: bytes) -> None:
        with self._lock, suppress(Exception):  # the client may have gone; the process runs on
            self._protocol.send_binary(bytes([channel]) + data)
            self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._socket.sendall(data)

    def _end(self, status: dict[str, Any]) -> None:
        self._send(_STATUS, json.dumps(status).encode())
        with self._lock, suppress(Exception):
            self._protocol.send_close(1000)
            self._flush()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        """Take what the client sends: standard input, pings, the end."""
        with suppress(OSError):
            while data := self._socket.recv(65536):
                with self._lock:
                    self._protocol.receive_data(data)
                    events = self._protocol.events_received()
                    self._flush()
                for event in events:
                    is_data = isinstance(event, Frame) and event.opcode in (Opcode.BINARY, Opcode.TEXT)
                    if is_data and process.stdin and event.data[0] == _STDIN:
                        with suppress(BrokenPipeError):
                            process.stdin.write(event.data[1:])
                            process.stdin.flush()
