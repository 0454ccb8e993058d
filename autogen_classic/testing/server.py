"""A local server that speaks OpenAI's HTTP API and answers from a script.

It lets a test (or a demo, or a benchmark) run the real client over real HTTP without a model and without a key.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

from ..errors import ScriptExhaustedError
from .conversations import Conversations
from .forms import FORMS, Form
from .http_server import HttpRequest, HttpResponse, HttpServer, StreamCut
from .replies import (
    Answer,
    Choices,
    Disconnect,
    ErrorReply,
    Hang,
    ModelRequest,
    Refusal,
    Reply,
    delay_of,
    echo,
    error,
    read_reply,
)
from .script import Script, is_callable_reply, situation_of
from .wire import embeddings, error_body, model_list, server_sent_event

__all__ = ("MockOpenAIServer", "run_mock_server")

_KEPT = re.compile(r"(?:conversations|responses)(?:/[^/]+)*$")
_KEY_HEADERS = ("authorization", "api-key", "x-api-key", "cookie")
_CALLABLES_AT_ONCE = 64


class MockOpenAIServer:
    """An OpenAI-compatible server on this machine, for tests.

    It serves ``/v1/chat/completions`` (also at Azure's ``/openai/deployments/NAME/chat/completions``),
    ``/v1/responses`` with ``/v1/conversations``, ``/v1/completions``, ``/v1/embeddings`` and ``/v1/models``. Use it in
    ``with``, or call `start` and `stop`. For example:

    ```python
    with MockOpenAIServer(["Hello.", tool_call("add", a=1, b=2), error(429, retry_after=0)]) as server:
        agent = AssistantAgent("assistant", llm_config=server.llm_config())
    ```

    Args:
        replies: the answers of chats, responses and completions in order: texts, message dicts, `tool_call`, `error`,
            `disconnect`, `hang`, lists of texts (pieces of a stream), exceptions, or callables that take the
            `ModelRequest` and return one of these (plain ones run in their own thread and may block,
            asynchronous ones run in the loop of the server). One callable in place of the list answers every
            request. None lets the server echo.
        default: what answers when the list is used up. None refuses the request with status 400.
        host: the address to listen at.
        port: the port; 0 takes a free one.
        token: the API key to insist on; None accepts any key, or no key.
        models: the models that exist; None accepts any name.
        embedding_dimensions: the length of the vectors of ``/v1/embeddings``.

    Attributes:
        requests: every request to answer or to embed, in the order of arrival, including refused ones.
        conversations: the conversations of ``/v1/conversations``, and the responses.
        errors: what scripted callables raised by accident. The end of the ``with`` block raises the first.
    """

    def __init__(
        self,
        replies: Iterable[Any] | Callable[[ModelRequest], Any] | None = None,
        *,
        default: Any = None,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        models: Sequence[str] | None = None,
        embedding_dimensions: int = 32,
    ) -> None:
        self._script = Script(
            replies, default=echo if replies is None and default is None else default, owner="MockOpenAIServer"
        )
        self._host = host
        self._token = token
        self._models = models
        self._dimensions = embedding_dimensions
        self._http = HttpServer(self._answer, host, port)
        self._threads: ThreadPoolExecutor | None = None
        self.requests: list[ModelRequest] = []
        self.conversations = Conversations()
        self.errors: list[BaseException] = []

    def start(self) -> MockOpenAIServer:
        """Start serving in a separate thread.

        Returns:
            The server itself.

        Raises:
            OSError: the port is in use.
        """
        self._http.start()
        return self

    def stop(self) -> None:
        """Close every connection and stop. A stopped server can be started again, with what is left of its script."""
        self._http.stop()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def __enter__(self) -> MockOpenAIServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self.errors:
            raise self.errors[0]

    @property
    def port(self) -> int:
        """The port it listens at; 0 before the first start."""
        return self._http.port

    @property
    def url(self) -> str:
        """Where it listens, without a path: the ``azure_endpoint`` of an Azure client."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The ``base_url`` for an OpenAI client."""
        return f"{self.url}/v1"

    def config(self, **changes: Any) -> dict[str, Any]:
        """Build one entry for a config_list.

        Args:
            **changes: keys to add or replace, such as ``model``.

        Returns:
            A new dict.
        """
        model = self._models[0] if self._models else "mock-model"
        return {"model": model, "base_url": self.base_url, "api_key": self._token or "sk-mock", **changes}

    def llm_config(self, *, model: str | None = None, **changes: Any) -> dict[str, Any]:
        """Build an llm_config for an agent. Its completions are not cached.

        Args:
            model: the name of the model in the entry; None as in `config`.
            **changes: keys to add or replace, such as ``temperature``.

        Returns:
            A new dict.
        """
        entry = self.config() if model is None else self.config(model=model)
        return {"config_list": [entry], "cache_seed": None, **changes}

    def add(self, *replies: Any) -> None:
        """Append replies to the script; the server may be running.

        Args:
            *replies: as in the constructor.
        """
        self._script.add(*replies)

    @property
    def default(self) -> Any:
        """What answers when the script is used up; None refuses. It can be set at any time."""
        return self._script.default

    @default.setter
    def default(self, reply: Any) -> None:
        self._script.default = reply

    @property
    def remaining(self) -> int:
        """How many scripted replies have not been asked for yet."""
        return self._script.remaining

    def assert_finished(self) -> None:
        """Check that every scripted reply was asked for.

        Raises:
            AssertionError: replies are left.
        """
        self._script.assert_finished()

    async def _answer(self, http: HttpRequest) -> HttpResponse | None:
        try:
            if http.path.endswith("/models") and http.method == "GET":
                self._check_key(http)
                return _json(200, model_list(self._models or ("mock-model",)))
            form = next((form for ending, form in FORMS.items() if http.path.endswith(ending)), None)
            if form is not None and http.method == "POST":
                return await self._answer_recorded(http, partial(self._answer_in, form))
            if http.path.endswith("/embeddings") and http.method == "POST":
                return await self._answer_recorded(http, self._embed)
            kept = _KEPT.search(http.path)
            if kept is not None:
                return self._show_kept(http, kept[0].split("/"))
            return _refusal(error(404, f"{http.method} {http.path} is not served here.", code="unknown_url"))
        except Refusal as refusal:
            return _refusal(refusal.reply)

    async def _answer_recorded(self, http: HttpRequest, answer: Callable[..., Any]) -> HttpResponse | None:
        request = ModelRequest()
        request.path = http.path
        request.headers = {name: value for name, value in http.headers.items() if name not in _KEY_HEADERS}
        self.requests.append(request)
        number = len(self.requests)
        response: HttpResponse | None
        try:
            self._check_key(http)
            _read_body(http, request)
            self._check_model(request)
            response = await answer(request, number)
        except Refusal as refusal:
            response = _refusal(refusal.reply)
        request.status = response.status if response is not None else None
        return response

    def _check_key(self, http: HttpRequest) -> None:
        if self._token is None:
            return
        if http.headers.get("authorization") == f"Bearer {self._token}" or http.headers.get("api-key") == self._token:
            return
        raise Refusal(error(401))

    def _check_model(self, request: ModelRequest) -> None:
        if self._models is not None and request.model not in self._models:
            raise Refusal(error(404, f"The model {request.model!r} does not exist; there are {list(self._models)}."))

    async def _answer_in(self, form: Form, request: ModelRequest, number: int) -> HttpResponse | None:
        """Answer a request by the script, in the form of one API; None to leave it without an answer."""
        fault = form.fault_in(request)
        if fault is not None:
            raise Refusal(error(400, fault))
        self.conversations.check(request)
        answer = await self._next_answer(request)
        if isinstance(answer, Hang):
            return None
        if isinstance(answer, BaseException):
            answer = _as_error_reply(answer)
        if isinstance(answer, ErrorReply):
            return _refusal(answer)
        if isinstance(answer, Disconnect):
            if not request.get("stream"):
                raise StreamCut
            return HttpResponse(200, _stream(form, answer.reply, request, number, breaks=True), "text/event-stream")
        if delay := delay_of(answer):
            await asyncio.sleep(delay)
        whole = form.whole(answer, request, number)
        if whole["object"] == "response":
            self.conversations.keep(request, whole)
        if request.get("stream"):
            return HttpResponse(200, _stream(form, answer, request, number), "text/event-stream")
        return _json(200, whole)

    def _show_kept(self, http: HttpRequest, path: list[str]) -> HttpResponse:
        self._check_key(http)
        return _json(200, self.conversations.answer(http.method, path, _body_of(http) if http.body else {}))

    async def _embed(self, request: ModelRequest, number: int) -> HttpResponse:
        if not isinstance(request.get("input"), (str, list)):
            raise Refusal(error(400, "'input' is missing: a text, or a list of texts."))
        return _json(200, embeddings(request, self._dimensions))

    async def _next_answer(self, request: ModelRequest) -> Answer:
        try:
            reply = self._script.take(situation_of(request))
        except ScriptExhaustedError as exhausted:
            return error(400, str(exhausted), code="script_exhausted")
        try:
            while is_callable_reply(reply):
                reply = await self._call(reply, request)
            return read_reply(reply)
        except Exception as failure:
            self.errors.append(failure)
            return error(400, f"A scripted reply failed with {type(failure).__name__}: {failure}", code="script_failed")

    async def _call(self, function: Callable[[ModelRequest], Any], request: ModelRequest) -> Any:
        if function is echo:  # it never blocks, so it needs no thread
            return echo(request)
        if iscoroutinefunction(function):
            return await function(request)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_CALLABLES_AT_ONCE, "mock-openai-reply")
        result = await asyncio.get_running_loop().run_in_executor(self._threads, function, request)
        return await result if isawaitable(result) else result


