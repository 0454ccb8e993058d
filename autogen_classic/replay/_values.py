"""Values as JSON: one plain form of a request, one text for equal values, and no keys in it."""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._json.walk import with_leaves
from .._secrets import forms_of, secrets_in, secrets_of_environment, without_forms, without_keys
from ..oai._specs import OPENAI_CLIENT_KEYS
from ..oai.openai_utils import NON_CACHE_KEY

__all__ = (
    "Secrets",
    "canonical",
    "map_texts",
    "one_line",
    "plain",
    "plain_config",
    "plain_if_equal",
    "plain_request",
    "pretty",
)

# Credentials and places, and what is added to a request by hand, which may hold keys as well.
_NEVER_RECORDED = frozenset((*NON_CACHE_KEY, *OPENAI_CLIENT_KEYS, "extra_headers", "extra_query", "model_client"))
_PLACEHOLDER = re.compile(r"(?!sk-)[A-Za-z]+(?:[-_ ][A-Za-z]+)*")  # such as "ollama" or "not-needed"
_LONGEST_PLACEHOLDER = 15
_SHORTEST_SECRET = 6
_SHORTEST_SECRET_OF_ENVIRONMENT = 16  # shorter values are often words that a text may hold by chance
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical(value: Any) -> str:
    """Write a plain value as one text, which is the same for equal values.

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
    return _escaped(json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False))


def one_line(value: object) -> str:
    """Write a plain value on one line, in any script but without broken characters.

    Args:
        value: what `plain` returned, or what was read from JSON.

    Returns:
        The text; UTF-8 can hold it.
    """
    return _escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _escaped(text: str) -> str:
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


def plain_if_equal(value: Any) -> Any:
    """Turn a value into what JSON holds, if what comes back is equal to it, apart from lists in place of tuples.

    Args:
        value: a value.

    Returns:
        Dicts with text keys, lists, texts, numbers, booleans and None; numbers of NumPy are numbers.

    Raises:
        TypeError: a part of it is something else, such as a UUID, or a dict has other keys than texts.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain_if_equal(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_if_equal(part) for part in value]
    if isinstance(value, numbers.Real) and hasattr(value, "item"):
        number = value.item()
        if isinstance(number, (int, float)):
            return number
    raise TypeError(f"JSON has no form for {type(value).__name__}.")


def plain_request(params: Mapping[str, Any]) -> dict[str, Any]:
    """Take what may be recorded from the parameters of a request: no keys, no headers, no addresses.

    Args:
        params: the parameters that are sent.

    Returns:
        A plain dict.
    """
    kept: dict[str, Any] = plain({key: value for key, value in params.items() if key not in _NEVER_RECORDED})
    return without_keys(kept)


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


def map_texts(value: Any, function: Callable[[str], str]) -> Any:
    """Apply a function to every text in a plain value; keys stay.

    Args:
        value: a plain value.
        function: takes a text and returns a text.

    Returns:
        The new value.
    """
    return with_leaves(value, lambda part: function(part) if isinstance(part, str) else part)


class Secrets:
    """The keys and passwords that a run has shown so far; those of the environment are known from the start."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._forms: list[str] = []  # of what is known, as JSON may hold it
        self.learn_texts(secrets_of_environment(_SHORTEST_SECRET_OF_ENVIRONMENT))

    def learn(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Take notice of the keys in configurations.

        Args:
            entries: the configurations.
        """
        self.learn_texts(secrets_in(list(entries)))

    def learn_texts(self, secrets: Iterable[str]) -> None:
        """Take notice of keys.

        Args:
            secrets: the keys. Anything too short, or a usual placeholder, is not a secret.
        """
        new = set(filter(_is_secret, secrets)) - self._known
        if new:
            self._known |= new
            self._forms = forms_of(json.dumps(secret)[1:-1] for secret in self._known)

    def hide(self, value: Any) -> Any:
        """Blank out the known secrets.

        Args:
            value: a plain value.

        Returns:
            The same value, or a new one without them.
        """
        if not self._forms:
            return value
        text = canonical(value)
        without = without_forms(text, self._forms)
        return value if without == text else json.loads(without)


def _is_secret(text: str) -> bool:
    if len(text) < _SHORTEST_SECRET:
        return False
    return len(text) > _LONGEST_PLACEHOLDER or not _PLACEHOLDER.fullmatch(text)
