"""A streamed answer: shown piece by piece, and put together to the same object that comes without streaming."""

from __future__ import annotations

from typing import Any

from ...token_count_utils import estimate_tokens
from .._http.packages import speaks_http
from .streamed_text import ShownText

__all__ = ("StreamedAnswer", "connection_errors")


class _Choice:
    """One choice of the answer, as far as it has come."""

    def __init__(self) -> None:
        self.content: list[str] = []
        self.refusal: list[str] = []
        self.finish_reason: str | None = None
        self.function_call: dict[str, str] | None = None
        self.tool_calls: list[dict[str, Any]] = []
        self._open: dict[int | None, dict[str, Any]] = {}

    def add(self, delta: Any) -> None:
        if delta.content:
            self.content.append(delta.content)
        if getattr(delta, "refusal", None):
            self.refusal.append(delta.refusal)
        if delta.function_call is not None:
            self.function_call = self.function_call or {"name": "", "arguments": ""}
            _extend(self.function_call, delta.function_call)
        for part in delta.tool_calls or ():
            call = self._call_of(part)
            call["id"] = part.id or call["id"]
            if part.function is not None:
                _extend(call["function"], part.function)

    def _call_of(self, part: Any) -> dict[str, Any]:
        """The call that a part goes on with, or a new one. Some servers give the index 0, or none, to every call."""
        call = self._open.get(part.index)
        begins = bool(part.id and part.function is not None and part.function.name)
        if call is None or (begins and call["id"] not in ("", part.id)):
            call = self._open[part.index] = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            self.tool_calls.append(call)
        return call

    def message(self) -> dict[str, Any]:
        return {
            "role": "assistant",
            "content": "".join(self.content),
            "refusal": "".join(self.refusal) or None,
            "function_call": self.function_call,
            "tool_calls": self.tool_calls or None,
        }


def _extend(call: dict[str, str], delta: Any) -> None:
    if delta.name:
        call["name"] += delta.name
    if delta.arguments:
        call["arguments"] += delta.arguments


class StreamedAnswer:
    """Collects the chunks of one answer and prints its text as it comes.

    Args:
        params: the request, for an estimate of its tokens when the server does not count them.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self._choices: dict[int, _Choice] = {}
        self._last_chunk: Any = None
        self._usage: Any = None
        self._shown = ShownText()

    def __enter__(self) -> StreamedAnswer:
        """Begin to print in green."""
        self._shown.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """End the line, also when the stream breaks off."""
        self._shown.__exit__()

    def add(self, chunk: Any) -> None:
        """Take the next chunk.

        Args:
            chunk: a ChatCompletionChunk of the openai package.
        """
        if getattr(chunk, "usage", None) is not None:
            self._usage = chunk.usage
        if chunk.choices:
            self._last_chunk = chunk
        for part in chunk.choices or ():
            if part.delta is not None:
                self._choices.setdefault(part.index, _Choice()).add(part.delta)
                if part.delta.content is not None and not part.delta.tool_calls and not part.delta.function_call:
                    self._shown.show(part.delta.content)
            if part.finish_reason:
                self._choices.setdefault(part.index, _Choice()).finish_reason = part.finish_reason

    def completion_of(self, stream: Any) -> Any:
        """Return the completion, when the server has said that it is complete.

        Args:
            stream: the stream that has ended.

        Raises:
            openai.APIConnectionError: the stream broke off.
        """
        if self.complete:
            return self.completion()
        import openai

        raise openai.APIConnectionError(
            message="The stream ended before the answer was complete: the server has gone, or closed the connection.",
            request=stream.response.request,
        )

    @property
    def complete(self) -> bool:
        """Whether every choice has come to its end."""
        return bool(self._choices) and all(choice.finish_reason for choice in self._choices.values())

    def completion(self) -> Any:
        """Put the chunks together.

        Returns:
            A ChatCompletion of the openai package.
        """
        from openai.types.chat import ChatCompletion

        chunk = self._last_chunk
        return ChatCompletion.model_validate(
            {
                "id": chunk.id,
                "object": "chat.completion",
                "created": chunk.created,
                "model": chunk.model,
                "system_fingerprint": getattr(chunk, "system_fingerprint", None),
                "choices": [
                    {
                        "index": index,
                        "finish_reason": choice.finish_reason,
                        "logprobs": None,
                        "message": choice.message(),
                    }
                    for index, choice in sorted(self._choices.items())
                ],
                "usage": self._usage.model_dump() if self._usage is not None else self._estimated_usage(),
            }
        )

    def _estimated_usage(self) -> dict[str, int]:
        """The server counts tokens in a stream only when asked to (``stream_options``)."""
        model = self._params.get("model") or self._last_chunk.model
        sent = estimate_tokens(self._params.get("messages") or [], model)
        received = 0
        for choice in self._choices.values():
            calls = [call["function"] for call in choice.tool_calls]
            calls += [choice.function_call] if choice.function_call else []
            texts = ["".join(choice.content), *(text for call in calls for text in call.values())]
            received += sum(estimate_tokens(text, model) for text in texts if text)
        return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


class connection_errors:
    """Turn the errors of HTTP in mid-stream into those that the openai package raises everywhere else."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
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
