"""Models at Mistral, through the ``mistralai`` package. ``api_type`` is ``"mistral"``; the key: MISTRAL_API_KEY."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from mistralai.client import Mistral, models
from mistralai.client.errors import MistralError, NoResponseError
from mistralai.client.models import Function

from .._core.content import text_of
from ..llm_config.entries import MistralEntryDict, MistralLLMConfigEntry
from ._chat_completions import chat_messages, chat_tools, cost_by_table
from ._http.connections import sync_pool
from ._http.retries import TRANSPORT_ERRORS, Refusal, ask_again, seconds_to_wait
from ._http.sdk_clients import shared_client
from ._messages.translation import (
    Part,
    Text,
    ToolAnswer,
    ToolCall,
    Turn,
    alternating,
    call_of,
    split_system,
    turns_of,
    with_plain_ids,
)
from ._provider_client import ProviderClient, key_for, model_of, read_settings
from ._request.reading import Answer
from ._specs import DEFAULT_TIMEOUT, MISTRAL

__all__ = (
    "MistralAIClient",
    "MistralEntryDict",
    "MistralLLMConfigEntry",
    "calculate_mistral_cost",
    "tool_def_to_mistral",
)

T = TypeVar("T")


# The settings that AutoGen 0.2 names in every request, and those that the API refuses without tools.
_ALWAYS_NAMED = ("temperature", "top_p", "max_tokens", "safe_prompt", "random_seed")
_ONLY_WITH_TOOLS = ("parallel_tool_calls", "tool_choice")

_FINISH_REASONS = {"error": "error", "length": "length", "model_length": "length", "tool_calls": "tool_calls"}
_NO_ID = (None, "", "null")  # what the SDK puts if the API gave no id
# Mistral lets only the assistant speak after a tool has answered.
_AFTER_AN_ANSWER = Turn("assistant", (Text("I have read it."),))


class MistralAIClient(ProviderClient):
    """Asks Mistral.

    Args:
        **kwargs: the configuration. ``base_url``, ``timeout`` (in seconds), ``max_retries`` and ``default_headers`` say
            how to connect.

    Raises:
        MissingKeyError: neither ``api_key`` nor the environment variable MISTRAL_API_KEY is set.
    """

    spec = MISTRAL
    fallback_errors = (MistralError, NoResponseError, *TRANSPORT_ERRORS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.api_key = key_for(kwargs, self.spec)
        settings: dict[str, Any] = {"client": kwargs.get("http_client") or sync_pool(self.address)}
        timeout = kwargs.get("timeout", DEFAULT_TIMEOUT)
        if timeout is not None:
            settings["timeout_ms"] = int(float(timeout) * 1000)
        if kwargs.get("base_url"):
            settings["server_url"] = str(kwargs["base_url"]).rstrip("/").removesuffix("/v1")
        self._client = shared_client(Mistral, api_key=self.api_key, **settings)

    def parse_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request for the SDK.

        Args:
            params: a request in the OpenAI form. A value that cannot be used is reported by a warning, and replaced by
                the default.

        Returns:
            The arguments of ``chat.complete``. Settings that AutoGen 0.2 knows are there even if they are None.

        Raises:
            MissingModelError: no model is named.
        """
        tools = tool_def_to_mistral(chat_tools(params))
        request = {
            "model": model_of(params, self.spec),
            **dict.fromkeys(_ALWAYS_NAMED),
            **read_settings(params, self.spec.settings),
            "messages": chat_messages(_fitting(turns_of(params["messages"]))),
        }
        if tools:
            return {**request, "tools": tools}
        return {name: request[name] for name in request if name not in _ONLY_WITH_TOOLS}

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        response = self._sent(self._client.chat.complete, params)
        choice = response.choices[0]
        answer = Answer(response.model, id=response.id, finish_reason=_reason(choice.finish_reason))
        if choice.message is not None:
            answer.text = text_of(choice.message.content) or ""
            answer.calls = [_call(part) for part in choice.message.tool_calls or ()]
        _count(answer, response.usage)
        return answer

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        answer = Answer(model_of(params, self.spec), text="")
        with self._sent(self._client.chat.stream, params) as events:
            for event in events:
                chunk = event.data
                answer.model, answer.id = chunk.model or answer.model, chunk.id
                _count(answer, chunk.usage)
                for choice in chunk.choices[:1]:
                    if text := text_of(choice.delta.content):
                        answer.text = f"{answer.text}{text}"
                        yield text
                    answer.calls += [_call(part) for part in choice.delta.tool_calls or ()]  # each comes whole
                    if choice.finish_reason:
                        answer.finish_reason = _reason(choice.finish_reason)
        yield answer

    def _sent(self, method: Callable[..., T], params: dict[str, Any]) -> T:
        request = {name: value for name, value in self.parse_params(params).items() if value is not None}
        headers = self._config.get("default_headers")
        return ask_again(lambda: method(**request, http_headers=headers), _refusal_of, self._config.get("max_retries"))


