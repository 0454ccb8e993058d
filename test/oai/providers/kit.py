"""What the tests of all providers share: replies in neutral words, a server to speak them in a provider's wire format,
and one case per provider.

A provider's file ``case_NAME.py`` has a subclass of `WireServer` and a `Case`; ``test_matrix.py`` runs every feature
over every case. The server must hold what it reads and sends against the SDK's own models: `WireServer.read` raises
`WireError` for a request that breaks the provider's rules, which fails the test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer, StreamCut

FEATURES = (
    "chat",
    "stream",
    "tools",
    "parallel tools",
    "images",
    "structured output",
    "usage",
    "cost",
    "401",
    "429",
    "500",
    "timeout",
    "broken stream",
)

# Which cell of the table a test fills; tests with a parameter `status` fill the one of that status.
FEATURE_OF_TEST = {
    "test_chat": "chat",
    "test_stream": "stream",
    "test_tools": "tools",
    "test_parallel_tools": "parallel tools",
    "test_images": "images",
    "test_structured_output": "structured output",
    "test_usage": "usage",
    "test_cost": "cost",
    "test_401_goes_on_to_the_next_configuration": "401",
    "test_timeout": "timeout",
    "test_broken_stream": "broken stream",
}


@dataclass(frozen=True)
class Say:
    """The model says a text (or, where a schema was asked for, this JSON in the provider's own way)."""

    text: str = "Hello."
    prompt_tokens: int = 12
    completion_tokens: int = 5


@dataclass(frozen=True)
class Call:
    """The model calls tools."""

    calls: tuple[tuple[str, dict[str, Any]], ...]
    prompt_tokens: int = 12
    completion_tokens: int = 5


@dataclass(frozen=True)
class Fail:
    """The provider refuses, in its own words."""

    status: int
    retry_after: float | None = None
    message: str = "This request is refused."


@dataclass(frozen=True)
class Hang:
    """The provider never answers."""


@dataclass(frozen=True)
class BreakOff:
    """The provider streams this text, and closes the connection before the answer is complete."""

    text: str = "Hel"


Reply = Say | Call | Fail | Hang | BreakOff


class WireError(Exception):
    """A request breaks the rules of the provider; the text says which."""


@dataclass
class Seen:
    """A request as the provider's server has understood it, in neutral words."""

    model: str
    system: str = ""
    said: list[tuple[str, str]] = field(default_factory=list)  # (role, text) of each turn that has a text
    tools: list[str] = field(default_factory=list)  # names on offer
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # (id, name, arguments) in the history
    answers: list[tuple[str, str]] = field(default_factory=list)  # (id of the call, text) in the history
    images: list[bytes] = field(default_factory=list)
    schema: dict[str, Any] | None = None
    stream: bool = False
    body: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class WireServer:
    """A local server that speaks one provider's wire format and answers from a script.

    Args:
        *replies: the answers, in order. The last one is given again when they are used up.

    Attributes:
        seen: every request that was understood.
        faults: why requests were not understood. The end of the ``with`` block raises the first.
    """

    stream_type: ClassVar[str] = "text/event-stream"

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies) or [Say()]
        self.seen: list[Seen] = []
        self.faults: list[WireError] = []
        self._http = HttpServer(self._serve, "127.0.0.1", 0)

    # -- what a provider's server has to say -------------------------------------------------------------------------

    def read(self, http: HttpRequest) -> Seen:
        """Understand a request.

        Raises:
            WireError: it breaks the provider's rules.
        """
        raise NotImplementedError

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        """Write an answer that comes whole."""
        raise NotImplementedError

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        """Write an answer in the parts of a stream. The server cuts the last two parts off to break a stream."""
        raise NotImplementedError

    def failure(self, reply: Fail) -> dict[str, Any]:
        """Write the body of an error."""
        raise NotImplementedError

    def failure_headers(self, reply: Fail) -> dict[str, str]:
        """Headers of an error."""
        return {} if reply.retry_after is None else {"retry-after": f"{reply.retry_after:g}"}

    def aside(self, http: HttpRequest) -> HttpResponse | None:
        """Answer a request that is none to the model, such as one for a token; None for all others."""
        return None

    # -- the rest is the same for all --------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._http.port}"

    def __enter__(self) -> WireServer:
        self._http.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.stop()
        if self.faults:
            raise self.faults[0] from error

    async def _serve(self, http: HttpRequest) -> HttpResponse | None:
        aside = self.aside(http)
        if aside is not None:
            return aside
        try:
            seen = self.read(http)
        except Exception as fault:  # a test must hear of everything that goes wrong here
            self.faults.append(fault if isinstance(fault, WireError) else WireError(f"{type(fault).__name__}: {fault}"))
            return _json(400, self.failure(Fail(400, message=f"{fault}")))
        seen.path, seen.query, seen.headers = http.path, http.query, http.headers
        reply = self.replies[min(len(self.seen), len(self.replies) - 1)]
        self.seen.append(seen)
        if isinstance(reply, Hang):
            return None
        if isinstance(reply, Fail):
            return _json(reply.status, self.failure(reply), self.failure_headers(reply))
        if isinstance(reply, BreakOff):
            parts = list(self.parts(seen, Say(reply.text + " and more to come, at length.")))
            return HttpResponse(200, _one_by_one(parts[:-2] or parts[:1], breaks=True), self.stream_type)
        if seen.stream:
            return HttpResponse(200, _one_by_one(list(self.parts(seen, reply))), self.stream_type)
        return _json(200, self.body(seen, reply))


