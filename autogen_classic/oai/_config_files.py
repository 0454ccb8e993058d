"""Reading a configuration list written by hand, with words that help to repair it, and a key by its looks."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._warn import warn_once

__all__ = (
    "EmptiedList",
    "check_is_config_list",
    "empty_list_explained",
    "get_first_llm_config",
    "is_placeholder",
    "is_valid_api_key",
    "parse_config_list",
    "read_text",
    "warn_of_placeholders",
    "why_empty",
)

logger = logging.getLogger("autogen.oai.openai_utils")

_TEXTS_AND_COMMENTS = re.compile(r'"(?:\\.|[^"\\\n])*"|(?P<comment>//[^\n]*|/\*.*?\*/|#[^\n]*)', re.DOTALL)
_SHOWN = ("api_type", "api_version", "model", "tags")  # of other settings the values may be secret
_KEY_OF_OPENAI = re.compile(r"sk-[A-Za-z0-9_-]{48,}")
_TEXTS_AND_COMMAS = re.compile(r'"(?:\\.|[^"\\\n])*"|(?P<comma>,)\s*[\]}]')

_EXAMPLE = '[{"model": "gpt-4o", "api_key": "..."}]'


def read_text(path: Path, name: str) -> str:
    """Read a file that should hold a configuration list.

    Args:
        path: the file.
        name: the environment variable that could hold the list instead.

    Returns:
        The text, without a byte order mark.

    Raises:
        FileNotFoundError: the file does not exist.
        UnicodeDecodeError: it is not written in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        # without the bytes that were read: they may hold keys
        reason = f"{error.reason}. The file {path} is not written in UTF-8. Save it as UTF-8"
        raise UnicodeDecodeError("utf-8", b"", error.start, error.end, reason) from None
    except FileNotFoundError as error:
        raise FileNotFoundError(
            error.errno,
            f"There is no configuration list: the environment variable {name} is not set, and this file does not exist."
            f" Write your list into it, such as {_EXAMPLE}, or set the variable to the list",
            str(path),
        ) from None


def parse_config_list(text: str, source: str) -> Any:
    """Parse a configuration list.

    Args:
        text: what should be JSON.
        source: where it comes from, for an error.

    Returns:
        What the JSON holds.

    Raises:
        json.JSONDecodeError: it is not JSON. The text is not quoted, because it may hold keys.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(
            f"{source} is not valid JSON. {_advice(text, error)} [{error.msg}]", text, error.pos
        ) from None


def _advice(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return f"It is empty. Write a list such as {_EXAMPLE}."
    for match in _TEXTS_AND_COMMENTS.finditer(text):
        if match["comment"] and match.start() <= error.pos + 1:
            return f"JSON has no comments: remove the one in line {_line(text, match.start())}."
    for match in _TEXTS_AND_COMMAS.finditer(text):
        if match["comma"] and match.start() < error.pos + 1 <= match.end() + 1:
            return f"JSON allows no comma after the last item: remove the one in line {_line(text, match.start())}."
    if text[error.pos : error.pos + 1] == "'":
        return f"JSON wants double quotes: replace ' by \" in line {error.lineno}."
    return f"Look at line {error.lineno}, column {error.colno}."


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def check_is_config_list(config_list: Any, source: str) -> None:
    """Refuse JSON that is not a list of configurations.

    Args:
        config_list: what was parsed.
        source: where it comes from, for an error.

    Raises:
        TypeError: it is not a list of dicts.
    """
    if not isinstance(config_list, list):
        raise TypeError(
            f"{source} holds {_kind(config_list)}, but a configuration list is needed: put it in square brackets, as "
            '[{"model": "gpt-4o", "api_key": "..."}].'
        )
    for number, entry in enumerate(config_list):
        if not isinstance(entry, dict):
            raise TypeError(
                f"Entry [{number}] of {source[0].lower() + source[1:]} is {_kind(entry)}, but must be an object such "
                'as {"model": "gpt-4o", "api_key": "..."}.'
            )


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


# --- lists that are of no use ----------------------------------------------------------------------------------------


class EmptiedList(list[dict[str, Any]]):
    """What a filter has left of a configuration list where that is nothing.

    Args:
        config_list: the list before.
        filter_dict: the filter.
        source: where the list comes from.

    Attributes:
        reason: what was asked for, and what there is.
    """

    def __init__(
        self, config_list: Iterable[Mapping[str, Any]] = (), filter_dict: Mapping[str, Any] = {}, source: str = ""
    ) -> None:
        super().__init__()
        entries = list(config_list)
        asked = {key: wanted if key in _SHOWN else "..." for key, wanted in filter_dict.items()}
        there = "; ".join(
            f"{key}: {_values(entries, key)}" for key in dict.fromkeys(("model", *asked)) if key in _SHOWN
        )
        self.reason = f"The filter {asked} fits no entry of {source}, which has {len(entries)}. There: {there}."


def _values(entries: list[Mapping[str, Any]], key: str) -> str:
    found = (value for entry in entries for value in _as_list(entry.get(key)) if value is not None)
    return ", ".join(dict.fromkeys(str(value) for value in found)) or "nothing"


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def why_empty(config_list: object) -> str:
    """Say that a configuration list is empty, and why if that is known; "" for any other."""
    if not isinstance(config_list, list) or config_list:
        return ""
    return f" The config_list is empty. {getattr(config_list, 'reason', '')}".rstrip()


@contextmanager
def empty_list_explained(config_list: object) -> Iterator[None]:
    """Where an empty list leaves a client without a key, let the error say so.

    Args:
        config_list: the configurations from which the client is made.

    Raises:
        openai.OpenAIError: what the block raised; its text also says why the list is empty.
    """
    import openai

    try:
        yield
    except openai.OpenAIError as error:
        if not (why := why_empty(config_list)):
            raise
        raise openai.OpenAIError(f"{error}{why}") from None


def is_placeholder(key: object) -> bool:
    """Tell whether a key is still the example of a sample list."""
    return isinstance(key, str) and (key.startswith("<") or "..." in key or "your" in key.lower())


def warn_of_placeholders(config_list: list[Any], source: str) -> None:
    """Warn of configurations whose key is still a placeholder.

    Args:
        config_list: the configurations.
        source: where they come from.
    """
    samples = [
        str(entry.get("model") or number)
        for number, entry in enumerate(config_list)
        if isinstance(entry, Mapping) and is_placeholder(entry.get("api_key"))
    ]
    if samples:
        warn_once(logger, f"{source} has a placeholder in the place of a key for: {', '.join(samples)}.")


def get_first_llm_config(llm_config: Mapping[str, Any]) -> dict[str, Any]:
    """Take the first model of an ``llm_config``.

    Args:
        llm_config: a dict or an `LLMConfig`, with a ``config_list`` or a single ``model``.

    Returns:
        Its configuration, as a new dict.

    Raises:
        ValueError: it does not name a model.
    """
    if "config_list" in llm_config:
        entries = llm_config["config_list"]
        if not entries:
            raise ValueError("Config list must contain at least one config.")
        return dict(entries[0])
    if "model" not in llm_config:
        raise ValueError("llm_config must be a valid config dictionary.")
    return dict(llm_config)


def is_valid_api_key(api_key: str) -> bool:
    """Tell whether a key looks like one of OpenAI; other providers have keys of other forms.

    Args:
        api_key: the key.
    """
    return _KEY_OF_OPENAI.fullmatch(api_key) is not None
