"""Google's Gemini models, through the google-genai package: the Gemini API with a key, or Vertex AI with a project."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import openai
from google import genai
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types
from google.oauth2 import credentials as user
from google.oauth2 import service_account

from ..errors import ConflictingCredentialsError, NoAnswerError
from ..llm_config.entries import GeminiEntryDict, GeminiLLMConfigEntry
from ._chat_completions import cost_by_table
from ._google_tools import cleaned, searches_by_itself, tool_config, written_tools
from ._http.connections import sync_pool
from ._http.retries import TRANSPORT_ERRORS, Refusal, ask_again, seconds_to_wait
from ._http.sdk_clients import shared_client
from ._messages.images import ImagePart, image_of, with_bytes
from ._messages.schemas import in_words
from ._messages.translation import Part, Text, ToolAnswer, ToolCall, alternating, split_system, tools_of, turns_of
from ._provider_client import ProviderClient, key_for, model_of, read_settings
from ._request.reading import Answer
from ._request.structured import wanted_form
from ._specs import DEFAULT_TIMEOUT, GOOGLE, GOOGLE_VERTEX

__all__ = (
    "ConflictingCredentialsError",
    "GeminiClient",
    "GeminiEntryDict",
    "GeminiLLMConfigEntry",
    "NoAnswerError",
    "calculate_gemini_cost",
    "get_image_data",
)

T = TypeVar("T")

CLOUD_SCOPE = "https://www.googleapis.com/auth/cloud-platform"

# What Google documents for calls that another model made, or whose signature has been lost.
NO_SIGNATURE = b"skip_thought_signature_validator"

_FINISHED = {"STOP": "stop", "MAX_TOKENS": "length"}
_FILTERED = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED", "SPII", "MODEL_ARMOR", "JAILBREAK")


class GeminiClient(ProviderClient):
    """The client for Gemini models.

    Args:
        **config: with ``api_key`` (else GOOGLE_GEMINI_API_KEY, GEMINI_API_KEY or GOOGLE_API_KEY) for the Gemini API; or
            for Vertex AI ``project_id`` and ``location``, with ``credentials`` (an object of google-auth),
            ``google_application_credentials`` (the path of a file with a key), or what the machine is logged in with.
            ``api_type`` ``"google_vertex"`` means Vertex AI whatever keys the environment has. Requests go through
            ``proxy``, an address, if one is given.

    Raises:
        MissingKeyError: neither a key nor a setting for Vertex AI was found.
        ConflictingCredentialsError: both were given.
    """

    spec = GOOGLE
    fallback_errors = (errors.APIError, GoogleAuthError, NoAnswerError, *TRANSPORT_ERRORS)
    PARAMS_MAPPING = {setting.name: setting.sent_as or setting.name for setting in GOOGLE.settings}  # noqa: RUF012

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        settings = [name for (name,) in GOOGLE.other_credentials if config.get(name)]
        if settings and config.get("api_key"):
            raise ConflictingCredentialsError(
                f"Google Cloud project and compute location cannot be set when using an API key: leave out api_key for "
                f"Vertex AI, or {' and '.join(settings)} for the Gemini API."
            )
        wants_vertex = str(config.get("api_type")).lower() == GOOGLE_VERTEX.name
        has_key = config.get("api_key") or (not wants_vertex and any(map(os.environ.get, GOOGLE.key_variables)))
        in_cloud = wants_vertex or any(os.environ.get(name) for (name,) in GOOGLE.other_variables)
        self.use_vertexai = bool(settings) or (not has_key and in_cloud)
        self.api_key = None if self.use_vertexai else key_for(config, GOOGLE)
        self._client = shared_client(genai.Client, **self._connection())

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer."""
        request = _request(params)
        answer = Answer(request["model"])
        _add(answer, self._sent(lambda: self._client.models.generate_content(**request)))
        if answer.finish_reason is None:
            raise _no_answer("no candidates", None)
        return answer

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, then the whole answer."""
        request = _request(params)
        answer = Answer(request["model"])

        def begin() -> Iterator[Any]:
            chunks = iter(self._client.models.generate_content_stream(**request))
            return chain((next(chunks),), chunks)  # the SDK sends nothing before the first chunk is asked for

        for chunk in self._sent(begin):
            if text := _add(answer, chunk):
                yield text
        yield answer

    def _sent(self, send: Callable[[], T]) -> T:
        return ask_again(send, _refusal_of, self._config.get("max_retries"))

    def _pool(self) -> Any:
        proxy = self._config.get("proxy")
        return sync_pool(f"{self.address} by {proxy}", _through(proxy)) if proxy else sync_pool(self.address)

    def _connection(self) -> dict[str, Any]:
        """What `genai.Client` is made with."""
        config = self._config
        timeout = config.get("timeout", DEFAULT_TIMEOUT)
        options: dict[str, Any] = {
            "timeout": None if timeout is None else int(float(timeout) * 1000),
            "httpx_client": config.get("http_client") or self._pool(),
        }
        if config.get("base_url"):
            options["base_url"] = str(config["base_url"])
        if config.get("api_version"):
            options["api_version"] = str(config["api_version"])
        if config.get("default_headers"):
            options["headers"] = dict(config["default_headers"])
        if not self.use_vertexai:
            return {"api_key": self.api_key, "vertexai": False, "http_options": options}
        credentials, project = config.get("credentials"), config.get("project_id")
        if credentials is None and config.get("google_application_credentials"):
            credentials, project_of_file = _credentials_in(Path(str(config["google_application_credentials"])))
            project = project or project_of_file
        return {
            "vertexai": True,
            "project": project,
            "location": config.get("location"),
            "credentials": credentials,
            "http_options": options,
        }


@cache
def _through(proxy: str) -> Callable[..., Any]:
    """What makes an HTTP client that asks through a proxy: the same one for all agents with this proxy."""
    return partial(openai.DefaultHttpxClient, proxy=proxy)


def _credentials_in(file: Path) -> tuple[Any, str | None]:
    """Read a file with a key, as Google Cloud writes it, and the project that it names."""
    content = json.loads(file.read_text(encoding="utf-8"))
    kinds: dict[str, Any] = {
        "service_account": service_account.Credentials.from_service_account_info,
        "authorized_user": user.Credentials.from_authorized_user_info,
    }
    read = kinds.get(content.get("type"))
    if read is None:
        raise ValueError(
            f"{file} holds no key of a service account or a user. For other credentials make an object with the "
            "google-auth package, and give it as credentials."
        )
    return read(content, scopes=[CLOUD_SCOPE]), content.get("project_id") or content.get("quota_project_id")


def get_image_data(image_file: str, use_b64: bool = True) -> str | bytes:
    """Load a picture.

    Args:
        image_file: a path, an http(s) URL, or a data URI.
        use_b64: whether to return it in base 64.

    Returns:
        The bytes, or a text with them in base 64.

    Raises:
        FileNotFoundError: the file does not exist.
        UnusableImageError: the URL cannot be fetched, or the data URI is damaged.
    """
    if image_file.startswith(("http://", "https://", "data:")):
        image = with_bytes(image_of(image_file))
    else:
        image = ImagePart(data=Path(image_file).read_bytes())
    return image.base64 if use_b64 else image.data or b""


def calculate_gemini_cost(use_vertexai: bool, input_tokens: int, output_tokens: int, model_name: str) -> float:
    """Work out what a request costs.

    Args:
        use_vertexai: whether Vertex AI is asked, which takes the same prices.
        input_tokens: how many tokens were sent.
        output_tokens: how many came back.
        model_name: the model.

    Returns:
        US dollars; 0 with a warning for a model without a known price.
    """
    return cost_by_table("gemini", model_name, input_tokens, output_tokens)


# --- the request -----------------------------------------------------------------------------------------------------


def _request(params: dict[str, Any]) -> dict[str, Any]:
    """Write a request for `generate_content`."""
    model = model_of(params, GOOGLE)
    system, turns = split_system(turns_of(params["messages"]))
    contents = [
        types.Content(role="model" if turn.role == "assistant" else "user", parts=_parts(turn.parts, model))
        for turn in alternating(turns, user_last=True)
    ]
    config = _settings(params)
    wanted, tools = wanted_form(params), tools_of(params)
    searches = searches_by_itself(tools)
    if tools:
        config["tools"] = [written_tools(tools)]
    config["tool_config"] = tool_config(params, bool(tools) and not searches)
    if wanted is not None and tools and not _is_third_or_later(model):
        # Older models take tools or a form, not both.
        system = f"{system}\n{in_words(wanted.schema)}".strip()
    elif wanted is not None:
        config["response_mime_type"] = "application/json"
        if wanted.schema is not None:
            config["response_json_schema"] = cleaned(wanted.schema)
    return {
        "model": model,
        "contents": contents,
        "config": types.GenerateContentConfig(
            system_instruction=system or None,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),  # agents call the tools
            **config,
        ),
    }


def _settings(params: Mapping[str, Any]) -> dict[str, Any]:
    settings = read_settings(params, GOOGLE.settings)
    if isinstance(settings.get("stop_sequences"), str):
        settings["stop_sequences"] = [settings["stop_sequences"]]
    if isinstance(settings.get("safety_settings"), Mapping):  # category: threshold
        pairs = settings["safety_settings"].items()
        settings["safety_settings"] = [{"category": category, "threshold": threshold} for category, threshold in pairs]
    return settings


def _parts(parts: tuple[Part, ...], model: str) -> list[types.Part]:
    """Write what one side said. Of calls that are made at once, the first carries the signature of the thoughts."""
    written = []
    unsigned = _is_third_or_later(model)
    for part in parts:
        if isinstance(part, ToolCall):
            call = types.FunctionCall(id=part.id, name=part.name, args=part.arguments)
            signature = _signature_of(part) or (NO_SIGNATURE if unsigned else None)
            unsigned = False
            written.append(types.Part(function_call=call, thought_signature=signature))
        elif isinstance(part, ToolAnswer):
            response = types.FunctionResponse(id=part.call_id, name=part.name, response={"result": part.text})
            written.append(types.Part(function_response=response))
        elif isinstance(part, Text):
            written.append(types.Part(text=part.text))
        else:
            image = with_bytes(part)
            written.append(types.Part(inline_data=types.Blob(data=image.data, mime_type=image.media_type)))
    return written


def _signature_of(call: ToolCall) -> bytes | None:
    signature = ((call.extra_content or {}).get("google") or {}).get("thought_signature")
    try:
        return base64.b64decode(signature, validate=True) if signature else None
    except (binascii.Error, TypeError):
        return None


def _is_third_or_later(model: str) -> bool:
    """Models from Gemini 3 on insist on the signatures of their thoughts, and take tools and a form together."""
    version = re.search(r"gemini-(\d+)", model)
    return bool(version and int(version[1]) >= 3)


# --- the answer ------------------------------------------------------------------------------------------------------


def _add(answer: Answer, response: types.GenerateContentResponse) -> str:
    """Add a response, or a chunk of one, to an answer.

    Returns:
        The text that it brought.

    Raises:
        NoAnswerError: Gemini has blocked the request, or the answer before anything was said.
    """
    answer.model = response.model_version or answer.model
    answer.id = response.response_id or answer.id
    _count(answer, response.usage_metadata)
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise _no_answer(_name(feedback.block_reason), feedback.block_reason_message)
    if not response.candidates:
        return ""
    candidate = response.candidates[0]
    text = ""
    for part in (candidate.content.parts if candidate.content is not None else None) or ():
        if part.function_call is not None:
            answer.calls.append(_call(part.function_call, part.thought_signature))
        elif part.text and not part.thought:
            text += part.text
    answer.text = (answer.text or "") + text
    if candidate.finish_reason is not None:
        reason = _name(candidate.finish_reason)
        filtered = any(word in reason for word in _FILTERED)
        if reason not in _FINISHED and not answer.text and not answer.calls:
            raise _no_answer(reason, candidate.finish_message)
        answer.finish_reason = "content_filter" if filtered else _FINISHED.get(reason, "stop")
    return text


def _call(call: types.FunctionCall, signature: bytes | None) -> ToolCall:
    kept = {"google": {"thought_signature": base64.b64encode(signature).decode("ascii")}} if signature else None
    return ToolCall(call.id or f"call_{uuid.uuid4().hex[:12]}", call.name or "", dict(call.args or {}), kept)


def _count(answer: Answer, usage: types.GenerateContentResponseUsageMetadata | None) -> None:
    """Take the tokens over. Thoughts are paid for like what is said."""
    if usage is None:
        return
    answer.prompt_tokens = (usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0)
    answer.completion_tokens = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    answer.cached_tokens = usage.cached_content_token_count


def _no_answer(reason: str, message: str | None) -> NoAnswerError:
    if any(word in reason for word in _FILTERED):
        advice = "Say it in other words, or set weaker safety_settings in this entry of config_list"
    else:
        advice = "Ask again, or take another model"
    return NoAnswerError(f"Gemini gave no answer ({reason}{f': {message}' if message else ''}). {advice}.")


def _name(reason: object) -> str:
    return str(getattr(reason, "name", reason))


def _refusal_of(error: BaseException) -> Refusal | None:
    """Read an error of the API. Google says in its details how long to wait, and sometimes in a header."""
    if not isinstance(error, errors.APIError):
        return None
    wait = seconds_to_wait(getattr(error.response, "headers", None))
    found = re.search(r"'retryDelay': '([\d.]+)s'", str(error.details))
    return Refusal(error.code, float(found[1]) if wait is None and found else wait)
