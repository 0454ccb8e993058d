"""What a scripted model may answer: texts, tool calls, pieces of a stream, errors, broken connections.

`ScriptedClient` and `MockOpenAIServer` take the same replies, so a test can move from one to the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.content import texts_of
from .messages import ToolCall

__all__ = (
    "Answer",
    "Choices",
    "Disconnect",
    "ErrorReply",
    "Hang",
    "ModelRequest",
    "Refusal",
    "Reply",
    "ToolCall",
    "choices",
    "delay_of",
    "disconnect",
    "echo",
    "error",
    "function_call",
    "hang",
    "pieces",
    "read_reply",
    "tool_call",
    "tool_calls",
)


class ModelRequest(dict[str, Any]):
    """One request to a scripted model: its parameters as a dict, and what is known about where it came from.

    Attributes:
        path: the path of the HTTP request; empty for a `ScriptedClient`.
        headers: the HTTP headers in lower case, without the ones that hold a key.
        status: the HTTP status of the answer; None until there is one, and for a `ScriptedClient`.
        agent: the agent that asked, or None if it is not known.
    """

    path: str = ""
    headers: Mapping[str, str] = {}
    status: int | None = None
    agent: Any = None

    @property
    def model(self) -> str:
        """The model that the request names."""
        return str(self.get("model", ""))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of the request; the prompt, or the items of ``input``, in its place; empty if it has none."""
        said: Any = next((self[name] for name in ("messages", "input", "prompt") if self.get(name)), [])
        said = said if isinstance(said, list) else [said]
        return [one if isinstance(one, dict) else {"role": "user", "content": one} for one in said]

    @property
    def last_text(self) -> str:
        """The text of the last message, or answer of a tool; its text parts joined by line breaks if it has several."""
        last = self.messages[-1] if self.messages else {}
        return "\n".join(texts_of(last.get("content", last.get("output"))))


@dataclass(frozen=True)
class Reply:
    """One message of a scripted model, with everything that can be set on it.

    Attributes:
        content: its text, or None.
        tool_calls: the tools it calls.
        function_call: the function it calls in the older API style, or None.
        pieces: how a streaming request receives the text; None splits it into words.
        finish_reason: None lets it follow from the content ("stop", "tool_calls" or "function_call").
        usage: the tokens of prompt and completion; None estimates them from the length of the texts.
        delay: seconds before the answer begins.
        pause: seconds between two pieces that `MockOpenAIServer` streams.
        items: what precedes the text in an answer of ``/v1/responses``: what tools of the provider did, such as
            ``{"type": "code_interpreter_call", "code": ..., "outputs": [...]}``.
        annotations: what the text cites there, such as ``{"type": "file_citation", "file_id": ...}``.
    """

    content: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    function_call: ToolCall | None = None
    pieces: tuple[str, ...] | None = None
    finish_reason: str | None = None
    usage: tuple[int, int] | None = None
    delay: float = 0.0
    pause: float = 0.0
    items: Sequence[Mapping[str, Any]] = ()
    annotations: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Choices:
    """Several messages that answer one request with ``n`` above 1."""

    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class ErrorReply:
    """An error of the provider; see `error`."""

    status: int
    message: str
    type: str
    code: str | None
    retry_after: float | None
    param: str | None = None


class Refusal(Exception):
    """A request that is answered with an error, as decided while reading it.

    Args:
        reply: the error.
    """

    def __init__(self, reply: ErrorReply) -> None:
        super().__init__(reply.message)
        self.reply = reply


@dataclass(frozen=True)
class Disconnect:
    """A connection that breaks after the first pieces of ``reply``; see `disconnect`."""

    reply: Reply


@dataclass(frozen=True)
class Hang:
    """A request that never gets an answer; see `hang`."""


Answer = Reply | Choices | ErrorReply | Disconnect | Hang | BaseException


def delay_of(answer: Answer) -> float:
    """How many seconds pass before an answer begins; the longest of several choices counts.

    Args:
        answer: what a script says.
    """
    if isinstance(answer, Choices):
        return max(reply.delay for reply in answer.replies)
    return answer.delay if isinstance(answer, Reply) else 0.0


"""What a scripted reply comes down to."""


def tool_call(name: str, raw: str | None = None, /, **arguments: Any) -> ToolCall:
    """Script a call of one tool.

    Args:
        name: the name of the tool.
        raw: the arguments as the model would write them, for instance broken JSON, in place of keywords.
        **arguments: the arguments of the tool, which must be JSON values.

    Returns:
        A scripted reply.

    Raises:
        TypeError: both forms of arguments are given, or one is not a JSON value.
    """
    return ToolCall(name, raw, **arguments)


def tool_calls(*calls: ToolCall, content: str | None = None) -> Reply:
    """Script a message that calls several tools at once.

    Args:
        *calls: the calls, each made by `tool_call`.
        content: a text that goes with them.

    Returns:
        A scripted reply.
    """
    return Reply(content, tool_calls=calls)


def function_call(name: str, raw: str | None = None, /, **arguments: Any) -> Reply:
    """Script a call of a function in the API style before tools.

    Args:
        name: the name of the function.
        raw: the arguments as one text, in place of keywords.
        **arguments: the arguments of the function, which must be JSON values.

    Returns:
        A scripted reply.
    """
    return Reply(function_call=tool_call(name, raw, **arguments))


