"""A scripted OpenAI-compatible HTTP server: standard library only, so that it runs beside AutoGen 0.2.40 as well.

Every scripted model has its own path (`/NAME/v1`) and its own queue of replies, and leaves its requests in one list.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Union

Reply = Union[str, dict, "Fault", "Endless", "Choices", Callable[[dict], Any]]

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@dataclass
class Fault:
    """An HTTP error in the form in which OpenAI sends it, or a connection cut in the middle of a stream."""

    status: int = 500
    message: str = "scripted error"
    code: str | None = None
    headers: dict = field(default_factory=dict)
    cut_after: str | None = None


@dataclass
class Endless:
    """The same reply however often it is asked for."""

    reply: Any


@dataclass
class Choices:
    """Several choices in one answer."""

    replies: list


class QuietServer(http.server.ThreadingHTTPServer):
    """A client that hangs up is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what matters is in the record."""


class ModelServer:
    """Serves the scripted models of one scenario on a free local port."""

    def __init__(self) -> None:
        self.requests: list[dict] = []
        self.problems: list[str] = []
        self._replies: dict[str, list] = {}
        self._http = QuietServer(("127.0.0.1", 0), self._handler_class())
        self._http.daemon_threads = True
        self.port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def add_model(self, name: str, replies: list) -> str:
        """Add a model with its replies and return the base URL under which it answers."""
        self._replies[name] = list(replies)
        return f"http://127.0.0.1:{self.port}/{name}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def next_reply(self, name: str, body: dict) -> Any:
        """Take the reply that is due; a scenario that asks more often than it has written down is a mistake."""
        queue = self._replies.get(name, [])
        if not queue:
            self.problems.append(f"model {name!r} was asked more often than it has replies")
            return Fault(400, "the scenario has no reply left")
        reply = queue[0].reply if isinstance(queue[0], Endless) else queue.pop(0)
        return reply(body) if callable(reply) else reply

    def _handler_class(server: ModelServer) -> type:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                """Keep quiet: the transcript belongs to the scenario."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                _, name, path = self.path.split("/", 2)
                key = (self.headers.get("authorization") or self.headers.get("api-key") or "").replace("Bearer ", "")
                server.requests.append({"model": name, "path": path, "key": key, "body": body})
                reply = server.next_reply(name, body)
                if isinstance(reply, Fault) and reply.cut_after is None:
                    error = {"message": reply.message, "type": "scripted_error", "param": None, "code": reply.code}
                    self.answer(reply.status, {"error": error}, reply.headers)
                elif body.get("stream"):
                    self.stream(body, reply)
                else:
                    self.answer(200, completion(body, reply), {})

            def answer(self, status: int, content: dict, headers: dict) -> None:
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                for header, value in headers.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(data)

            def stream(self, body: dict, reply: Any) -> None:
                cut = isinstance(reply, Fault)
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for chunk in stream_chunks(body, reply.cut_after if cut else reply, finish=not cut):
                    self.write_chunk(b"data: " + json.dumps(chunk).encode() + b"\n\n")
                if cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.write_chunk(b"data: [DONE]\n\n")
                self.write_chunk(b"")

            def write_chunk(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

        return Handler


def as_message(reply: Any) -> dict:
    """Turn a scripted reply into an assistant message: a text, or a dict with the fields to set."""
    return {"role": "assistant", "content": None, **({"content": reply} if isinstance(reply, str) else reply)}


def finish_reason(message: dict) -> str:
    """Say why a message ended, as OpenAI does."""
    if message.get("tool_calls"):
        return "tool_calls"
    return "function_call" if message.get("function_call") else "stop"


def completion(body: dict, reply: Any) -> dict:
    """The whole answer to a request that did not ask for a stream."""
    messages = [as_message(one) for one in (reply.replies if isinstance(reply, Choices) else [reply])]
    choices = [
        {"index": index, "finish_reason": finish_reason(message), "message": message}
        for index, message in enumerate(messages)
    ]
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1700000000,
        "model": body["model"],
        "choices": choices,
        "usage": USAGE,
    }


def stream_chunks(body: dict, reply: Any, finish: bool) -> list[dict]:
    """The same answer in pieces: words of a text; name, then halves of the arguments of a call."""
    messages = [as_message(one) for one in (reply.replies if isinstance(reply, Choices) else [reply])]
    pieces: list[tuple[int, dict, str | None]] = []
    for index, message in enumerate(messages):
        pieces.append((index, {"role": "assistant", "content": "" if message["content"] is not None else None}, None))
        words = (message["content"] or "").split(" ")
        pieces += [
            (index, {"content": word if n == 0 else " " + word}, None)
            for n, word in enumerate(words)
            if message["content"]
        ]
        pieces += [(index, delta, None) for delta in call_deltas(message)]
        if finish:
            pieces.append((index, {}, finish_reason(message)))
    frame = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": body["model"],
    }
    chunks: list[dict] = [
        {**frame, "choices": [{"index": index, "delta": delta, "finish_reason": reason}]}
        for index, delta, reason in pieces
    ]
    if (body.get("stream_options") or {}).get("include_usage"):
        chunks.append({**frame, "choices": [], "usage": USAGE})
    return chunks


def call_deltas(message: dict) -> list[dict]:
    """The pieces of tool calls, or of a legacy function call."""
    deltas: list[dict] = []
    for index, call in enumerate(message.get("tool_calls") or []):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        half = len(arguments) // 2
        head = {"index": index, "id": call["id"], "type": "function", "function": {"name": name, "arguments": ""}}
        deltas.append({"tool_calls": [head]})
        for part in (arguments[:half], arguments[half:]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    if message.get("function_call"):
        call = message["function_call"]
        half = len(call["arguments"]) // 2
        deltas.append({"function_call": {"name": call["name"], "arguments": ""}})
        deltas += [
            {"function_call": {"arguments": part}} for part in (call["arguments"][:half], call["arguments"][half:])
        ]
    return deltas
