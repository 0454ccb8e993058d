"""Models that run in Ollama, through the ``ollama`` package. ``api_type`` is ``"ollama"``; no key is needed.

Models that know tools get them through the API. For all others, ``native_tool_calls: False`` describes the tools in the
system message, and the model writes its calls as JSON in the text of its answer.
"""

from __future__ import annotations

import ast
import importlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain
from typing import Any, TypeVar

import ollama

from ..errors import BrokenStreamError
from ..llm_config.entries import OllamaEntryDict, OllamaLLMConfigEntry
from ._http.retries import TRANSPORT_ERRORS, Refusal, ask_again, seconds_to_wait
from ._http.sdk_clients import shared_client
from ._messages.images import ImagePart, with_bytes
from ._messages.schemas import answer_as_text, answer_tool, references, schema_of, wants_any_object
from ._messages.translation import (
    GO_ON,
    Text,
    Tool,
    ToolAnswer,
    ToolCall,
    Turn,
    call_of,
    tools_of,
    turns_of,
    with_last_words_of_user,
)
from ._provider_client import ProviderClient, model_of, read_settings
from ._request.reading import Answer
from ._specs import OLLAMA

__all__ = (
    "OllamaClient",
    "OllamaEntryDict",
    "OllamaLLMConfigEntry",
    "is_valid_tool_call_item",
    "response_to_tool_call",
)

T = TypeVar("T")

FUNCTIONS_LIST = "[FUNCTIONS_LIST]"