def pieces(*texts: str, pause: float = 0.0) -> Reply:
    """Script a text and how a streaming request receives it.

    Args:
        *texts: the pieces, in order. A request without streaming receives them joined.
        pause: seconds between two pieces.

    Returns:
        A scripted reply.
    """
    return Reply("".join(texts), pieces=texts, pause=pause)


def choices(*replies: str | Mapping[str, Any] | ToolCall | Reply) -> Choices:
    """Script different messages for one request with ``n`` above 1.

    Args:
        *replies: a reply for each choice. One reply alone needs no `choices`: it is repeated ``n`` times.

    Returns:
        A scripted reply.

    Raises:
        TypeError: one of them is not a message, for instance an error.
    """
    read = tuple(read_reply(reply) for reply in replies)
    messages = tuple(reply for reply in read if isinstance(reply, Reply))
    if len(messages) != len(read):
        raise TypeError("choices() takes texts, message dicts, tool calls and Reply objects only.")
    return Choices(messages)


_ERROR_KINDS: dict[int, tuple[str, str | None, str]] = {
    400: ("invalid_request_error", None, "The request is not valid."),
    401: ("invalid_request_error", "invalid_api_key", "The API key is not valid."),
    403: ("invalid_request_error", "permission_denied", "The API key may not do this."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    429: ("requests", "rate_limit_exceeded", "Too many requests were sent."),
    500: ("server_error", None, "The server failed."),
    503: ("server_error", None, "The server is overloaded."),
}


def error(
    status: int,
    message: str | None = None,
    *,
    type: str | None = None,
    code: str | None = None,
    retry_after: float | None = None,
    param: str | None = None,
) -> ErrorReply:
    """Script an error of the provider.

    The server answers with this status; `ScriptedClient` raises the error that the openai package has for it.

    Args:
        status: the HTTP status, such as 400, 401, 404, 429 or 500.
        message: what the provider says; None takes a text that fits the status.
        type: the type of the error in its body; None takes the usual one.
        code: the code of the error in its body, such as ``"context_length_exceeded"``; None takes the usual one.
        retry_after: seconds to wait, sent as the header ``Retry-After``.
        param: the parameter at fault in its body, such as ``"temperature"``.

    Returns:
        A scripted reply.
    """
    usual = _ERROR_KINDS.get(status) or _ERROR_KINDS[500 if status >= 500 else 400]
    return ErrorReply(status, message or usual[2], type or usual[0], code or usual[1], retry_after, param)


def disconnect(*texts: str) -> Disconnect:
    """Script a server that goes away in the middle of its answer.

    Args:
        *texts: the pieces that a streaming request still receives. Without streaming nothing arrives.

    Returns:
        A scripted reply.
    """
    return Disconnect(pieces(*texts))


def hang() -> Hang:
    """Script a server that never answers, so that the client runs into its timeout.

    Returns:
        A scripted reply.
    """
    return Hang()


def echo(request: ModelRequest) -> str:
    """Answer with the text of the last message; a callable that can stand in a script or as its default.

    Args:
        request: the request.

    Returns:
        The text of its last message.
    """
    return request.last_text


def read_reply(value: object) -> Answer:
    """Turn an entry of a script, or what its callable returned, into one of the few kinds of answers.

    Args:
        value: a text, a message dict, a list of texts (pieces), a tool call, an exception, or an answer.

    Returns:
        The answer.

    Raises:
        TypeError: the value is not something that a model could answer.
    """
    if isinstance(value, (Reply, Choices, ErrorReply, Disconnect, Hang, BaseException)):
        return value
    if isinstance(value, str):
        return Reply(value)
    if isinstance(value, ToolCall):
        return Reply(tool_calls=(value,))
    if isinstance(value, Mapping):
        return _read_message(value)
    if isinstance(value, type) and issubclass(value, BaseException):
        return value()
    if isinstance(value, (list, tuple)) and value:
        if all(isinstance(piece, str) for piece in value):
            return pieces(*value)
        if all(isinstance(call, ToolCall) for call in value):
            return tool_calls(*value)
    raise TypeError(
        f"A scripted reply cannot be {value!r}. It may be a text, a message dict, a list of texts (pieces of a "
        "stream), tool_call(...), tool_calls(...), error(...), disconnect(...), hang(), choices(...), Reply(...), "
        "an exception, or a callable that takes the request and returns one of these."
    )


def _read_message(message: Mapping[str, Any]) -> Reply:
    unknown = set(message) - {"role", "name", "content", "tool_calls", "function_call"}
    if unknown:
        raise TypeError(
            f"A scripted message dict has the keys content, tool_calls and function_call, not {sorted(unknown)}."
        )
    called = message.get("function_call")
    return Reply(
        message.get("content"),
        tool_calls=tuple(_read_call(call["function"], call.get("id")) for call in message.get("tool_calls") or ()),
        function_call=_read_call(called, None) if called else None,
    )


def _read_call(function: Mapping[str, Any], call_id: str | None) -> ToolCall:
    arguments = function.get("arguments", "{}")
    return ToolCall(
        function["name"],
        arguments if isinstance(arguments, str) else json.dumps(arguments),
        call_id,
    )
