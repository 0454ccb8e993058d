"""Models on Amazon Bedrock through boto3: one API, ``converse``, for the models of many makers.

{"api_type": "bedrock", "model": "amazon.nova-lite-v1:0", "aws_region": "us-east-1"}
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from .._warn import warn_once
from ..errors import MissingKeyError, MissingRegionError
from ..llm_config.entries import BedrockEntryDict, BedrockLLMConfigEntry
from ._claude import accepted_sampling, default_max_tokens, knows_schemas
from ._http.sdk_clients import shared_client
from ._messages.converse import (
    StreamedBlocks,
    answer_of,
    block_of,
    calls_of,
    choice_of,
    finish_reason_of,
    forced_choice,
    messages_of,
    tool_of,
)
from ._messages.images import image_of, with_bytes
from ._messages.kept import origin_of
from ._messages.schemas import (
    ANSWER_BY_TOOL,
    ANSWER_WITH_OBJECT,
    answer_tool,
    closed_schema,
    schema_of,
    wants_any_object,
)
from ._messages.translation import Text, Turn, split_system, tools_of, turns_of
from ._provider_client import ProviderClient, logger, model_of, read_settings
from ._request.reading import Answer
from ._specs import AWS_KEY_VARIABLES, BEDROCK, DEFAULT_TIMEOUT
from .prices import Price, cost_of, price_of, prices_of

__all__ = (
    "PRICES_PER_K_TOKENS",
    "BedrockClient",
    "BedrockEntryDict",
    "BedrockLLMConfigEntry",
    "MissingRegionError",
    "calculate_cost",
    "convert_stop_reason_to_finish_reason",
    "extract_system_messages",
    "format_tool_calls",
    "format_tools",
    "oai_messages_to_bedrock_messages",
    "parse_content_parts",
    "parse_image",
)

PRICES_PER_K_TOKENS: dict[str, Price] = prices_of("bedrock")

_SECONDS_TO_CONNECT = 10
_ATTEMPTS = 5
_CONNECTIONS = 64
_CREDENTIALS = {
    "aws_access_key": "aws_access_key_id",
    "aws_secret_key": "aws_secret_access_key",
    "aws_session_token": "aws_session_token",
    "aws_profile_name": "profile_name",
}


class BedrockClient(ProviderClient):
    """Asks a model on Amazon Bedrock.

    Args:
        **kwargs: one configuration. ``aws_region`` (or AWS_DEFAULT_REGION, AWS_REGION) is needed. Credentials are
            ``aws_access_key``, ``aws_secret_key`` and ``aws_session_token``, or ``aws_profile_name``; without them
            boto3 looks where it always does (environment, files, the role of the machine). Further: ``base_url``,
            ``timeout`` in seconds, ``max_retries`` (or ``total_max_attempts``, ``max_attempts`` and ``mode``, as boto3
            has them), and ``supports_system_prompts``: False for models that refuse system messages.

    Raises:
        MissingRegionError: no region was found.
        MissingKeyError: no credentials were found.
    """

    spec = BEDROCK
    fallback_errors = (BotoCoreError, ClientError)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        environment = os.environ
        region = kwargs.get("aws_region") or environment.get("AWS_DEFAULT_REGION") or environment.get("AWS_REGION")
        if not region:
            raise MissingRegionError(
                f"The model {kwargs.get('model')!r} on Amazon Bedrock needs a region. Give aws_region in its entry of "
                "config_list, or set the environment variable AWS_DEFAULT_REGION."
            )
        self._aws_region = region
        self._supports_system_prompts = True
        self.parse_custom_params(kwargs)
        self.bedrock_runtime = self._connect()

    @property
    def address(self) -> str:
        """The base URL that requests go to."""
        return str(getattr(getattr(self.bedrock_runtime, "meta", None), "endpoint_url", self.spec.name))

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        response = self.bedrock_runtime.converse(**self._request(params))
        content = response["output"]["message"]["content"]
        request_id = response.get("ResponseMetadata", {}).get("RequestId", "")
        return answer_of(content, response["stopReason"], response["usage"], params, request_id, self._origin(params))

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        response = self.bedrock_runtime.converse_stream(**self._request(params))
        gathered, shown = StreamedBlocks(), False
        with closing(response["stream"]) as events:
            for event in events:
                text = gathered.add(event)
                if text:
                    shown = True
                    yield text
        if gathered.stop_reason is None:
            return
        request_id = response.get("ResponseMetadata", {}).get("RequestId", "")
        origin = self._origin(params)
        answer = answer_of(gathered.content, gathered.stop_reason, gathered.usage, params, request_id, origin)
        if answer.text and not shown:
            yield answer.text
        yield answer

    def parse_custom_params(self, params: dict[str, Any]) -> None:
        """Take over the settings that are about this client rather than about a request.

        Args:
            params: a configuration; ``supports_system_prompts`` is read.
        """
        self._supports_system_prompts = bool(params.get("supports_system_prompts", True))

    def parse_params(self, params: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read the settings of a request and check them.

        Args:
            params: a request or a configuration.

        Returns:
            The settings that Bedrock has for all models (temperature, topP, maxTokens, stopSequences), and those of
            single models (top_p, top_k, k, seed).

        Raises:
            MissingModelError: no model is named.
        """
        model_of(params, self.spec)
        given = dict(params)
        given.setdefault("maxTokens", params.get("max_tokens"))
        stop = params.get("stop_sequences") or params.get("stop")
        given.setdefault("stopSequences", [stop] if isinstance(stop, str) else stop)
        read = read_settings(given, self.spec.settings)
        return read.get("inferenceConfig", {}), read.get("additionalModelRequestFields", {})

    def _connect(self) -> Any:
        """Make the client of boto3, or take the one that was made for the same settings: it takes 0.1 s to make one."""
        config = self._config
        keys = {name: config.get(key) for key, name in _CREDENTIALS.items()}
        try:
            return shared_client(
                _new_client,
                {"login": keys},
                session_class=boto3.Session,
                region=self._aws_region,
                endpoint_url=config.get("base_url"),
                timeout=config.get("timeout") or DEFAULT_TIMEOUT,
                attempts=self._attempts(),
                mode=config.get("mode", "standard"),
            )
        except NoCredentialsError:
            raise MissingKeyError(
                f"The model {config.get('model')!r} on Amazon Bedrock needs credentials. Give aws_access_key and "
                "aws_secret_key, or aws_profile_name, in its entry of config_list, or set the environment "
                f"variables {' and '.join(AWS_KEY_VARIABLES)}."
            ) from None

    def _attempts(self) -> int:
        """How often a request is sent at most: what boto3 calls ``max_attempts`` are those after the first."""
        for name, first in (("max_retries", 1), ("total_max_attempts", 0), ("max_attempts", 1)):
            given = self._config.get(name)
            if given is not None:
                return int(given) + first
        return _ATTEMPTS

    def _request(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write a request as arguments of boto3's ``converse``."""
        base, further = self._settings(params)
        tools = [] if params.get("tool_choice") == "none" else tools_of(params)
        request: dict[str, Any] = {"modelId": params["model"]}
        hints = [ANSWER_WITH_OBJECT] if wants_any_object(params) else []
        choice = choice_of(params.get("tool_choice"))
        schema = schema_of(params)
        if schema is not None:
            closed = closed_schema(schema) if knows_schemas(params["model"]) else None
            if closed is None:
                tool = answer_tool(schema)
                choice = forced_choice(params["model"], tool.name, alone=not tools)
                hints = [] if choice else [ANSWER_BY_TOOL]
                tools = [*tools, tool]
            else:
                json_schema = {"name": params["response_format"]["json_schema"]["name"], "schema": json.dumps(closed)}
                form = {"type": "json_schema", "structure": {"jsonSchema": json_schema}}
                request["outputConfig"] = {"textFormat": form}
        system, turns = split_system(turns_of(params["messages"], self._origin(params) if tools else None))
        system = "\n".join([*([system] if system else []), *hints])
        if system and self._supports_system_prompts:
            request["system"] = [{"text": system}]
        elif system:
            turns = [Turn("user", (Text(system),)), *turns]
        request["messages"] = messages_of(turns, bool(tools))
        if tools:
            request["toolConfig"] = {
                "tools": [tool_of(tool) for tool in tools],
                **({"toolChoice": choice} if choice else {}),
            }
        if base:
            request["inferenceConfig"] = base
        if further:
            request["additionalModelRequestFields"] = further
        return request

    def _origin(self, params: Mapping[str, Any]) -> str:
        return origin_of(params.get("model"), self.address)

    def _settings(self, params: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is sent of the settings: ``top_p`` has a place for all models, and a Claude refuses some."""
        base, further = self.parse_params(params)
        given = {
            "temperature": base.pop("temperature", None),
            "top_p": base.pop("topP", further.pop("top_p", None)),
            "top_k": further.pop("top_k", None),
        }
        model = params["model"]
        sampling = accepted_sampling(model, {key: value for key, value in given.items() if value is not None})
        if "claude" in model:
            base.setdefault("maxTokens", default_max_tokens(model))
        if "temperature" in sampling:
            base["temperature"] = sampling["temperature"]
        if "top_p" in sampling:
            base["topP"] = sampling["top_p"]
        if "top_k" in sampling:
            further["top_k"] = sampling["top_k"]
        return base, {**further, **(params.get("additional_model_request_fields") or {})}


def _new_client(
    login: Mapping[str, Any],
    session_class: Any,
    region: str,
    endpoint_url: str | None,
    timeout: float,
    attempts: int,
    mode: str,
) -> Any:
    """Make a client of boto3.

    Raises:
        NoCredentialsError: there are none among the arguments, nor where boto3 looks.
    """
    session = session_class(region_name=region, **login)
    if session.get_credentials() is None and not os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        raise NoCredentialsError
    settings = Config(
        read_timeout=timeout,
        connect_timeout=min(timeout, _SECONDS_TO_CONNECT),
        retries={"total_max_attempts": attempts, "mode": mode},
        max_pool_connections=_CONNECTIONS,
    )
    return session.client("bedrock-runtime", config=settings, endpoint_url=endpoint_url)


def oai_messages_to_bedrock_messages(
    messages: list[dict[str, Any]], has_tools: bool, supports_system_prompts: bool
) -> list[dict[str, Any]]:
    """Write messages in the form of Bedrock.

    Args:
        messages: messages in the OpenAI form.
        has_tools: whether the request offers tools; without them, calls and their answers become texts.
        supports_system_prompts: False puts the system messages into what the user says first; else they are left out.

    Returns:
        Messages in which user and assistant take turns, the user first and last.
    """
    system, turns = split_system(turns_of(messages))
    if system and not supports_system_prompts:
        turns = [Turn("user", (Text(system),)), *turns]
    return messages_of(turns, has_tools)


def extract_system_messages(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the system messages in the form of Bedrock.

    Args:
        messages: messages in the OpenAI form.
    """
    system, _ = split_system(turns_of(messages))
    return [{"text": system}] if system else []


def format_tools(tools: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Write tools in the form of Bedrock.

    Args:
        tools: tools in the OpenAI form.
    """
    return {"tools": [tool_of(tool) for tool in tools_of({"tools": tools})]}


def format_tool_calls(content: list[dict[str, Any]]) -> list[Any]:
    """Read the calls from an answer.

    Args:
        content: the blocks of the answer.

    Returns:
        Tool calls of the openai package.
    """
    return Answer("", calls=calls_of(content)).completion().choices[0].message.tool_calls or []


def parse_content_parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Write the content of a message as blocks of Bedrock.

    Args:
        message: a message in the OpenAI form.
    """
    return [block_of(part, own=False) for turn in turns_of([message]) for part in turn.parts]


def parse_image(image_url: str) -> tuple[bytes, str]:
    """Read or fetch a picture.

    Args:
        image_url: a data URI or an address.

    Returns:
        Its bytes, and its type, such as ``"image/png"``.

    Raises:
        UnusableImageError: it is not a picture.
    """
    image = with_bytes(image_of(image_url))
    return image.data or b"", image.media_type or ""


def convert_stop_reason_to_finish_reason(stop_reason: str | None) -> str | None:
    """Say in OpenAI's words why an answer ended.

    Args:
        stop_reason: the word of Bedrock; an unknown one counts as the usual end.
    """
    return finish_reason_of(stop_reason) if stop_reason else None


def calculate_cost(input_tokens: int, output_tokens: int, model_id: str) -> float:
    """Work out what an answer costs.

    Args:
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model_id: the model.

    Returns:
        US dollars; 0 with one warning for a model without a known price.
    """
    price = price_of(model_id, "bedrock")
    if price is None:
        warn_once(logger, f"The price of model {model_id} on Bedrock is not known, so its cost counts as 0.")
        return 0.0
    return cost_of(price, input_tokens, output_tokens)