class OllamaClient(ProviderClient):
    """Asks an Ollama server.

    Args:
        response_format: the form of every answer whose request does not ask for another one.
        **kwargs: the configuration. ``client_host`` (or ``base_url``) is the address of the server, else OLLAMA_HOST
            counts, else this machine; ``timeout`` is in seconds, without one there is none; ``max_retries``;
            ``default_headers``; ``api_key``, for a server behind a proxy that wants one; ``native_tool_calls``: False
            describes tools in the system message; ``manual_tool_call_instruction``, ``manual_tool_call_step1`` and
            ``manual_tool_call_step2`` say that in your own words.

    Attributes:
        TOOL_CALL_MANUAL_INSTRUCTION: what is put after the system message; ``[FUNCTIONS_LIST]`` becomes the tools.
        TOOL_CALL_MANUAL_STEP1: what is put after the last message of a user.
        TOOL_CALL_MANUAL_STEP2: what is put after the answers of tools.
    """

    TOOL_CALL_MANUAL_INSTRUCTION = (
        "\n\nThese tools can be called for you, one JSON description per line:\n"
        f"{FUNCTIONS_LIST}\n"
        "To call tools, answer with a JSON list and nothing else, in this form:\n"
        '[{"name": "the_tool", "arguments": {"the_argument": "its value"}}]\n'
        "Call only tools of this list, with the arguments that their descriptions name. You are told what they answer."
    )
    TOOL_CALL_MANUAL_STEP1 = (
        "\n\nIf tools help here, answer now with nothing but the JSON list of calls. Otherwise answer in plain words."
    )
    TOOL_CALL_MANUAL_STEP2 = (
        "\n\nUse these results. If another tool is needed, answer with nothing but the JSON list of calls. Otherwise "
        "give the final answer in plain words, without JSON."
    )

    spec = OLLAMA
    fallback_errors = (ollama.ResponseError, BrokenStreamError, ConnectionError, *TRANSPORT_ERRORS)

    def __init__(self, response_format: object = None, **kwargs: Any) -> None:
        super().__init__(**({} if response_format is None else {"response_format": response_format}), **kwargs)
        headers = dict(kwargs.get("default_headers") or {})
        if kwargs.get("api_key"):
            headers["Authorization"] = f"Bearer {kwargs['api_key']}"
        self._client = shared_client(ollama.Client, host=self._host, headers=headers, timeout=kwargs.get("timeout"))

    @property
    def address(self) -> str:
        """Where requests go."""
        return self._host or self.spec.name

    @property
    def _host(self) -> str | None:
        host = self._config.get("client_host") or self._config.get("base_url")
        return str(host) if host else None

    def parse_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """Take from a request the settings that Ollama knows, and check them.

        Args:
            params: a request in the OpenAI form. A value that cannot be used is reported by a warning, and left out.

        Returns:
            What to send besides the messages and the tools; what steers the model is under ``options``.

        Raises:
            MissingModelError: no model is named.
        """
        sent = {"model": model_of(params, self.spec), **read_settings(params, self.spec.settings)}
        options = sent.get("options", {})
        if isinstance(options.get("stop"), str):
            options["stop"] = [options["stop"]]
        return sent

    def oai_messages_to_ollama_messages(
        self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None
    ) -> list[dict[str, Any]]:
        """Write messages as Ollama takes them.

        Args:
            messages: messages in the OpenAI form.
            tools: the tools on offer, in the OpenAI form.
        """
        return self._written({**self._config, "messages": messages, "tools": tools})

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        request = {**self.request(params), "stream": False}
        response = self._patiently(lambda: self._client.chat(**request))
        answer = Answer("", text="")
        _add(answer, response)
        return self._complete(answer, params)

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        request = {**self.request(params), "stream": True}

        def begin() -> tuple[Any, Any]:
            chunks = self._client.chat(**request)
            return chunks, next(chunks)  # the SDK does not send the request before

        answer = Answer("", text="")
        chunks, first = self._patiently(begin)
        with closing(chunks):
            for chunk in chain([first], chunks):
                _add(answer, chunk)
                if chunk.message.content:
                    yield chunk.message.content
        yield self._complete(answer, params)

    def request(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request for the SDK.

        Args:
            params: a request in the OpenAI form.

        Returns:
            The arguments of ``ollama.Client.chat``.
        """
        request = {**self.parse_params(params), "messages": self._written(params)}
        tools = tools_of(params)
        schema = schema_of(params)
        if tools and not self._manual(params):
            # A model that is held to a schema could not call any tool, so its answer becomes the call of one.
            offered = [*tools, answer_tool(schema)] if schema else tools
            request["tools"] = [_tool(tool) for tool in offered]
        elif not tools and (schema or wants_any_object(params)):
            request["format"] = schema or "json"
        return request

    def _patiently(self, send: Callable[[], T]) -> T:
        return ask_again(send, _refusal_of, self._config.get("max_retries"))

    def _manual(self, params: Mapping[str, Any]) -> bool:
        """Whether tools are described in words."""
        return not params.get("native_tool_calls", self._config.get("native_tool_calls", True))

    def _written(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The messages of a request. A turn of an assistant at the end would be continued instead of answered."""
        turns = with_last_words_of_user(turns_of(params["messages"]))
        if turns and turns[-1].role == "assistant":
            turns.append(Turn("user", (Text(GO_ON),)))
        tools = tools_of(params)
        if tools and self._manual(params):
            turns = self._with_tools_in_words(turns, tools, params)
        return [message for turn in turns for message in _messages(turn)]

    def _with_tools_in_words(
        self, turns: Sequence[Turn], tools: Sequence[Tool], params: Mapping[str, Any]
    ) -> list[Turn]:
        listed = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in map(_tool_in_full, tools))
        instruction = params.get("manual_tool_call_instruction", self.TOOL_CALL_MANUAL_INSTRUCTION)
        step1 = params.get("manual_tool_call_step1", self.TOOL_CALL_MANUAL_STEP1)
        step2 = params.get("manual_tool_call_step2", self.TOOL_CALL_MANUAL_STEP2)
        after_tools = bool(turns) and turns[-1].role == "tool"
        told = [_calls_in_words(turn) for turn in turns]
        if not told or told[0].role != "system":
            told.insert(0, Turn("system", ()))
        told[0] = _extended(told[0], instruction.replace(FUNCTIONS_LIST, listed))
        told[-1] = _extended(told[-1], step2 if after_tools else step1)
        return told

    def _complete(self, answer: Answer, params: Mapping[str, Any]) -> Answer:
        """Read the calls that a model has written as text, and the answer that it has given as a call."""
        tools, schema = tools_of(params), schema_of(params)
        if tools and self._manual(params) and answer.finish_reason is not None:
            items = response_to_tool_call(answer.text or "")
            if items:
                answer.calls = [_new_call(item["name"], item.get("arguments")) for item in items]
                answer.text = ""
        elif tools and schema:
            return answer_as_text(answer, schema)
        return answer


def _messages(turn: Turn) -> Iterable[dict[str, Any]]:
    """A turn as messages of Ollama: calls have no ids, and pictures are bytes beside the text."""
    if turn.role == "tool":
        answers = [part for part in turn.parts if isinstance(part, ToolAnswer)]
        return [{"role": "tool", "content": answer.text, "tool_name": answer.name} for answer in answers]
    message: dict[str, Any] = {"role": turn.role, "content": turn.text}
    images = [with_bytes(part).data for part in turn.parts if isinstance(part, ImagePart)]
    if images and turn.role == "user":
        message["images"] = images
    if turn.calls:
        message["tool_calls"] = [{"function": {"name": call.name, "arguments": call.arguments}} for call in turn.calls]
    return [message]


