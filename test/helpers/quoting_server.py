"""A server that refuses requests and quotes them, keys included."""

from __future__ import annotations

import json

from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

__all__ = ("QuotingServer",)

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello."}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


class QuotingServer:
    """Refuses every request with a message that quotes it, until ``answers`` is set.

    Attributes:
        quoted: the requests, as texts.
        answers: whether to answer.
    """

    def __init__(self) -> None:
        self.quoted: list[str] = []
        self.answers = False
        self._http = HttpServer(self._serve, "127.0.0.1", 0)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._http.port}"

    async def _serve(self, http: HttpRequest) -> HttpResponse:
        self.quoted.append(f"{http.path}?{http.query} {http.headers}")
        if self.answers:
            return HttpResponse(200, json.dumps(ANSWER).encode())
        error = {"error": {"message": f"Refused: {self.quoted[-1]}", "type": "refused", "code": None}}
        return HttpResponse(401, json.dumps(error).encode())

    def __enter__(self) -> QuotingServer:
        self._http.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.stop()