async def _stream(
    form: Form, answer: Reply | Choices, request: ModelRequest, number: int, breaks: bool = False
) -> AsyncIterator[bytes]:
    pause = answer.pause if isinstance(answer, Reply) else 0.0
    for event in form.events(answer, request, number):
        if breaks and form.is_last(event):
            raise StreamCut
        yield server_sent_event(event)
        if pause:
            await asyncio.sleep(pause)
    if form.end:
        yield form.end


def _read_body(http: HttpRequest, request: ModelRequest) -> None:
    """Read the JSON of a request; at an address of Azure the deployment is the model."""
    request.update(_body_of(http))
    _, azure, rest = http.path.partition("/openai/deployments/")
    if azure:
        request.setdefault("model", rest.partition("/")[0])
        if "api-version" not in parse_qs(http.query):
            raise Refusal(error(404, "The query parameter 'api-version' is missing.", code="404"))


def _body_of(http: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(http.body)
    except ValueError as failure:
        raise Refusal(error(400, f"The body is not JSON: {failure}.")) from failure
    if not isinstance(body, dict):
        raise Refusal(error(400, "The body is not a JSON object."))
    return body


def _as_error_reply(failure: BaseException) -> ErrorReply:
    """The answer for an exception of a script: its own status if it has one, as the SDK's errors do, else 500."""
    status = getattr(failure, "status_code", None)
    return error(status if isinstance(status, int) else 500, str(failure) or type(failure).__name__)


def _refusal(reply: ErrorReply) -> HttpResponse:
    response = _json(reply.status, error_body(reply))
    if reply.retry_after is not None:
        response.headers["retry-after"] = f"{reply.retry_after:g}"
    return response


def _json(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(status, json.dumps(body).encode())


def run_mock_server(
    host: str = "127.0.0.1", port: int = 0, replies_file: str | Path | None = None, token: str | None = None
) -> int:
    """Serve until Ctrl-C or a termination signal; the command ``autogen-classic mock-server``.

    Args:
        host: the address to listen at.
        port: the port; 0 takes a free one, which is printed.
        replies_file: a JSON file with a list of replies; see `read_replies_file`. None lets the server echo.
        token: the API key to insist on; None accepts any.

    Returns:
        The exit code of the command, 0.

    Raises:
        RepliesFileError: the file is missing or cannot be understood.
        OSError: the port is in use.
        OverflowError: the port is not one of 0 to 65535.
    """
    from .replies_file import read_replies_file

    replies = None if replies_file is None else read_replies_file(replies_file)
    ended = threading.Event()
    in_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set()) if in_main_thread else None
    try:
        with MockOpenAIServer(replies, host=host, port=port, token=token) as server:
            print(f"Serving OpenAI's API at {server.base_url} (Ctrl-C ends it)", flush=True)
            while not ended.wait(0.5):  # Windows delivers Ctrl-C only between two waits
                pass
    except KeyboardInterrupt:
        pass
    finally:
        if in_main_thread:
            signal.signal(signal.SIGTERM, before)
    return 0