async def _one_by_one(parts: list[bytes], breaks: bool = False) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
        await asyncio.sleep(0)
    if breaks:
        raise StreamCut


def _json(status: int, body: Mapping[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status, json.dumps(body).encode(), headers=headers or {})


def hold_against(model: TypeAdapter[Any], sent: Mapping[str, Any]) -> None:
    """Hold what was sent against an SDK's model of it, down to the last field.

    Pydantic by itself drops fields that a TypedDict does not know, and leaves an ``Iterable`` unread. Here the first is
    a fault, and the second is read.

    Args:
        model: made of the TypedDict with which the SDK describes a request.
        sent: the body of a request.

    Raises:
        WireError: a field is missing, unknown, or of a wrong type.
    """
    try:
        understood = _read_to_the_end(model.validate_python(dict(sent)))
    except ValidationError as error:
        raise WireError(f"the API does not take this request: {error}") from error
    if understood != sent:
        unknown = sorted(_fields(sent) - _fields(understood))
        raise WireError(f"the API does not know {unknown}; it reads {understood} in {sent}")


def written_for(kind: type[BaseModel], answer: dict[str, Any]) -> dict[str, Any]:
    """Hold an answer against an SDK's model of it, and return it.

    Args:
        kind: the model. SDKs let unknown fields pass; here they are a fault.
        answer: the body of an answer, or of one event of a stream.

    Raises:
        ValueError: a field is missing, unknown, or of a wrong type.
    """
    unknown = list(_unknown_fields(kind.model_validate(answer, strict=True)))
    if unknown:
        raise ValueError(f"{kind.__name__} has no {unknown}")
    return answer


def _unknown_fields(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for part in vars(value).values():
            yield from _unknown_fields(part)
    if isinstance(value, list):
        for part in value:
            yield from _unknown_fields(part)


def _read_to_the_end(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _read_to_the_end(part) for key, part in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return [_read_to_the_end(part) for part in value]
    return value


def _fields(value: Any, path: str = "") -> set[str]:
    """The paths of all fields in a body."""
    if isinstance(value, Mapping):
        return {path}.union(*(_fields(part, f"{path}.{key}") for key, part in value.items()))
    if isinstance(value, list):
        return {path}.union(*(_fields(part, f"{path}[{number}]") for number, part in enumerate(value)))
    return {path}


@dataclass(frozen=True)
class Case:
    """One provider in the matrix.

    Attributes:
        name: of the provider, as the docs call it.
        server: what speaks its wire format.
        entry: makes an entry of a config list that leads to a server, with a key, a model, and no cache.
        has_none: features that the API does not have, each with what is to be said of it.
        price: of the model, per 1,000 tokens, as (prompt, completion).
        package: the SDK; without it the cases are skipped.
        lacks: settings that all other APIs have.
    """

    name: str
    server: type[WireServer]
    entry: Callable[[WireServer], dict[str, Any]]
    has_none: Mapping[str, str] = field(default_factory=dict)
    price: tuple[float, float] = (0.0, 0.0)
    package: str = "openai"
    lacks: Collection[str] = ()


KEY = "key-planted-0123456789abcdef"
"""The key in the entries of all cases: tests look for it where it must not be."""


def words_of(text: str) -> list[str]:
    """Cut a text into the pieces of a stream: words with the blank before them."""
    pieces = text.split(" ")
    return [pieces[0], *(f" {piece}" for piece in pieces[1:])]


def event(data: Mapping[str, Any], name: str = "") -> bytes:
    """Write one server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def table(cases: Iterable[Case], passed: Collection[tuple[str, str]] | None = None) -> str:
    """Write the table of providers and features in Markdown.

    Args:
        cases: the providers.
        passed: the cells, (provider, feature), that passed in a run; None for all that the cases promise.

    Returns:
        The table, with a note for every feature that an API does not have.

    Raises:
        ValueError: a cell neither passed nor is said to be none.
    """
    notes: list[str] = []
    rows = []
    for case in cases:
        cells = []
        for feature in FEATURES:
            if feature in case.has_none:
                cells.append("no")
                notes.append(f"- {case.name}, {feature}: {case.has_none[feature]}")
            elif passed is None or (case.name, feature) in passed:
                cells.append("✓")
            else:
                raise ValueError(f"{case.name} has not shown {feature!r}")
        rows.append(f"| {case.name} | {' | '.join(cells)} |")
    head = f"| Provider | {' | '.join(FEATURES)} |\n|---|{'---|' * len(FEATURES)}\n"
    tail = "\n\nWhat an API does not offer:\n\n" + "\n".join(notes) if notes else ""
    return head + "\n".join(rows) + tail + "\n"
