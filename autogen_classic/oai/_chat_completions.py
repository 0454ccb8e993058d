"""APIs that have the shape of OpenAI's chat completions, but their own SDKs: Groq, Together, Cerebras.

Their messages, tools and answers are written and read here, once for all of them. A provider's file adds its SDK, the
settings that it knows, and where its form differs.
"""

from __future__ import annotations

import json
import uuid
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from .._core.speaker_names import fitting_names
from ..errors import UnusableAnswerError
from ._http.connections import sync_pool
from ._messages.images import ImagePart
from ._messages.translation import Text, ToolAnswer, ToolCall, Turn, call_of, tools_of, turns_of
from ._provider_client import ProviderClient, key_for, model_of, read_settings
from ._request.reading import Answer
from .prices import cost_of, price_of

__all__ = ("ChatCompletionsClient", "answer_of", "chat_messages", "chat_tools", "cost_by_table")

_ONLY_WITH_TOOLS = ("parallel_tool_calls", "tool_choice")

_FINISH_REASONS = {
    "content_filter": "content_filter",
    "error": "error",
    "function_call": "tool_calls",
    "length": "length",
    "tool_calls": "tool_calls",
}


class ChatCompletionsClient(ProviderClient):
    """Asks an API of OpenAI's shape through its own SDK.

    Args:
        **kwargs: the configuration. ``base_url``, ``default_headers``, ``default_query``, ``http_client``,
            ``max_retries`` and ``timeout`` (in seconds) go to the SDK.

    Attributes:
        streaming: the arguments that ask for a stream.
        sdk_path: what the SDK itself appends to ``base_url``. A ``base_url`` may have it or not.
        new_http_client: makes an HTTP client for the SDK; all agents share one per endpoint.
        api_key: the key.

    Raises:
        MissingKeyError: neither the configuration nor the environment has a key.
    """

    streaming: ClassVar[dict[str, Any]] = {"stream": True}
    sdk_path: ClassVar[str] = "/v1"
    new_http_client: ClassVar[Any] = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.api_key = key_for(kwargs, self.spec)
        settings = {name: kwargs[name] for name in self.spec.client_keys if kwargs.get(name) is not None}
        if "base_url" in settings:
            settings["base_url"] = str(settings["base_url"]).rstrip("/").removesuffix(self.sdk_path)
        if "http_client" not in settings:
            settings["http_client"] = sync_pool(self.address, self.new_http_client)
        self._client = self.connect(**{**settings, "api_key": self.api_key})

    def connect(self, **settings: Any) -> Any:
        """Make the client of the SDK.

        Args:
            **settings: for its constructor.
        """
        raise NotImplementedError

    def parse_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take from a request the settings that the API knows, and check them.

        Args:
            params: a request in the OpenAI form. A value that cannot be used is reported by a warning, and left out.

        Returns:
            What to send besides the messages and the tools.

        Raises:
            MissingModelError: no model is named.
        """
        return {"model": model_of(params, self.spec), **read_settings(params, self.spec.settings)}

    def write_messages(self, messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Write messages as the API takes them.

        Args:
            messages: messages in the OpenAI form.
        """
        return chat_messages(turns_of(messages))

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        return answer_of(self._client.chat.completions.create(**{**self.request(params), "stream": False}))

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        gathered = _Gathered()
        with self._client.chat.completions.create(**{**self.request(params), **self.streaming}) as chunks:
            for chunk in chunks:
                yield from gathered.add(chunk)
        yield gathered.answer()

    def request(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request for the SDK.

        Args:
            params: a request in the OpenAI form.

        Returns:
            The arguments of ``chat.completions.create``.
        """
        request = {"messages": self.write_messages(params["messages"]), **self.parse_params(params)}
        tools = chat_tools(params)
        if tools:
            request["tools"] = tools
        else:
            request = {name: request[name] for name in request if name not in _ONLY_WITH_TOOLS}
        if params.get("response_format"):
            request["response_format"] = params["response_format"]
        if params.get("timeout") is not None:
            request["timeout"] = params["timeout"]
        return request


def chat_messages(turns: Iterable[Turn], *, with_names: bool = False) -> list[dict[str, Any]]:
    """Write turns as chat messages.

    Args:
        turns: turns as `turns_of` returns them.
        with_names: whether the API takes the names of speakers.
    """
    turns = list(turns)
    fitting = fitting_names(turn.name for turn in turns if turn.name)
    messages: list[dict[str, Any]] = []
    for turn in turns:
        if turn.role == "tool":
            messages += [_tool_message(part) for part in turn.parts if isinstance(part, ToolAnswer)]
            continue
        message: dict[str, Any] = {"role": turn.role, "content": _content_of(turn)}
        if with_names and turn.name:
            message["name"] = fitting.get(turn.name, turn.name)
        if turn.calls:
            message["tool_calls"] = [_call(call) for call in turn.calls]
        messages.append(message)
    return messages


def chat_tools(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the tools of a request.

    Args:
        params: a request in the OpenAI form.
    """
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
        }
        for tool in tools_of(params)
    ]


