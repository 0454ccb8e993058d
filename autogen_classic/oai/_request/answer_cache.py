"""Answers of models in a cache: the key of a request, and an answer as JSON and back.

A fault in the cache never costs an answer: what cannot be read is asked again, what cannot be written is not kept, and
a warning says so.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..._core.content import text_of
from ..._json.answers import answer_as_json, answer_from_json
from ..._json.text import as_canonical_json
from ..._warn import warn_once
from ...cache.abstract_cache_base import AbstractCache
from ...errors import NotJSONError
from ..openai_utils import NON_CACHE_KEY

__all__ = (
    "LEGACY_CACHE_DIR",
    "LEGACY_DEFAULT_CACHE_SEED",
    "NOT_CACHED",
    "AnswerCache",
    "cache_key",
    "decode",
    "encode",
    "look_up",
    "store",
    "summary_of",
)

logger = logging.getLogger("autogen.oai.client")

LEGACY_DEFAULT_CACHE_SEED = 41
LEGACY_CACHE_DIR = ".cache"

FORMAT = "autogen-classic/1"
NOT_CACHED = object()
_SUMMARY_LENGTH = 200


T = TypeVar("T")


class AnswerCache:
    """The cache for one request; it does nothing if no cache is wanted.

    Args:
        extras: ``cache``, an `AbstractCache`, or ``cache_seed``, the name of a directory below ``.cache``.
        params: the parameters that are sent.

    Raises:
        NotJSONError: a cache is wanted, and JSON cannot hold a parameter.
        TypeError: the cache is not a cache.
    """

    def __init__(self, extras: dict[str, Any], params: dict[str, Any]) -> None:
        self._cache = extras.get("cache")
        if self._cache is not None and not (hasattr(self._cache, "get") and hasattr(self._cache, "set")):
            raise TypeError(
                "cache must be a cache, such as Cache.disk(), or None, but it is of type "
                f"{type(self._cache).__name__}. A number for the directory of the cache is given as cache_seed."
            )
        self._params = params
        live_client = extras.get("model_client") is not None
        self._seed = extras.get("cache_seed", None if live_client else LEGACY_DEFAULT_CACHE_SEED)
        wanted = self._cache is not None or self._seed is not None
        self._key = cache_key(params) if wanted else None

    def look_up(self) -> Any:
        """Return the kept answer, or `NOT_CACHED`."""
        return self._use(look_up, NOT_CACHED)

    def store(self, response: object) -> None:
        """Keep an answer."""
        self._use(lambda cache, key: store(cache, key, response, self._params), None)

    def _use(self, action: Callable[[AbstractCache, str], T], otherwise: T) -> T:
        if self._key is None:
            return otherwise
        if self._cache is not None:
            return action(self._cache, self._key)
        from ...cache._store import kept

        try:
            with kept(os.path.join(LEGACY_CACHE_DIR, str(self._seed))) as cache:
                return action(cache, self._key)
        except (OSError, ValueError) as error:  # the current directory is gone, or the seed cannot be a name of one
            warn_once(logger, f"The cache of seed {self._seed!r} cannot be used ({type(error).__name__}: {error}).")
            return otherwise


def cache_key(params: Mapping[str, Any]) -> str:
    """Make the key of a request. It holds no credentials, and is the same in every version of Python.

    Args:
        params: the parameters that are sent.

    Returns:
        A short text.

    Raises:
        NotJSONError: JSON cannot hold a parameter.
    """
    plain = {key: _schema_or_value(params[key]) for key in params if key not in NON_CACHE_KEY and key != "model_client"}
    text = as_canonical_json(plain, "The request")
    return f"{FORMAT}:{hashlib.sha256(text.encode()).hexdigest()}"


def _schema_or_value(value: object) -> object:
    """A pydantic class, which ``response_format`` may be, is represented by its schema."""
    return value.model_json_schema() if isinstance(value, type) and hasattr(value, "model_json_schema") else value


def look_up(cache: AbstractCache, key: str) -> Any:
    """Look for an answer.

    Args:
        cache: an `AbstractCache`.
        key: the key of the request.

    Returns:
        The answer, or `NOT_CACHED`.
    """
    try:
        value = cache.get(key, None)
        return NOT_CACHED if value is None else decode(value)
    except Exception as error:  # whatever goes wrong in a cache, the model can still be asked
        reason = f"{type(error).__name__}: {error}"
        warn_once(logger, f"A cached answer cannot be read ({reason}). The model is asked instead.")
        return NOT_CACHED


def store(cache: AbstractCache, key: str, response: object, params: Mapping[str, Any] | None = None) -> None:
    """Keep an answer.

    Args:
        cache: an `AbstractCache`.
        key: the key of the request.
        response: the answer.
        params: the request; the entry tells in short what was asked.
    """
    try:
        entry = encode(response)
        if params is not None:
            entry["request"] = summary_of(params)
        cache.set(key, entry)
    except NotJSONError as error:
        warn_once(logger, f"Answers of type {type(response).__name__} are not cached: {error}.")
    except Exception as error:  # the answer is there; losing the copy must not lose the answer
        warn_once(logger, f"An answer cannot be cached ({type(error).__name__}: {error}).")


def summary_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Summarize what was asked: enough for a person to recognize an entry.

    Args:
        params: the parameters that are sent.

    Returns:
        A dict with ``model``, and ``messages`` (how many), ``last`` (the beginning of the last text) and ``tools``
        (their names) if there are any. It holds no parameter that may carry a key.
    """
    messages = params.get("messages")
    summary: dict[str, Any] = {"model": str(params.get("model"))}
    if isinstance(messages, (list, tuple)) and messages:
        summary["messages"] = len(messages)
        summary["last"] = _beginning(messages[-1].get("content") if isinstance(messages[-1], Mapping) else None)
    else:
        summary["last"] = _beginning(params.get("prompt"))
    if isinstance(params.get("tools"), (list, tuple)):
        functions = [tool.get("function") for tool in params["tools"] if isinstance(tool, Mapping)]
        summary["tools"] = [str(function.get("name")) for function in functions if isinstance(function, Mapping)]
    return summary


def _beginning(content: object) -> str:
    return (text_of(content) or "")[:_SUMMARY_LENGTH]


def encode(response: object) -> dict[str, Any]:
    """Turn an answer into an entry, a dict that JSON can hold.

    Args:
        response: a ChatCompletion or Completion of the openai package, or an object made of SimpleNamespace, dict,
            list and plain values.

    Returns:
        The dict, which `decode` understands.

    Raises:
        NotJSONError: the answer holds something else.
    """
    return {"format": FORMAT, **answer_as_json(response, same_types=True)}


def decode(entry: Any) -> Any:
    """Rebuild an answer.

    Args:
        entry: what `encode` returned, or an answer that a cache of the program's own keeps as it is.

    Returns:
        The answer.

    Raises:
        ValueError: the entry is damaged.
    """
    if hasattr(entry, "choices"):
        return entry
    if not isinstance(entry, dict) or entry.get("format") != FORMAT:
        raise ValueError(f"the entry is not of the format {FORMAT}")
    return answer_from_json(entry)