def tool_def_to_mistral(tool_definitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write tools as Mistral takes them.

    Args:
        tool_definitions: tools in the OpenAI form.

    Returns:
        Dicts with ``type`` and ``function``, a `Function` of the ``mistralai`` package.
    """
    return [
        {
            "type": "function",
            "function": Function(
                name=tool["function"]["name"],
                description=tool["function"].get("description"),
                parameters=tool["function"]["parameters"],
            ),
        }
        for tool in tool_definitions
    ]


def calculate_mistral_cost(input_tokens: int, output_tokens: int, model_name: str) -> float:
    """Work out what a request costs.

    Args:
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model_name: the model.

    Returns:
        US dollars; 0.0 with a warning for a model without a known price.
    """
    return cost_by_table("mistral", model_name, input_tokens, output_tokens)


def _fitting(turns: Sequence[Turn]) -> list[Turn]:
    """Put turns in the order that Mistral insists on: the system first, sides in turn, a user or a tool at the end."""
    system, others = split_system(turns)
    fitting = [Turn("system", (Text(system),))] if system else []
    for turn in alternating(_with_short_ids(others), user_last=True):
        answers = tuple(part for part in turn.parts if isinstance(part, ToolAnswer))
        said = turn.parts[len(answers) :]
        if answers:
            fitting.append(Turn("tool", answers))
        if answers and said:
            fitting.append(_AFTER_AN_ANSWER)
        if said:
            fitting.append(turn._replace(parts=said))
    return fitting


def _with_short_ids(turns: Sequence[Turn]) -> list[Turn]:
    """Mistral takes ids of nine letters and digits only, so those of other models are replaced."""

    def short(name: str) -> str:
        return name if re.fullmatch(r"[a-zA-Z0-9]{9}", name) else hashlib.sha256(name.encode()).hexdigest()[:9]

    def renamed(part: Part) -> Part:
        if isinstance(part, ToolCall):
            return part._replace(id=short(part.id))
        return part._replace(call_id=short(part.call_id)) if isinstance(part, ToolAnswer) else part

    return [turn._replace(parts=tuple(map(renamed, turn.parts))) for turn in with_plain_ids(turns)]


def _call(part: models.ToolCall) -> ToolCall:
    function = {"name": part.function.name, "arguments": part.function.arguments}
    return call_of(function, {} if part.id in _NO_ID else {"id": part.id})


def _reason(reason: object) -> str:
    return _FINISH_REASONS.get(str(reason), "stop")


def _count(answer: Answer, usage: models.UsageInfo | None) -> None:
    if usage is not None:
        answer.prompt_tokens, answer.completion_tokens = usage.prompt_tokens, usage.completion_tokens


def _refusal_of(error: BaseException) -> Refusal | None:
    if not isinstance(error, MistralError):
        return None
    return Refusal(error.status_code, seconds_to_wait(error.headers))
