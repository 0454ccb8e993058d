"""Models at Cohere, through version 2 of its chat API. ``api_type`` is ``"cohere"``; COHERE_API_KEY may hold a key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

import cohere
import httpx
from cohere.core.api_error import ApiError
from cohere.v2.types import V2ChatStreamResponse

from .._core.messages import called
from ..errors import CohereError
from ..llm_config.entries import CohereEntryDict, CohereLLMConfigEntry
from ._chat_completions import chat_messages, chat_tools, cost_by_table
from ._http.connections import sync_pool
from ._http.retries import MAX_RETRIES, TRANSPORT_ERRORS
from ._messages.schemas import in_words
from ._messages.translation import GO_ON, Text, ToolCall, Turn, call_of, split_system, turns_of
from ._provider_client import ProviderClient, key_for, model_of, read_settings
from ._request.reading import Answer
from ._request.structured import wanted_form
from ._specs import COHERE, DEFAULT_TIMEOUT
from .prices import Price, prices_of

__all__ = (
    "COHERE_PRICING_1K",
    "CohereClient",
    "CohereEntryDict",
    "CohereError",
    "CohereLLMConfigEntry",
    "CohereRateLimitError",
    "calculate_cohere_cost",
    "clean_return_response_format",
    "extract_to_cohere_tool_results",
    "is_recent_tool_call",
    "oai_messages_to_cohere_messages",
)

COHERE_PRICING_1K: dict[str, Price] = prices_of("cohere")

# The settings that AutoGen 0.2 names in every request.
_ALWAYS_NAMED = ("temperature", "max_tokens", "k", "p", "seed", "frequency_penalty", "presence_penalty")
_TOOL_CHOICES = {"required": "REQUIRED", "any": "REQUIRED", "none": "NONE"}

_CODE_BLOCK = re.compile(r"\s*```(?:json)?(.*)```\s*", re.DOTALL)

_FINISH_REASONS = {"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls"}


class CohereRateLimitError(CohereError, cohere.TooManyRequestsError):
    """Cohere refuses further requests for now. It is an error of the ``cohere`` package as well."""


class CohereClient(ProviderClient):
    """Asks Cohere.

    Args:
        **kwargs: the configuration. ``base_url``, ``client_name``, ``timeout`` (in seconds), ``max_retries`` and
            ``default_headers`` say how to connect.

    Raises:
        MissingKeyError: neither ``api_key`` nor the environment variable COHERE_API_KEY is set.
    """

    spec = COHERE
    fallback_errors = (ApiError, CohereError, *TRANSPORT_ERRORS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.api_key = key_for(kwargs, self.spec)
        address: dict[str, Any] = {"base_url": str(kwargs["base_url"])} if kwargs.get("base_url") else {}
        self._client: Any = cohere.ClientV2(
            api_key=self.api_key,
            client_name=kwargs.get("client_name") or "autogen-cohere",
            httpx_client=kwargs.get("http_client") or sync_pool(self.address, _new_http_client),
            log_warning_experimental_features=False,
            **address,
        )

    def parse_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take from a request the settings that Cohere knows, and check them.

        Args:
            params: a request in the OpenAI form. A value that cannot be used is reported by a warning, and replaced by
                the default.

        Returns:
            The settings and the model; those that AutoGen 0.2 knows are None if they have neither value nor default.

        Raises:
            MissingModelError: no model is named.
        """
        read = read_settings(params, self.spec.settings)
        return {"model": model_of(params, self.spec), **dict.fromkeys(_ALWAYS_NAMED), **read}

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        request = self._request(params)
        with _rate_limits():
            response = self._client.chat(**request)
        message = response.message
        answer = Answer(request["model"], id=response.id or "", finish_reason=_reason(response.finish_reason, None))
        answer.text = "".join(item.text for item in message.content or () if item.type == "text")
        answer.text = answer.text or message.tool_plan
        answer.calls = [
            _call(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ()
        ]
        _count(answer, response.usage)
        return answer

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        request = self._request(params)
        answer = Answer(request["model"], text="")
        calls: dict[int, dict[str, Any]] = {}
        with _rate_limits():
            for event in self._client.chat_stream(**request):
                if text := _text_in(event):
                    answer.text = f"{answer.text}{text}"
                    yield text
                elif event.type in ("tool-call-start", "tool-call-delta"):
                    _gather_call(calls, event)
                elif event.type == "message-start":
                    answer.id = event.id or ""
                elif event.type == "message-end" and event.delta is not None:
                    answer.finish_reason = _reason(event.delta.finish_reason, event.delta.error)
                    answer.calls = [_call(**calls[index]) for index in sorted(calls)]
                    _count(answer, event.delta.usage)
        yield answer

    def _request(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request for the SDK."""
        settings = self.parse_params(params)
        if isinstance(settings.get("stop_sequences"), str):
            settings["stop_sequences"] = [settings["stop_sequences"]]
        request = {name: value for name, value in settings.items() if value is not None}
        request["messages"] = oai_messages_to_cohere_messages(params["messages"], params, request)
        request["request_options"] = self._options()
        return request

    def _options(self) -> dict[str, Any]:
        config = self._config
        retries, timeout = config.get("max_retries"), config.get("timeout", DEFAULT_TIMEOUT)
        options: dict[str, Any] = {"max_retries": MAX_RETRIES if retries is None else int(retries)}
        if timeout is not None:
            options["timeout"] = options["timeout_in_seconds"] = timeout
        if config.get("default_headers"):
            options["additional_headers"] = dict(config["default_headers"])
        return options


def oai_messages_to_cohere_messages(
    messages: list[dict[str, Any]], params: dict[str, Any], cohere_params: dict[str, Any]
) -> list[dict[str, Any]]:
    """Write messages, and what goes with them, as version 2 of Cohere's chat API takes them.

    Args:
        messages: messages in the OpenAI form.
        params: the request that they belong to, with its ``tools``, ``tool_choice`` and ``response_format``.
        cohere_params: gets what these three become.

    Returns:
        The messages. Cohere knows no names of speakers, so users say their names first, as in AutoGen 0.2.
    """
    system, others = split_system(turns_of(messages))
    tools, wanted = chat_tools(params), wanted_form(params)
    if tools:
        cohere_params["tools"] = tools
        choice = _TOOL_CHOICES.get(str(params.get("tool_choice") or "").lower())
        if choice is not None:
            cohere_params["tool_choice"] = choice
        if params.get("strict_tools"):
            cohere_params["strict_tools"] = True
    schema = wanted.schema if wanted is not None else None
    if wanted is not None and tools:  # the API takes tools or a form, not both
        system = f"{system}\n{in_words(schema)}".strip()
    elif wanted is not None:
        form = {"type": "json_object", "json_schema": schema}
        cohere_params["response_format"] = {key: value for key, value in form.items() if value is not None}
    turns = [Turn("system", (Text(system),))] if system else []
    return [_with_tool_plan(message) for message in chat_messages([*turns, *_fitting(others)])]


def extract_to_cohere_tool_results(
    tool_call_id: str, content_output: str, all_tool_calls: Iterable[Mapping[str, Any]]
) -> list[Any]:
    """Join the answer of a tool with its call, as version 1 of Cohere's chat API takes it.

    Args:
        tool_call_id: the id of the call.
        content_output: the answer.
        all_tool_calls: calls in the OpenAI form.

    Returns:
        `ToolResult` objects of the ``cohere`` package: one, or none if there is no such call.
    """
    calls = [call_of(called(call), call) for call in all_tool_calls]
    return [
        cohere.ToolResult(
            call=cohere.ToolCall(name=call.name, parameters=call.arguments), outputs=[{"value": content_output}]
        )
        for call in calls
        if call.id == tool_call_id
    ]


def is_recent_tool_call(messages: list[dict[str, Any]], tool_call_index: int) -> bool:
    """Tell whether only the tools that a call named have spoken after it.

    Args:
        messages: messages in the OpenAI form.
        tool_call_index: the position of the call.
    """
    return all(message.get("role") == "tool" for message in messages[tool_call_index + 1 :])


def calculate_cohere_cost(input_tokens: int, output_tokens: int, model: str) -> float:
    """Work out what a request costs.

    Args:
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model: the model.

    Returns:
        US dollars; 0.0 with a warning for a model without a known price.
    """
    return cost_by_table("cohere", model, input_tokens, output_tokens)


def clean_return_response_format(response_str: str) -> str:
    """Write a structured answer in one line, without what a model has put around it.

    Args:
        response_str: JSON, which may stand in a code block.

    Returns:
        The same as JSON.

    Raises:
        json.JSONDecodeError: it is not JSON.
    """
    block = _CODE_BLOCK.fullmatch(response_str)
    return json.dumps(json.loads(block[1].strip() if block else response_str), ensure_ascii=False)


def _fitting(turns: Sequence[Turn]) -> list[Turn]:
    """Turns that end with a user or a tool, and in which users say who they are."""
    named = [
        turn._replace(parts=(Text(f"{turn.name}:"), *turn.parts)) if turn.role == "user" and turn.name else turn
        for turn in turns
    ]
    assistant_last = not named or named[-1].role == "assistant"
    return [*named, Turn("user", (Text(GO_ON),))] if assistant_last else named


def _with_tool_plan(message: dict[str, Any]) -> dict[str, Any]:
    """What an assistant says while it calls tools is its plan."""
    if not message.get("tool_calls"):
        return message
    without_content = {key: message[key] for key in message if key != "content"}
    return {**without_content, "tool_plan": message["content"]} if message["content"] else without_content


# --- the answer ------------------------------------------------------------------------------------------------------


def _text_in(event: V2ChatStreamResponse) -> str:
    """The text that an event of a stream brings: of the answer, or of a plan for calls."""
    message = getattr(getattr(event, "delta", None), "message", None)
    if message is None:
        return ""
    if event.type == "tool-plan-delta":
        return message.tool_plan or ""
    content = message.content if event.type in ("content-start", "content-delta") else None
    return getattr(content, "text", None) or ""


def _gather_call(calls: dict[int, dict[str, Any]], event: Any) -> None:
    part = event.delta.message.tool_calls
    if event.type == "tool-call-start":
        calls[event.index] = {"id": part.id, "name": part.function.name, "arguments": part.function.arguments or ""}
    else:
        calls[event.index]["arguments"] += part.function.arguments or ""


def _call(id: str, name: str, arguments: str | None) -> ToolCall:
    return call_of({"name": name, "arguments": arguments}, {"id": id})


def _reason(reason: object, error: str | None) -> str:
    if reason in ("ERROR", "TIMEOUT"):
        raise CohereError(f"Cohere could not finish its answer ({reason}{f': {error}' if error else ''}). Ask again.")
    return _FINISH_REASONS.get(str(reason), "stop")


def _count(answer: Answer, usage: cohere.Usage | None) -> None:
    """Take over the tokens that are billed, or else those that were counted."""
    counted = (usage.billed_units or usage.tokens) if usage is not None else None
    if counted is not None:
        answer.prompt_tokens = int(counted.input_tokens or 0)
        answer.completion_tokens = int(counted.output_tokens or 0)


@contextmanager
def _rate_limits() -> Iterator[None]:
    """Give the refusal for too many requests the name that AutoGen 0.2 has for it."""
    try:
        yield
    except cohere.TooManyRequestsError as error:
        raise CohereRateLimitError(error.body, error.headers) from error


def _new_http_client(verify: SSLContext) -> httpx.Client:
    return httpx.Client(verify=verify, follow_redirects=True)  # as the SDK makes its own
