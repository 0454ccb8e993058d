"""Values as JSON: one plain form of a request, one text for equal values, and no keys in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from ..oai._failures import without_secrets
from ..oai.openai_utils import NON_CACHE_KEY
from ..oai.providers import CLIENT_KEYS

__all__ = ("Secrets", "canonical", "map_texts", "plain", "plain_config", "plain_request", "pretty")

# Credentials and places, and what is added to a request by hand, where keys may stand as well.
_NEVER_RECORDED = frozenset((*NON_CACHE_KEY, *CLIENT_KEYS, "extra_headers", "extra_query", "model_client"))
_SECRET_NAME = re.compile(
    r"(?:^|[_\-.])(?:api_?key|key|token|secret|password|passwd|credentials?|authorization|cookie|signature)$|apikey$",
    re.IGNORECASE,
)
_HARMLESS_NAMES = ("max_token", "stop_token", "eos_token", "bos_token", "pad_token")
_PLACES_OF_HEADERS = ("default_headers", "default_query", "extra_headers", "extra_query")
_PLACEHOLDER = re.compile(r"(?!sk-)[A-Za-z]+(?:[-_ ][A-Za-z]+)*")  # such as "ollama" or "not-needed"
_LONGEST_PLACEHOLDER = 15
_SHORTEST_SECRET = 6
_SHORTEST_SECRET_OF_ENVIRONMENT = 16  # shorter values are as often words that a text may hold by chance
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical(value: Any) -> str:
    """Write a plain value as one text, the same for equal values.

    Args:
        value: what `plain` returned, or what was read from JSON.

    Returns:
        The text, in ASCII.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def pretty(value: Any) -> str:
    """Write a plain value for readers: indented, with sorted keys, in any script but without broken characters.

    Args:
        value: what `plain` returned, or what was read from JSON.

    Returns:
        The text; UTF-8 can hold it.
    """
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def plain(value: Any) -> Any:
    """Turn any value into what JSON holds.

    Args:
        value: a value. Classes and objects of pydantic stand for their schema and fields; of any other object only the
            name of its type is kept.

    Returns:
        Dicts with text keys, lists, texts, numbers, booleans and None.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, type) and hasattr(value, "model_json_schema"):
        return plain(value.model_json_schema())
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    return f"<{type(value).__name__}>"


def plain_request(params: Mapping[str, Any]) -> dict[str, Any]:
    """Take what may be recorded from the parameters of a request: no keys, no headers, no addresses.

    Args:
        params: the parameters that are sent.

    Returns:
        A plain dict.
    """
    kept = {key: value for key, value in params.items() if key not in _NEVER_RECORDED}
    request: dict[str, Any] = plain(kept)
    return {
        key: value if key in ("messages", "tools", "functions", "prompt") else _without_secret_names(value)
        for key, value in request.items()
        if not _is_secret_name(key)
    }


def plain_config(entry: Any) -> dict[str, Any]:
    """Take what may be recorded from an entry of a configuration list.

    Args:
        entry: one configuration.

    Returns:
        A plain dict with its model and parameters.
    """
    if not isinstance(entry, Mapping):
        return {}
    kind = {"api_type": plain(entry["api_type"])} if "api_type" in entry else {}
    return {**plain_request(entry), **kind}


def _without_secret_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secret_names(part) for key, part in value.items() if not _is_secret_name(key)}
    return [_without_secret_names(part) for part in value] if isinstance(value, list) else value


def _is_secret_name(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not name.lower().startswith(_HARMLESS_NAMES)


def _is_secret_header(name: str) -> bool:
    return any(part in name.lower() for part in ("key", "token", "secret", "auth", "password", "cookie"))


def map_texts(value: Any, function: Callable[[str], str]) -> Any:
    """Apply a function to every text in a plain value; keys stay.

    Args:
        value: a plain value.
        function: takes a text and returns a text.

    Returns:
        The new value.
    """
    if isinstance(value, str):
        return function(value)
    if isinstance(value, dict):
        return {key: map_texts(part, function) for key, part in value.items()}
    return [map_texts(part, function) for part in value] if isinstance(value, list) else value


class Secrets:
    """The keys and passwords that a run has shown so far; those of the environment are known from the start."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        for name, value in os.environ.items():
            if _is_secret_name(name) and len(value) >= _SHORTEST_SECRET_OF_ENVIRONMENT:
                self._add(value)
            elif value.lstrip().startswith("[{") or value.lstrip().startswith("{"):  # such as OAI_CONFIG_LIST
                self._add_from_json(value)
        self._longest_first = self._sorted()

    def learn(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Take notice of the keys in configurations.

        Args:
            entries: the configurations.
        """
        before = len(self._known)
        for entry in entries:
            self._add_from(entry)
        if len(self._known) != before:
            self._longest_first = self._sorted()

    def hide(self, value: Any) -> Any:
        """Blank out the known secrets.

        Args:
            value: a plain value.

        Returns:
            The same value, or a new one without them.
        """
        if not self._longest_first:
            return value
        text = canonical(value)
        hidden = without_secrets(text, self._longest_first)
        return value if hidden == text else json.loads(hidden)

    def _sorted(self) -> list[dict[str, str]]:
        """As configurations, which is what `without_secrets` takes; a longer key may begin like a shorter one."""
        as_in_json = (json.dumps(secret)[1:-1] for secret in self._known)
        return [{"api_key": secret} for secret in sorted(as_in_json, key=len, reverse=True)]

    def _add(self, value: Any) -> None:
        if not isinstance(value, str) or len(value) < _SHORTEST_SECRET:
            return
        if len(value) > _LONGEST_PLACEHOLDER or not _PLACEHOLDER.fullmatch(value):
            self._known.add(value)
            if " " in value:  # as in "Bearer sk-..."
                self._add(value.rpartition(" ")[2])

    def _add_from(self, value: Any, secret: bool = False, in_headers: bool = False) -> None:
        """Add the texts of a configuration whose names tell that they are secret, and passwords in addresses."""
        if isinstance(value, Mapping):
            for name, part in value.items():
                place = str(name)
                secret_here = _is_secret_name(place) or (in_headers and _is_secret_header(place))
                self._add_from(part, secret or secret_here, in_headers or place in _PLACES_OF_HEADERS)
        elif isinstance(value, (list, tuple)):
            for part in value:
                self._add_from(part, secret, in_headers)
        elif secret:
            self._add(value)
        elif isinstance(value, str) and "://" in value:
            self._add_password(value)

    def _add_password(self, address: str) -> None:
        try:
            password = urlsplit(address).password
        except ValueError:
            return
        if password:
            self._add(password)
            self._add(unquote(password))

    def _add_from_json(self, text: str) -> None:
        try:
            self._add_from(json.loads(text))
        except ValueError:
            return