def _tool_in_full(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _tool(tool: Tool) -> dict[str, Any]:
    """A tool as the SDK takes it. Its model of a parameter drops what it does not know, so that goes into words."""
    definitions = tool.parameters.get("$defs")
    properties = {
        name: _property(schema, definitions) for name, schema in tool.parameters.get("properties", {}).items()
    }
    return _tool_in_full(tool._replace(parameters={**tool.parameters, "properties": properties}))


def _property(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None) -> dict[str, Any]:
    refers = any(references(schema))
    known = {key: schema[key] for key in ("type", "items", "description", "enum") if key in schema}
    choices = schema.get("anyOf")
    if choices and all(set(choice) == {"type"} for choice in choices):
        known["type"] = [choice["type"] for choice in choices]
    elif refers or set(schema) - set(known) - {"default", "title"}:
        in_full = {**schema, "$defs": definitions} if refers and definitions else schema
        in_words = f"JSON schema: {json.dumps(in_full, ensure_ascii=False)}"
        known["description"] = f"{known['description']} {in_words}" if "description" in known else in_words
    if refers:
        known.pop("items", None)  # the definitions stand in the words only
    return known


def _calls_in_words(turn: Turn) -> Turn:
    """A turn in which calls are written as the model should write them, and answers as what a user says."""
    if turn.role == "tool":
        answers = [part for part in turn.parts if isinstance(part, ToolAnswer)]
        texts = tuple(Text(f"The tool {answer.name} answered: {answer.text}") for answer in answers)
        return Turn("user", texts)
    if not turn.calls:
        return turn
    calls = [{"name": call.name, "arguments": call.arguments} for call in turn.calls]
    parts = tuple(part for part in turn.parts if not isinstance(part, ToolCall))
    return turn._replace(parts=(*parts, Text(json.dumps(calls, ensure_ascii=False))))


def _extended(turn: Turn, text: str) -> Turn:
    longer = Text(f"{turn.text}{text}" if turn.text else text.lstrip())
    return turn._replace(parts=(longer, *(part for part in turn.parts if isinstance(part, ImagePart))))


def _add(answer: Answer, chunk: ollama.ChatResponse) -> None:
    """Add a part of an answer, or a whole one."""
    answer.model = chunk.model or answer.model
    answer.id = chunk.created_at or answer.id
    answer.text = f"{answer.text}{chunk.message.content or ''}"
    answer.calls += [_new_call(call.function.name, call.function.arguments) for call in chunk.message.tool_calls or ()]
    if chunk.done:
        answer.finish_reason = "length" if chunk.done_reason == "length" else "stop"
        answer.prompt_tokens, answer.completion_tokens = chunk.prompt_eval_count, chunk.eval_count


def _new_call(name: str, arguments: object) -> ToolCall:
    """A call with an id, which Ollama does not give."""
    return call_of({"name": name, "arguments": arguments}, {"id": f"ollama_func_{uuid.uuid4().hex[:8]}"})


def _refusal_of(error: BaseException) -> Refusal | None:
    if not isinstance(error, ollama.ResponseError):
        return None
    answer = getattr(error.__context__, "response", None)  # the SDK keeps no headers, but the error of HTTP does
    return Refusal(error.status_code, seconds_to_wait(getattr(answer, "headers", None)))


def response_to_tool_call(response_string: str) -> list[dict[str, Any]] | None:
    """Read the calls in the text of an answer.

    Args:
        response_string: the text; there may be words before and after the calls.

    Returns:
        A list of dicts with ``name`` and usually ``arguments``; None if the text holds no calls.
    """
    for value in _values_in(response_string):
        if isinstance(value, dict) and isinstance(value.get("tool_calls"), list):
            value = value["tool_calls"]
        items = value if isinstance(value, list) else [value]
        if all(is_valid_tool_call_item(item) for item in items):
            return items
    return None


def is_valid_tool_call_item(call_item: object) -> bool:
    """Tell whether a value is a call: a dict with a ``name``, perhaps ``arguments``, and nothing else.

    Args:
        call_item: any value.
    """
    return (
        isinstance(call_item, dict)
        and isinstance(call_item.get("name"), str)
        and set(call_item) <= {"name", "arguments"}
    )


def _values_in(text: str) -> Iterator[Any]:
    """The lists and objects in a text, those that are not correct JSON last."""
    decoder = json.JSONDecoder()
    position = 0
    while starts := [start for start in (text.find("[", position), text.find("{", position)) if start >= 0]:
        try:
            value, position = decoder.raw_decode(text, min(starts))
            yield value
        except ValueError:
            position = min(starts) + 1
    yield from _repaired(text)


def _repaired(text: str) -> Iterator[Any]:
    """What is between the first bracket and the last, with the mistakes that models make in JSON put right."""
    starts = [start for start in (text.find("["), text.find("{")) if start >= 0]
    end = max(text.rfind("]"), text.rfind("}")) + 1
    if not starts or end <= min(starts):
        return
    found = text[min(starts) : end]
    with suppress(ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        yield ast.literal_eval(found)
    with suppress(Exception):  # of a package that need not be there, and whose errors are many
        repair = importlib.import_module("fix_busted_json").repair_json
        yield json.loads(repair(f'{{"tool_calls": {found}}}'))
