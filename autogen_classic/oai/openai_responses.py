"""Models of OpenAI through the Responses API. ``api_type`` is ``"responses"`` or ``"responses_v2"``.

It needs release 1.80 of the openai package. OPENAI_API_KEY may hold the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import signature
from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here
from typing import Any

from ..errors import BrokenStreamError, UnusableAnswerError
from ..llm_config.entries import OpenAIResponsesEntryDict, OpenAIResponsesLLMConfigEntry
from ._messages.built_in_calls import ApplyPatchCallOutput, ShellCallOutcome, ShellCallOutput, ShellCommandOutput
from ._messages.kept import EXTRA_CONTENT, extra_content, origin_of
from ._messages.responses import calls_of, choice_of, format_of, input_of, kept_of, tools_for
from ._model_quirks import reasons
from ._openai_client import OpenAIClient
from ._provider_client import read_settings, tell_of_unknown_settings
from ._request.reading import Answer
from ._request.streamed_text import ShownText
from ._request.streaming import connection_errors
from ._request.structured import with_json_schema
from ._specs import RESPONSES
from .client_utils import without_hidden_tools
from .prices import picture_prices

__all__ = (
    "PRICING",
    "VALID_SIZES",
    "ApplyPatchCallOutput",
    "OpenAIResponsesClient",
    "OpenAIResponsesEntryDict",
    "OpenAIResponsesLLMConfigEntry",
    "ShellCallOutcome",
    "ShellCallOutput",
    "ShellCommandOutput",
    "calculate_openai_image_cost",
)

PRICING = picture_prices()
"""What a picture costs, in US dollars by model, quality and size."""

VALID_SIZES = {model: list(next(iter(qualities.values()))) for model, qualities in PRICING.items()}
"""The sizes that a model draws in."""

_NEEDED = (1, 80)  # the first release of the openai package that knows encrypted thoughts and pictures in a stream
_ENCRYPTED = "reasoning.encrypted_content"
_IN_THE_MESSAGE = ("function_call", "message", "reasoning")
_LAST_EVENTS = ("response.completed", "response.incomplete", "response.failed")


class OpenAIResponsesClient(OpenAIClient):
    """Asks OpenAI through the Responses API.

    A request holds the whole conversation each time, as with every other provider, so that histories can be edited,
    shared by agents and saved. What a model wants back with the answers of its tools (its thoughts, and what tools of
    OpenAI did) is kept on the message, and goes back to the same model at the same address. Thoughts are asked for in
    encrypted form, so none of this depends on what the server keeps.

    Whether OpenAI keeps the answers is for the user to say: ``store=False`` forbids it, and everything works the same.
    Without it, the server's default applies: to keep them for 30 days. Chat completions are not kept by default,
    so mind the difference if conversations are confidential. With ``previous_response_id`` the server puts what it
    has kept before the messages that are sent.

    Besides functions, a configuration may offer tools that OpenAI runs: ``built_in_tools=["web_search",
    "image_generation"]``, or dicts with their settings. An answer that used them is a message rather than a text: its
    ``content`` is the text, ``extra_content["items"]`` holds what the tools gave (the ``result`` of an
    ``image_generation_call`` is a picture in base 64), ``annotations`` what was cited. OpenAI's fees for each use of
    such a tool are not part of the ``cost``.

    Two tools of this kind run here: ``"shell"`` and ``"apply_patch"``. Their calls are the tool calls of a message, and
    the agent whose model called answers them, within the limits of its configuration; see `tools_that_run_here`.

    Args:
        client: an ``OpenAI`` or ``AzureOpenAI`` object of the openai package.
        response_format: the form of every answer whose request does not ask for another one.

    Raises:
        ImportError: the openai package is older than 1.80.
    """

    def __init__(self, client: Any, response_format: object = None) -> None:
        import openai

        if tuple(map(int, openai.__version__.split(".")[:2])) < _NEEDED:
            raise ImportError(
                f"The Responses API needs openai 1.80 or later, but {openai.__version__} is installed: "
                'pip install "openai>=1.80"',
                name="openai",
            )
        super().__init__(client, response_format)

    def message_retrieval(self, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages if they call tools, or tools of OpenAI were used.

        Args:
            response: what `create` returned.
        """
        return [
            choice.message.model_dump() if _used_tools(choice.message) else said
            for choice, said in zip(response.choices, super().message_retrieval(response), strict=True)
        ]

    def _written(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request in the form of the Responses API."""
        params = without_hidden_tools(with_json_schema(super()._written(params)))
        tell_of_unknown_settings(params, RESPONSES)
        messages = params.get("messages") or [{"role": "user", "content": params.get("prompt")}]
        continued = bool(params.get("conversation") or params.get("previous_response_id"))
        request: dict[str, Any] = {
            **({"model": params["model"]} if params.get("model") else {}),
            "input": input_of(messages, self._origin(params), params.get("store") is not False, continued),
            **read_settings(params, RESPONSES.settings),
        }
        if form := format_of(params.get("response_format")):
            request["text"] = {"format": form, **request.get("text", {})}
        if reasons(params.get("model")):
            request["include"] = list({**dict.fromkeys(request.get("include") or ()), _ENCRYPTED: None})
        tools = tools_for(params)
        if tools:
            offered = {"tool_choice": choice_of(params), "parallel_tool_calls": params.get("parallel_tool_calls")}
            request |= {"tools": tools, **{name: value for name, value in offered.items() if value is not None}}
        return {**request, "stream": True} if params.get("stream") else request

    def _ask(self, params: dict[str, Any]) -> Any:
        with self._reading(), connection_errors():
            sent = _send(self._oai_client, params)
            if not params.get("stream"):
                return self._completion(sent, params)
            with sent as events, _StreamedResponse() as streamed:
                for event in events:
                    streamed.add(event)
        return self._completion(streamed.response(), params)

    async def _a_ask(self, client: Any, params: dict[str, Any]) -> Any:
        with self._reading(), connection_errors():
            sent = await _send(client, params)
            if not params.get("stream"):
                return self._completion(sent, params)
            async with sent as events:
                with _StreamedResponse() as streamed:
                    async for event in events:
                        streamed.add(event)
        return self._completion(streamed.response(), params)

    def _origin(self, params: Mapping[str, Any]) -> str:
        return origin_of(params.get("model"), str(getattr(self._oai_client, "base_url", "openai")))

    def _completion(self, response: Any, params: Mapping[str, Any]) -> Any:
        said = response.to_dict(warnings=False) if hasattr(response, "to_dict") else response
        if not isinstance(said, dict) or not isinstance(said.get("output"), list):
            raise self._unusable(f"{said!r:.200}, which is not a response")
        return _answer_of(said, self._origin(params)).completion()


def calculate_openai_image_cost(
    model: str = "gpt-image-1", size: str = "1024x1024", quality: str = "high"
) -> tuple[float, str | None]:
    """Look up what a picture costs that OpenAI draws.

    Args:
        model: the model that draws.
        size: width and height in pixels, as in ``"1024x1024"``.
        quality: such as ``"high"`` or ``"hd"``; a model with one quality only takes any.

    Returns:
        US dollars, and None; 0 and what is wrong if that is not in the table.
    """
    if model not in PRICING:
        return 0.0, f"Invalid model: {model}. Valid models: {list(PRICING)}"
    if size not in VALID_SIZES[model]:
        return 0.0, f"Invalid size {size} for {model}. Valid sizes: {VALID_SIZES[model]}"
    qualities = PRICING[model]
    prices = next(iter(qualities.values())) if len(qualities) == 1 else qualities.get(quality)
    if prices is None:
        return 0.0, f"Invalid quality '{quality}' for {model}"
    return prices[size], None


def _used_tools(message: Any) -> bool:
    kept = getattr(message, EXTRA_CONTENT, None) or {}
    return any(item.get("type") not in _IN_THE_MESSAGE for item in kept.get("items", ()))


def _send(client: Any, request: dict[str, Any]) -> Any:
    """Send a request; settings that are newer than the installed openai package go into the body as they are."""
    create: Callable[..., Any] = client.responses.create
    known = signature(create).parameters
    new = {name: request[name] for name in request if name not in known}
    if new and "extra_body" in known:
        request = {name: request[name] for name in request if name in known}
        request["extra_body"] = {**new, **(request.get("extra_body") or {})}
    return create(**request)


class _StreamedResponse:
    """Prints the text of an answer as it comes, and holds the answer at the end."""

    def __init__(self) -> None:
        self._shown = ShownText()
        self._shown_item: Any = None
        self._items: list[Any] = []
        self._last: Any = None

    def __enter__(self) -> _StreamedResponse:
        self._shown.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._shown.__exit__()

    def add(self, event: Any) -> None:
        """Take the next event."""
        kind = getattr(event, "type", None)
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            if self._shown_item not in (None, event.item_id):
                self._shown.show("\n")
            self._shown_item = event.item_id
            self._shown.show(event.delta)
        elif kind == "response.output_item.done":
            self._items.append(event.item)
        elif kind in _LAST_EVENTS:
            self._last = event.response
        elif kind == "error":
            raise _failed({"code": event.code, "message": event.message})

    def response(self) -> Any:
        """The answer.

        Raises:
            BrokenStreamError: the stream ended before it was complete.
        """
        if self._last is None:
            raise BrokenStreamError(
                "The stream of OpenAI ended before the answer was complete: the server has gone, or closed the "
                "connection."
            )
        said = self._last.to_dict(warnings=False)
        if not said.get("output"):  # some servers of other makers say it only once
            said["output"] = [item.to_dict(warnings=False) for item in self._items]
        return said


def _answer_of(response: dict[str, Any], origin: str) -> Answer:
    """Read a response.

    Raises:
        UnusableAnswerError: the server failed, or has not finished.
    """
    output = [item for item in response["output"] if isinstance(item, dict)]
    reason = _finish_reason(response)
    answer = Answer(str(response.get("model") or ""), id=str(response.get("id") or ""), finish_reason=reason)
    messages = [item.get("content") or () for item in output if item.get("type") == "message"]
    parts = [part for content in messages for part in content]
    answer.text = "\n".join("".join(map(_text_of, content)) for content in messages)
    answer.calls = calls_of(output)
    besides = {
        "refusal": "".join(part.get("refusal") or "" for part in parts) or None,
        "annotations": list(_citations(messages)) or None,
        EXTRA_CONTENT: extra_content(origin, kept) if (kept := kept_of(output)) else None,
    }
    answer.said_besides = {name: value for name, value in besides.items() if value is not None}
    _count(answer, response.get("usage") or {})
    return answer


def _text_of(part: Mapping[str, Any]) -> str:
    return str(part.get("text") or part.get("refusal") or "")


def _citations(messages: list[Any]) -> Iterator[dict[str, Any]]:
    """The pages that an answer cites, in the form of chat completions, with their places in the whole text."""
    place = 0
    for content in messages:
        for part in content:
            for note in part.get("annotations") or ():
                if note.get("type") == "url_citation":
                    cited = {name: note[name] for name in ("title", "url") if name in note}
                    places = {name: place + note[name] for name in ("start_index", "end_index") if name in note}
                    yield {"type": "url_citation", "url_citation": {**cited, **places}}
            place += len(_text_of(part))
        place += 1  # the line break between two messages


def _finish_reason(response: Mapping[str, Any]) -> str:
    status = response.get("status") or "completed"
    if status == "incomplete":
        reason = (response.get("incomplete_details") or {}).get("reason")
        return "content_filter" if reason == "content_filter" else "length"
    if status != "completed":
        raise _failed(response.get("error") or {"code": status})
    return "stop"


def _failed(error: Mapping[str, Any]) -> UnusableAnswerError:
    said = ": ".join(str(error[name]) for name in ("code", "message") if error.get(name))
    return UnusableAnswerError(f"The Responses API gave no answer ({said}).")


def _count(answer: Answer, usage: Mapping[str, Any]) -> None:
    answer.prompt_tokens, answer.completion_tokens = usage.get("input_tokens"), usage.get("output_tokens")
    answer.cached_tokens = (usage.get("input_tokens_details") or {}).get("cached_tokens")
    answer.reasoning_tokens = (usage.get("output_tokens_details") or {}).get("reasoning_tokens")
