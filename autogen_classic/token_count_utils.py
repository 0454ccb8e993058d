"""How many tokens a text or a list of messages is, and how many a model takes.

The tiktoken package counts exactly. It needs tables, which are in its cache, in the extra ``tokens`` of this package,
or on the network; without them, tokens are estimated from the length of the text, and a warning says so once.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

from ._core.lazy import load
from ._packages import install_command
from ._token_tables import encoding_of
from ._warn import warn_once

if TYPE_CHECKING:
    from .agentchat.contrib.img_utils import num_tokens_from_gpt_image

__all__ = (
    "count_token",
    "estimate_tokens",
    "get_max_token_limit",
    "num_tokens_from_functions",
    "num_tokens_from_gpt_image",
    "percentile_used",
    "token_left",
    "truncate_text",
)

logger = logging.getLogger("autogen.token_count_utils")

_HOMES = {"num_tokens_from_gpt_image": "autogen_classic.agentchat.contrib.img_utils"}  # pictures need a package


def __getattr__(name: str) -> object:
    return load(__name__, name, _HOMES)


_LIMITS = {
    "gpt-3.5-turbo": 16385,
    "gpt-3.5-turbo-0125": 16385,
    "gpt-3.5-turbo-1106": 16385,
    "gpt-3.5-turbo-0301": 4096,
    "gpt-3.5-turbo-0613": 4096,
    "gpt-3.5-turbo-instruct": 4096,
    "gpt-3.5-turbo-16k": 16385,
    "gpt-3.5-turbo-16k-0613": 16385,
    "gpt-4": 8192,
    "gpt-4-0314": 8192,
    "gpt-4-0613": 8192,
    "gpt-4-32k": 32768,
    "gpt-4-32k-0314": 32768,
    "gpt-4-32k-0613": 32768,
    "gpt-4-1106-preview": 128000,
    "gpt-4-0125-preview": 128000,
    "gpt-4-turbo-preview": 128000,
    "gpt-4-vision-preview": 128000,
    "gpt-4-1106-vision-preview": 128000,
}

# Families whose snapshots all take the same number of tokens.
_FAMILY_LIMITS = (
    ("gpt-4-turbo", 128000),
    ("gpt-4o", 128000),
    ("chatgpt-4o", 128000),
    ("gpt-4.1", 1047576),
    ("gpt-5", 400000),
    ("o1-mini", 128000),
    ("o1-preview", 128000),
    ("o1", 200000),
    ("o3", 200000),
    ("o4", 200000),
)

_BYTES_PER_TOKEN = 4  # of English text, as OpenAI's documentation gives it
_encodings: dict[str, Any] = {}


def get_max_token_limit(model: str = "gpt-3.5-turbo-0613") -> int:
    """Say how many tokens a model takes, prompt and answer together.

    Args:
        model: the name of a model, in the spelling of OpenAI or of Azure.

    Returns:
        The number of tokens.

    Raises:
        KeyError: the model is not known.
    """
    name = re.sub(r"^gpt-?35", "gpt-3.5", model).replace("gpt-3.5turbo", "gpt-3.5-turbo").replace("gpt4", "gpt-4")
    name = re.sub(r"^gpt-41(?=$|-)", "gpt-4.1", name)
    if name in _LIMITS:
        return _LIMITS[name]
    for family, limit in _FAMILY_LIMITS:
        if name == family or name.startswith(family + "-"):
            return limit
    raise KeyError(model)


def percentile_used(input: Any, model: str = "gpt-3.5-turbo-0613") -> float:
    """Say what share of a model's tokens an input takes, 1.0 being all of them.

    Args:
        input: a text, a message, or a list of messages.
        model: the name of a model.

    Raises:
        KeyError: the model is not known.
        ValueError: the input is of another type.
        NotImplementedError: it is not known how the model counts messages.
    """
    return count_token(input, model) / get_max_token_limit(model)


def token_left(input: Any, model: str = "gpt-3.5-turbo-0613") -> int:
    """Say how many tokens of a model an input leaves free.

    Args:
        input: a text, a message, or a list of messages.
        model: the name of a model.

    Returns:
        The number of tokens; below 0 if the input is too long.

    Raises:
        KeyError: the model is not known.
        ValueError: the input is of another type.
        NotImplementedError: it is not known how the model counts messages.
    """
    return get_max_token_limit(model) - count_token(input, model)


def count_token(input: Any, model: str = "gpt-3.5-turbo-0613") -> int:
    """Count the tokens of an input.

    Args:
        input: a text, a message, or a list of messages.
        model: the name of a model.

    Returns:
        The number of tokens.

    Raises:
        ValueError: the input is of another type.
        NotImplementedError: it is not known how the model counts messages.
    """
    if isinstance(input, str):
        return _count_text(input, model)
    if not isinstance(input, (list, dict)):
        raise ValueError(f"input must be str, list or dict, but we got {type(input)}")
    messages = [input] if isinstance(input, dict) else input
    per_message, per_name = _overhead_of_messages(model)
    return 3 + sum(_count_message(message, model, per_message, per_name) for message in messages)


def estimate_tokens(input: Any, model: str) -> int:
    """Count the tokens of an input for any model; one that is not known is taken for GPT-4.

    Args:
        input: a text, a message, or a list of messages.
        model: the name of a model.

    Raises:
        ValueError: the input is of another type.
    """
    try:
        return count_token(input, model)
    except NotImplementedError:
        return count_token(input, "gpt-4")


def truncate_text(text: str, max_tokens: int, model: str = "gpt-3.5-turbo-0613") -> str:
    """Return the beginning of a text that takes no more than a number of tokens.

    Args:
        text: the text.
        max_tokens: how many tokens it may take, 0 or more.
        model: the name of a model; one that is not known is taken for GPT-4.

    Returns:
        The text itself if it is short enough. A letter that would be cut in two is left out.
    """
    encoding = _encoding_for(model)
    if encoding is None:
        return text.encode("utf-8", "replace")[: max_tokens * _BYTES_PER_TOKEN].decode("utf-8", "ignore")
    tokens = encoding.encode(text, disallowed_special=())
    if len(tokens) <= max_tokens:
        return text
    return str(encoding.decode_bytes(tokens[:max_tokens]).decode("utf-8", "ignore"))


def num_tokens_from_functions(functions: list[dict[str, Any]], model: str = "gpt-3.5-turbo-0613") -> int:
    """Count the tokens that the descriptions of functions take in a request.

    OpenAI does not publish the form in which a model sees functions; the constants are measured ones that circulate in
    OpenAI's developer forum.

    Args:
        functions: descriptions of functions, with name, description and parameters.
        model: the name of a model.

    Returns:
        The number of tokens, close to what the provider counts.
    """
    total = 12
    for function in functions:
        total += _count_text(function["name"], model) + _count_text(function.get("description") or "", model) - 2
        parameters = function.get("parameters") or {}
        if "properties" in parameters:
            total += 11 if parameters["properties"] else 9
            for name, schema in parameters["properties"].items():
                total += _count_text(name, model) + _count_property(schema, model)
    return total


def _count_property(schema: dict[str, Any], model: str) -> int:
    tokens = 0
    for field, value in schema.items():
        if field in ("type", "description"):
            tokens += 2 + _count_text(value if isinstance(value, str) else json.dumps(value), model)
        elif field == "enum":
            tokens += -3 + sum(3 + _count_text(str(option), model) for option in value)
    return tokens


def _overhead_of_messages(model: str) -> tuple[int, int]:
    """Tokens that a message and a name cost besides their text, as OpenAI's cookbook gives them."""
    if model == "gpt-3.5-turbo-0301":
        return 4, -1
    if re.match(r"(gpt|chatgpt|o\d|gemini|claude|mistral|mixtral|llama|deepseek)", model):
        return 3, 1
    raise NotImplementedError(
        f"It is not known how the model {model} counts the tokens of messages. Count the texts one by one instead."
    )


def _count_message(message: dict[str, Any], model: str, per_message: int, per_name: int) -> int:
    tokens = per_message
    for key, value in message.items():
        if value is None:
            continue
        tokens += _count_text(value if isinstance(value, str) else str(value), model)
        if key == "name":
            tokens += per_name
    return tokens


def _count_text(text: str, model: str) -> int:
    encoding = _encoding_for(model)
    if encoding is None:
        return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)
    return len(encoding.encode(text, disallowed_special=()))


def _encoding_for(model: str) -> Any:
    """The encoding of a model; None if it is not available, which is not tried again."""
    if model not in _encodings:
        _encodings[model] = _load_encoding(model)
    return _encodings[model]


def _load_encoding(model: str) -> Any:
    try:
        return encoding_of(model)
    except Exception as error:  # no tiktoken, no network, a proxy that answers with a web page: all the same to us
        warn_once(
            logger,
            f"Token counts are estimates (4 bytes a token): the table of tiktoken cannot be had "
            f"({type(error).__name__}). Install it with {install_command('tokens')}, give tiktoken network access "
            "once, or set TIKTOKEN_CACHE_DIR to a directory that holds it.",
        )
        return None
