"""A streamed answer: shown piece by piece, and put together to the same object that comes without streaming."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..._core.content import part_of, reader_of, text_of, with_whole_characters
from ..._secrets import set_text
from ...errors import UnusableAnswerError
from .._http.packages import speaks_http
from .completions import put_right, words_of_error
from .streamed_text import ShownText

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion

__all__ = ("StreamedAnswer", "came_whole", "connection_errors", "shown_whole")

_HEAD = ("id", "created", "model", "system_fingerprint")
_WHOLE_TYPES = ("application/json", "text/html")


class _Choice:
    """One choice of the answer so far."""

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.error: Any = None
        self._pieces: dict[str, list[str]] = {"content": [], "refusal": [], "reasoning_content": []}
        self.function_call: dict[str, Any] | None = None
        self.tool_calls: list[dict[str, Any]] = []
        self._open: dict[int | None, dict[str, Any]] = {}

    def add(self, chunk: object) -> str:
        """Take the next part of the choice.

        Args:
            chunk: with a ``delta``, or its words as ``text``; or with a ``message``, which says all that there is to
                say so far.

        Returns:
            The text that is new, unless it comes with a call.
        """
        part = reader_of(chunk)
        self.finish_reason = part("finish_reason") or self.finish_reason
        self.error = part("error") or self.error
        delta = part("delta")
        has_delta = delta not in (None, "")  # an empty object is one, and what stands beside it was said before
        so_far = None if has_delta else part("message")
        said = delta if has_delta else so_far or part("text")
        read = reader_of({"content": said} if isinstance(said, str) else said)
        for name, pieces in self._pieces.items():
            new = read(name)
            text = (text_of(new) or "") if new else ""
            pieces.append(text.removeprefix("".join(pieces)) if so_far else text)
        function_call, tool_calls = read("function_call"), read("tool_calls")
        if function_call:
            self.function_call = self.function_call or {"name": "", "arguments": ""}
            _extend(self.function_call, function_call)
        for position, call in enumerate([tool_calls] if isinstance(tool_calls, Mapping) else tool_calls or ()):
            self._add_call(call, position)
        return "" if function_call or tool_calls else self._pieces["content"][-1]

    def text(self, name: str) -> str:
        """What was said so far as ``content``, ``refusal`` or ``reasoning_content``."""
        return with_whole_characters("".join(self._pieces[name]))

    def _add_call(self, part: object, position: int) -> None:
        call = self._call_of(part, position)
        call["id"] = part_of(part, "id") or call["id"]
        if part_of(part, "extra_content"):
            call["extra_content"] = part_of(part, "extra_content")
        if part_of(part, "function"):
            _extend(call["function"], part_of(part, "function"))

    def _call_of(self, part: object, position: int) -> dict[str, Any]:
        """The call that a part goes on with, or a new one. Some servers give the index 0, or none, to every call."""
        index = part_of(part, "index")
        place = position if index is None else index
        call = self._open.get(place)
        if call is None or _begins_another(call, part):
            call = self._open[place] = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            self.tool_calls.append(call)
        return call

    def fields(self) -> dict[str, Any]:
        """The choice as a server sends it whole."""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": self.text("content"),
            "refusal": self.text("refusal") or None,
            "function_call": self.function_call,
            "tool_calls": self.tool_calls or None,
        }
        if self.text("reasoning_content"):
            message["reasoning_content"] = self.text("reasoning_content")
        choice = {"finish_reason": self.finish_reason, "logprobs": None, "message": message}
        return choice if self.error is None else {**choice, "error": self.error}


def _begins_another(call: dict[str, Any], part: object) -> bool:
    """Tell whether a part in the place of a call is the beginning of another one."""
    function = part_of(part, "function")
    if not part_of(function, "name"):
        return False
    said_id = part_of(part, "id")
    if said_id:
        return call["id"] not in ("", said_id)
    return bool(part_of(function, "arguments")) and _is_whole(call["function"]["arguments"])


def _is_whole(arguments: str) -> bool:
    try:
        json.loads(arguments)
    except ValueError:
        return False
    return True


def _extend(call: dict[str, Any], part: object) -> None:
    """Add to the name and the arguments of a call. Some servers repeat the name in every chunk."""
    name, arguments = part_of(part, "name"), part_of(part, "arguments")
    if name:
        call["name"] = name if name.startswith(call["name"]) else call["name"] + name
    if arguments:
        call["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


class StreamedAnswer:
    """Collects the chunks of one answer and prints its text as it comes.

    Where there are several choices, the first is printed as it comes, and the others behind it, one a line.

    Args:
        params: the request, for an estimate of its tokens when the server does not count them.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self._choices: dict[int, _Choice] = {}
        self._shown_choice: _Choice | None = None
        self._head: dict[str, Any] = dict.fromkeys(_HEAD)
        self._usage: Any = None
        self._error: str | None = None
        self._shown = ShownText()

    def __enter__(self) -> StreamedAnswer:
        """Begin to print in green."""
        self._shown.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Print the other choices and end the line, even when the stream breaks off."""
        for _, choice in sorted(self._choices.items()):
            if choice is not self._shown_choice:
                self._shown.show("\n" + choice.text("content"))
        self._shown.__exit__()

    def add(self, chunk: object) -> None:
        """Take the next chunk.

        Args:
            chunk: a ChatCompletionChunk of the openai package, which may lack any of its parts.
        """
        part = reader_of(chunk)
        self._usage = part("usage") or self._usage
        choices = part("choices")
        if not choices:
            self._error = words_of_error(chunk) or self._error
            return
        self._head.update({name: value for name in _HEAD if (value := part(name)) is not None})
        for position, said in enumerate(choices):
            index = part_of(said, "index")
            place = index if isinstance(index, int) else position
            choice = self._choices.get(place)
            if choice is None:
                choice = self._choices[place] = _Choice()
                self._shown_choice = self._shown_choice or choice
            text = choice.add(said)
            if choice is self._shown_choice:
                self._shown.show(text)

    def completion_of(self, stream: Any) -> ChatCompletion:
        """Return the completion, when the server has said that it is complete.

        Args:
            stream: the stream that has ended.

        Raises:
            UnusableAnswerError: the server reported an error instead of the answer.
            openai.APIConnectionError: the stream broke off.
        """
        if self.complete:
            return self.completion()
        if self._error is not None:
            raise UnusableAnswerError(f"The stream ended with an error of the server: {self._error}")
        import openai

        if not self._choices:
            raise openai.APIConnectionError(
                message="The server has sent no piece of an answer: it closed the connection, or what it sent is not a "
                "stream of events with chunks of a completion.",
                request=stream.response.request,
            )
        raise openai.APIConnectionError(
            message="The stream ended before the answer was complete: the server has gone, or closed the connection.",
            request=stream.response.request,
        )

    @property
    def complete(self) -> bool:
        """Whether every choice has come to its end."""
        return bool(self._choices) and all(choice.finish_reason for choice in self._choices.values())

    def completion(self) -> ChatCompletion:
        """Put the chunks together.

        Returns:
            A ChatCompletion of the openai package.
        """
        from openai.types.chat import ChatCompletion

        choices = [{"index": index, **choice.fields()} for index, choice in sorted(self._choices.items())]
        completion = ChatCompletion.construct(
            **self._head, object="chat.completion", choices=choices, usage=self._usage
        )
        put_right(completion, self._params.get("model"))
        if completion.usage is None:
            completion.usage = self._estimated_usage()
        return completion

    def _estimated_usage(self) -> CompletionUsage:
        """The server counts tokens in a stream only when asked to (``stream_options``)."""
        from openai.types import CompletionUsage

        from ...token_count_utils import estimate_tokens  # late: it downloads and unpacks tables

        model = self._params.get("model") or self._head["model"]
        sent = estimate_tokens(self._params.get("messages") or [], model)
        received = 0
        for choice in self._choices.values():
            calls = [call["function"] for call in choice.tool_calls]
            calls += [choice.function_call] if choice.function_call else []
            texts = [choice.text("content"), *(text for call in calls for text in call.values())]
            received += sum(estimate_tokens(text, model) for text in texts if text)
        return CompletionUsage(prompt_tokens=sent, completion_tokens=received, total_tokens=sent + received)


def came_whole(stream: object) -> bool:
    """Tell whether a server has answered in one piece although a stream was asked for.

    Args:
        stream: what the openai package returned.
    """
    headers = getattr(getattr(stream, "response", None), "headers", {})
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower() in _WHOLE_TYPES


def shown_whole(body: bytes) -> object:
    """Read an answer that came in one piece, and print its text as if it had been streamed.

    Args:
        body: what the server sent.

    Returns:
        A ChatCompletion of the openai package; whatever else the server has said as it is.
    """
    from openai.types.chat import ChatCompletion

    said = json.loads(body)
    if not isinstance(said, dict):
        return said
    completion: Any = ChatCompletion.construct(**said)
    if completion.choices:
        with ShownText() as shown:
            shown.show(text_of(part_of(part_of(completion.choices[0], "message"), "content")) or "")
    return completion


class connection_errors:
    """Turn the errors of HTTP in mid-stream into those that the openai package raises everywhere else."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        said = getattr(error, "body", None)
        if error is not None and isinstance(said, str) and said and said not in str(error):
            set_text(error, said)  # the openai package has no words for an error that is not an object
        if kind is None or not speaks_http(kind):
            return
        import openai

        timed_out = "Timeout" in kind.__name__
        request = getattr(error, "request", None)
        if timed_out:
            raise openai.APITimeoutError(request=request) from error  # type: ignore[arg-type]
        raise openai.APIConnectionError(
            message=f"The connection broke while the answer was streamed ({error}).",
            request=request,  # type: ignore[arg-type]
        ) from error
