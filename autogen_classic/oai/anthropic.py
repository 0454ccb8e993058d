"""Claude through the anthropic package: from Anthropic itself, on Amazon Bedrock, or on Google's Vertex AI.

A configuration for each:

    {"api_type": "anthropic", "model": "claude-sonnet-4-6", "api_key": "..."}
    {"api_type": "anthropic", "model": "anthropic.claude-sonnet-4-6", "aws_region": "us-east-1",
     "aws_access_key": "...", "aws_secret_key": "..."}
    {"api_type": "anthropic", "model": "claude-sonnet-4-6", "gcp_region": "us-east5", "gcp_project_id": "...",
     "gcp_auth_token": "..."}
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import anthropic
from anthropic import Anthropic, AnthropicBedrock, AnthropicVertex
from anthropic.types import Message

from ..errors import MissingKeyError
from ..llm_config.entries import AnthropicEntryDict, AnthropicLLMConfigEntry
from ._claude import accepted_sampling, default_max_tokens, knows_schemas, may_be_forced
from ._http.connections import sync_pool
from ._messages.anthropic import choice_of, messages_of, process_image_content, process_message_content, tool_of
from ._messages.kept import EXTRA_CONTENT, extra_content, origin_of
from ._messages.schemas import (
    ANSWER_BY_TOOL,
    ANSWER_WITH_OBJECT,
    answer_as_text,
    answer_tool,
    closed_schema,
    schema_of,
    wants_any_object,
)
from ._messages.translation import ToolCall, tools_of
from ._provider_client import ProviderClient, found_key, model_of, read_settings
from ._request.reading import Answer
from ._specs import ANTHROPIC, AWS_KEY_VARIABLES, DEFAULT_TIMEOUT
from .prices import prices_of

__all__ = (
    "STRUCTURED_OUTPUT_MODELS",
    "AnthropicClient",
    "AnthropicEntryDict",
    "AnthropicLLMConfigEntry",
    "has_messages_parse_api",
    "oai_messages_to_anthropic_messages",
    "process_image_content",
    "process_message_content",
    "supports_native_structured_outputs",
    "transform_schema_for_anthropic",
)

STRUCTURED_OUTPUT_MODELS = frozenset(model for model in prices_of("anthropic") if knows_schemas(model))
"""The models with a known price that enforce JSON schemas."""

# Settings of a configuration that the SDK's clients take; on Vertex AI, they have other names there.
_OF_EVERY_CLIENT = ("base_url", "timeout", "max_retries", "default_headers", "default_query", "http_client")
_OF_VERTEX = {
    "gcp_region": "region",
    "gcp_project_id": "project_id",
    "gcp_auth_token": "access_token",
    "credentials": "credentials",
}

_SAMPLING = ("temperature", "top_p", "top_k")
_DEFAULT_TEMPERATURE = 1.0
# The newest version of the API knows no sampling at all, so requests with it name the one before.
_VERSIONS_WITH_SAMPLING = {"AnthropicBedrock": "bedrock-2023-05-31", "AnthropicVertex": "vertex-2023-10-16"}
_VERSION_WITH_SAMPLING = "2023-06-01"

# What goes to the API as it is.
_PASSED_ON = ("thinking", "metadata", "service_tier", "cache_control", "extra_headers", "extra_query", "timeout")

_THOUGHTS = ("thinking", "redacted_thinking")

_FINISH_REASONS = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
    "tool_use": "tool_calls",
}


class AnthropicClient(ProviderClient):
    """Asks Claude.

    Args:
        **kwargs: one configuration. ``api_key`` (or ANTHROPIC_API_KEY) leads to Anthropic; ``aws_access_key`` and
            ``aws_secret_key`` (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or ``aws_profile_name``, lead to
            Bedrock in ``aws_region`` (or AWS_DEFAULT_REGION); ``gcp_region`` leads to Vertex AI, with
            ``gcp_project_id`` and ``gcp_auth_token`` (or ``credentials`` of google-auth). Further: ``base_url``,
            ``timeout`` in seconds, ``max_retries``, ``default_headers``, ``http_client``.

    Raises:
        MissingKeyError: there are no credentials for any of the three.
    """

    spec = ANTHROPIC
    fallback_errors = (anthropic.AnthropicError,)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        environment = os.environ
        self._api_key = found_key(kwargs, self.spec)
        access_key, secret_key = map(environment.get, AWS_KEY_VARIABLES)
        self._aws_access_key = kwargs.get("aws_access_key") or access_key
        self._aws_secret_key = kwargs.get("aws_secret_key") or secret_key
        self._aws_session_token = kwargs.get("aws_session_token") or environment.get("AWS_SESSION_TOKEN")
        self._aws_region = kwargs.get("aws_region") or environment.get("AWS_DEFAULT_REGION")
        self._client = self._connect()

    @property
    def api_key(self) -> str | None:
        """The key for Anthropic itself."""
        return self._api_key

    @property
    def aws_access_key(self) -> str | None:
        """The key id for Bedrock."""
        return self._aws_access_key

    @property
    def aws_secret_key(self) -> str | None:
        """The secret key for Bedrock."""
        return self._aws_secret_key

    @property
    def aws_session_token(self) -> str | None:
        """The token that temporary keys for Bedrock need as well."""
        return self._aws_session_token

    @property
    def aws_region(self) -> str | None:
        """The region of Bedrock."""
        return self._aws_region

    @property
    def gcp_project_id(self) -> str | None:
        """The project of Vertex AI."""
        return self._config.get("gcp_project_id")

    @property
    def gcp_region(self) -> str | None:
        """The region of Vertex AI."""
        return self._config.get("gcp_region")

    @property
    def gcp_auth_token(self) -> str | None:
        """The token for Vertex AI."""
        return self._config.get("gcp_auth_token")

    @property
    def address(self) -> str:
        """The base URL that requests go to."""
        return str(getattr(self._client, "base_url", self.spec.name))

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        return self._answer(self._client.messages.create(**self._request(params)), params)

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        with self._client.messages.stream(**self._request(params)) as stream:
            shown = False
            for text in stream.text_stream:
                shown = True
                yield text
            message = stream.get_final_message()
        if message.stop_reason is None:
            return
        answer = self._answer(message, params)
        if answer.text and not shown:
            yield answer.text
        yield answer

    def load_config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Read the settings of a request and check them.

        Args:
            params: a request or a configuration.

        Returns:
            model, temperature, max_tokens, top_p, top_k, stop_sequences and stream. What is not set is what the API
            takes by default, or None.

        Raises:
            MissingModelError: no model is named.
        """
        model = model_of(params, self.spec)
        given = dict(params)
        if params.get("max_completion_tokens") is not None:  # `LLMConfig` always has a max_tokens
            given["max_tokens"] = params["max_completion_tokens"]
        if given.get("stop_sequences") is None and params.get("stop"):
            given["stop_sequences"] = [params["stop"]] if isinstance(params["stop"], str) else list(params["stop"])
        read = read_settings(given, self.spec.settings)
        return {
            "model": model,
            "temperature": read.get("temperature", _DEFAULT_TEMPERATURE),
            "max_tokens": read.get("max_tokens", default_max_tokens(model)),
            "top_k": read.get("top_k"),
            "top_p": read.get("top_p"),
            "stop_sequences": read.get("stop_sequences"),
            "stream": bool(params.get("stream")),
        }

    @staticmethod
    def openai_func_to_anthropic(openai_func: dict[str, Any]) -> dict[str, Any]:
        """Write a function in the OpenAI form as a tool for Claude.

        Args:
            openai_func: name, description and parameters.
        """
        return tool_of(tools_of({"functions": [openai_func]})[0])

    @staticmethod
    def convert_tools_to_functions(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take the functions from tools in the OpenAI form.

        Args:
            tools: the tools; those that are not functions are left out.
        """
        return [tool["function"] for tool in tools if tool.get("type", "function") == "function"]

    def _connect(self) -> Anthropic | AnthropicBedrock | AnthropicVertex:
        """Make the SDK's client for Anthropic itself, Vertex AI or Bedrock, by the credentials that there are."""
        config = self._config
        settings = {key: config[key] for key in _OF_EVERY_CLIENT if config.get(key) is not None}
        # With a time of our own, the SDK does not refuse requests for long answers.
        settings.setdefault("timeout", anthropic.Timeout(DEFAULT_TIMEOUT, connect=10.0))
        if "http_client" not in settings:
            settings["http_client"] = sync_pool(super().address, anthropic.DefaultHttpxClient)
        if not config.get("api_key") and config.get("gcp_region"):
            vertex = {name: config[key] for key, name in _OF_VERTEX.items() if config.get(key) is not None}
            return AnthropicVertex(**vertex, **settings)
        wants_bedrock = any(config.get(key) for key in ("aws_access_key", "aws_secret_key", "aws_profile_name"))
        if self._api_key and (config.get("api_key") or not wants_bedrock):
            return Anthropic(api_key=self._api_key, **settings)
        if config.get("aws_profile_name"):
            return AnthropicBedrock(aws_profile=config["aws_profile_name"], aws_region=self._aws_region, **settings)
        if self._aws_access_key and self._aws_secret_key:
            return AnthropicBedrock(
                aws_access_key=self._aws_access_key,
                aws_secret_key=self._aws_secret_key,
                aws_session_token=self._aws_session_token,
                aws_region=self._aws_region,
                **settings,
            )
        raise MissingKeyError(
            f"The model {config.get('model')!r} of Anthropic needs an API key or AWS credentials. Give api_key, or "
            "aws_access_key and aws_secret_key, or gcp_region with gcp_auth_token, in its entry of config_list, or set "
            f"{' or '.join(self.spec.key_variables)}, or {' and '.join(AWS_KEY_VARIABLES)}."
        )

    def _request(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request as arguments of the SDK's ``messages.create``."""
        config = self.load_config(params)
        tools = tools_of(params)
        own_cloud = type(self._client).__name__ not in _VERSIONS_WITH_SAMPLING  # the others want the bytes of pictures
        system, messages = messages_of(params["messages"], bool(tools), own_cloud, self._origin(params))
        request: dict[str, Any] = {
            **{key: params[key] for key in _PASSED_ON if params.get(key) is not None},
            "model": config["model"],
            "max_tokens": config["max_tokens"],
            "messages": messages,
        }
        if system:
            request["system"] = system
        if config["stop_sequences"]:
            request["stop_sequences"] = config["stop_sequences"]
        if tools:
            request["tools"] = [tool_of(tool) for tool in tools]
        choice = choice_of(params)
        if tools and choice:
            request["tool_choice"] = choice
        _ask_for_form(request, params)
        self._add_sampling(request, config, params)
        return request

    def _origin(self, params: Mapping[str, Any]) -> str:
        return origin_of(params.get("model"), self.address)

    def _answer(self, message: Message, params: Mapping[str, Any]) -> Answer:
        """Read a message of the SDK. The API wants thoughts back, as they are, with the answers of tools."""
        answer = _answer(message, params)
        thoughts = [block.to_dict() for block in message.content if block.type in _THOUGHTS]
        if thoughts:
            answer.said_besides[EXTRA_CONTENT] = extra_content(self._origin(params), thoughts)
        return answer

    def _add_sampling(self, request: dict[str, Any], config: dict[str, Any], params: Mapping[str, Any]) -> None:
        """Add temperature, top_p and top_k, which the SDK has no arguments for any more."""
        given = {key: config[key] for key in _SAMPLING if config[key] is not None}
        if given["temperature"] == _DEFAULT_TEMPERATURE:
            del given["temperature"]
        body = {**accepted_sampling(request["model"], given), **(params.get("extra_body") or {})}
        if not body:
            return
        if any(key in body for key in _SAMPLING):
            version = _VERSIONS_WITH_SAMPLING.get(type(self._client).__name__)
            if version is not None:
                body.setdefault("anthropic_version", version)
            else:
                headers = request.get("extra_headers") or {}
                request["extra_headers"] = {"anthropic-version": _VERSION_WITH_SAMPLING, **headers}
        request["extra_body"] = body


def oai_messages_to_anthropic_messages(params: dict[str, Any]) -> list[dict[str, Any]]:
    """Write the messages of a request in the form of Anthropic's API.

    Args:
        params: a request; its system messages become ``params["system"]``.

    Returns:
        Messages in which user and assistant take turns, the user first and last.
    """
    has_tools = bool(tools_of(params)) or "tools" not in params
    system, messages = messages_of(params["messages"], has_tools, takes_addresses=True)
    if system:
        params["system"] = system
    return messages


def has_messages_parse_api() -> bool:
    """Tell whether the installed anthropic package reads structured answers itself; this client does not need it."""
    return hasattr(anthropic.resources.Messages, "parse")


supports_native_structured_outputs = knows_schemas  # its name in AG2


def transform_schema_for_anthropic(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Write a JSON schema with what Claude can enforce.

    Args:
        schema: the schema, which is not changed.

    Returns:
        Objects are closed, and limits of values become hints in descriptions. A schema that cannot be written like
        that, such as a recursive one, comes back as it is; the answer is then the call of a tool.
    """
    return closed_schema(schema) or dict(schema)


def _ask_for_form(request: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Ask for the form of the answer: by the schema itself, by a tool, or in words."""
    hint = ANSWER_WITH_OBJECT if wants_any_object(params) else ""
    schema = schema_of(params)
    closed = closed_schema(schema) if schema is not None and knows_schemas(request["model"]) else None
    if closed is not None:
        request["output_config"] = {"format": {"type": "json_schema", "schema": closed}}
    elif schema is not None:
        tool = answer_tool(schema)
        if not may_be_forced(request["model"]) or "thinking" in request:
            hint = ANSWER_BY_TOOL
        elif "tools" in request:
            request["tool_choice"] = {"type": "any"}
        else:
            request["tool_choice"] = {"type": "tool", "name": tool.name}
        request["tools"] = [*request.get("tools", ()), tool_of(tool)]
    if hint:
        request["system"] = f"{request.get('system', '')}\n{hint}".strip()


def _answer(message: Message, params: Mapping[str, Any]) -> Answer:
    """Read what a Message of the SDK says. What tools on the server did is left out."""
    usage = message.usage
    read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    answer = Answer(
        model=message.model,
        text="".join(block.text for block in message.content if block.type == "text"),
        calls=[
            ToolCall(block.id, block.name, dict(block.input)) for block in message.content if block.type == "tool_use"
        ],
        finish_reason=_FINISH_REASONS.get(str(message.stop_reason), "stop"),
        prompt_tokens=usage.input_tokens + read + written,
        completion_tokens=usage.output_tokens,
        cached_tokens=read,
        id=message.id,
    )
    schema = schema_of(params)
    return answer if schema is None else answer_as_text(answer, schema)