def _content_of(turn: Turn) -> str | list[dict[str, Any]] | None:
    """A text, if there is nothing but text; otherwise a list of texts and pictures. Only users show pictures."""
    if turn.role != "user" or not any(isinstance(part, ImagePart) for part in turn.parts):
        return turn.text or (None if turn.calls else "")
    return [
        {"type": "text", "text": part.text}
        if isinstance(part, Text)
        else {"type": "image_url", "image_url": {"url": part.address}}
        for part in turn.parts
        if isinstance(part, (Text, ImagePart))
    ]


def _call(call: ToolCall) -> dict[str, Any]:
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _tool_message(answer: ToolAnswer) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": answer.call_id, "content": answer.text}


def answer_of(response: Any) -> Answer:
    """Read an answer that came whole.

    Args:
        response: what the SDK returned.

    Raises:
        UnusableAnswerError: it is not a model's answer; a wrong ``base_url`` often leads to a web page.
    """
    choices = getattr(response, "choices", None)
    if not choices or choices[0].message is None:
        raise UnusableAnswerError(
            f"The answer {str(response)[:80]!r} is not a completion. Check base_url, if the configuration has one."
        )
    message = choices[0].message
    answer = Answer(
        response.model,
        text=message.content,
        calls=[_read_call(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ()],
        finish_reason=_FINISH_REASONS.get(choices[0].finish_reason, "stop"),
        id=response.id or "",
    )
    _add_usage(answer, response.usage)
    return answer


class _Gathered:
    """The chunks of a streamed answer, as far as they have come."""

    def __init__(self) -> None:
        self._answer = Answer("", text="")
        self._calls: dict[int, dict[str, Any]] = {}

    def add(self, chunk: Any) -> Iterator[str]:
        """Take the next chunk, and return the text in it."""
        self._answer.model = chunk.model or self._answer.model
        self._answer.id = chunk.id or self._answer.id
        _add_usage(self._answer, chunk.usage or getattr(getattr(chunk, "x_groq", None), "usage", None))
        for choice in (chunk.choices or ())[:1]:
            delta = choice.delta
            for call in (delta.tool_calls if delta is not None else None) or ():
                self._add_call(call)
            if delta is not None and delta.content:
                self._answer.text = f"{self._answer.text}{delta.content}"
                yield delta.content
            if choice.finish_reason:
                self._answer.finish_reason = _FINISH_REASONS.get(choice.finish_reason, "stop")

    def _add_call(self, part: Any) -> None:
        """Take part of a call. A part without an index is a whole call."""
        index = len(self._calls) if part.index is None else int(part.index)
        call = self._calls.setdefault(index, {"id": None, "name": None, "arguments": ""})
        call["id"] = call["id"] or part.id
        if part.function is not None:
            call["name"] = call["name"] or part.function.name
            call["arguments"] += part.function.arguments or ""

    def answer(self) -> Answer:
        """The answer. If it broke off, calls that may be incomplete are left out."""
        if self._answer.finish_reason not in (None, "error"):
            self._answer.calls = [_read_call(**self._calls[index]) for index in sorted(self._calls)]
        return self._answer


def _read_call(id: str | None, name: str | None, arguments: str | None) -> ToolCall:
    return call_of({"name": name, "arguments": arguments}, {"id": id or f"call_{uuid.uuid4().hex[:8]}"})


def _add_usage(answer: Answer, usage: Any) -> None:
    if usage is not None:
        answer.prompt_tokens, answer.completion_tokens = usage.prompt_tokens, usage.completion_tokens


def cost_by_table(provider: str, model: str, input_tokens: int, output_tokens: int) -> float:
    """Work out a cost from the table of prices.

    Args:
        provider: a section of the table.
        model: the model.
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.

    Returns:
        US dollars; 0.0 with a warning for a model without a known price.
    """
    price = price_of(model, provider)
    if price is None:
        warnings.warn(f"Cost calculation not available for model {model}", UserWarning, stacklevel=3)
        return 0.0
    return cost_of(price, input_tokens, output_tokens)
