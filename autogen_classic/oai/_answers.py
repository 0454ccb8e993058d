"""Answers of models in a cache: the key of a request, and an answer as JSON and back.

A fault of the cache never costs an answer: what cannot be read is asked again, what cannot be written is not kept, and
a warning says so.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from ..cache._json import NotJSONError, as_json
from .openai_utils import NON_CACHE_KEY

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
)

logger = logging.getLogger("autogen.oai.client")

LEGACY_DEFAULT_CACHE_SEED = 41
LEGACY_CACHE_DIR = ".cache"

FORMAT = "autogen-classic/1"
NOT_CACHED = object()
_OWN_FIELDS = ("message_retrieval_function", "config_id", "pass_filter")
_OPENAI_TYPES = ("ChatCompletion", "Completion")
_warned_types: set[type] = set()


class AnswerCache:
    """The cache for one request; it does nothing where none is wanted.

    Args:
        extras: ``cache``, an `AbstractCache`, or ``cache_seed``, the name of a directory below ``.cache``.
        params: the parameters that are sent.

    Raises:
        NotJSONError: a cache is wanted, and JSON cannot hold a parameter.
        TypeError: the cache is none.
    """

    def __init__(self, extras: dict[str, Any], params: dict[str, Any]) -> None:
        self._cache = extras.get("cache")
        if self._cache is not None and not (hasattr(self._cache, "get") and hasattr(self._cache, "set")):
            raise TypeError(
                "cache must be a cache, such as Cache.disk(), or None, but it is of type "
                f"{type(self._cache).__name__}. A number for the directory of the cache is given as cache_seed."
            )
        live_client = extras.get("model_client") is not None
        self._seed = extras.get("cache_seed", None if live_client else LEGACY_DEFAULT_CACHE_SEED)
        wanted = self._cache is not None or self._seed is not None
        self._key = cache_key(params) if wanted else None

    def look_up(self) -> Any:
        """Return the kept answer, or `NOT_CACHED`."""
        return self._use(look_up, NOT_CACHED)

    def store(self, response: Any) -> None:
        """Keep an answer."""
        self._use(lambda cache, key: store(cache, key, response), None)

    def _use(self, action: Callable[[Any, str], Any], otherwise: Any) -> Any:
        if self._key is None:
            return otherwise
        if self._cache is not None or self._seed is None:
            return action(self._cache, self._key)
        from ..cache.cache import Cache

        try:
            with Cache.disk(self._seed, LEGACY_CACHE_DIR) as cache:
                return action(cache, self._key)
        except Exception as error:  # a full or read-only disk must not stop a chat
            logger.warning("The cache on disk cannot be used (%s: %s).", type(error).__name__, error)
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
    text = as_json(plain, "The request")
    return f"{FORMAT}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _schema_or_value(value: Any) -> Any:
    """A pydantic class, as ``response_format`` may be, stands for its schema."""
    return value.model_json_schema() if isinstance(value, type) and hasattr(value, "model_json_schema") else value


def look_up(cache: Any, key: str) -> Any:
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
        logger.warning(
            "A cached answer cannot be read (%s: %s). The model is asked instead.", type(error).__name__, error
        )
        return NOT_CACHED


def store(cache: Any, key: str, response: Any) -> None:
    """Keep an answer.

    Args:
        cache: an `AbstractCache`.
        key: the key of the request.
        response: the answer.
    """
    try:
        cache.set(key, encode(response))
    except NotJSONError as error:
        if type(response) not in _warned_types:
            _warned_types.add(type(response))
            logger.warning("Answers of type %s are not cached. %s", type(response).__name__, error)
    except Exception as error:  # the answer is there; losing the copy must not lose the answer
        logger.warning("An answer cannot be cached (%s: %s).", type(error).__name__, error)


def encode(response: Any) -> dict[str, Any]:
    """Turn an answer into a dict that JSON can hold.

    Args:
        response: a ChatCompletion or Completion of the openai package, or an object made of SimpleNamespace, dict,
            list and plain values.

    Returns:
        The dict, which `decode` understands.

    Raises:
        NotJSONError: the answer holds something else.
    """
    name = type(response).__name__
    if name in _OPENAI_TYPES and hasattr(response, "model_dump"):
        fields = response.model_dump(mode="json", exclude=set(_OWN_FIELDS), exclude_unset=True, warnings=False)
        entry = {"format": FORMAT, "type": name, "response": fields}
    else:
        entry = {"format": FORMAT, "type": "plain", "response": _plain(response)}
    as_json(entry, "The answer")
    return entry


def decode(entry: Any) -> Any:
    """Rebuild an answer.

    Args:
        entry: what `encode` returned, or an answer that a cache of the program's own keeps as it is.

    Returns:
        The answer.

    Raises:
        ValueError: the entry is damaged.
    """
    if not isinstance(entry, dict):
        return entry
    if entry.get("format") != FORMAT or "response" not in entry:
        raise ValueError(f"the entry is not of the format {FORMAT}")
    if entry.get("type") == "plain":
        return _unplain(entry["response"])
    if entry.get("type") not in _OPENAI_TYPES or not isinstance(entry["response"].get("choices"), list):
        raise ValueError("the entry holds no completion")
    from openai.types import Completion
    from openai.types.chat import ChatCompletion

    kind: Any = ChatCompletion if entry["type"] == "ChatCompletion" else Completion
    # Not validated: an answer that a lenient server gave must come back as it was.
    return kind.construct(**entry["response"])


def _plain(value: Any) -> Any:
    if isinstance(value, SimpleNamespace):
        fields = {name: _plain(part) for name, part in vars(value).items() if name not in _OWN_FIELDS}
        return {"namespace": fields}
    if isinstance(value, dict):
        return {"dict": {key: _plain(part) for key, part in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value


def _unplain(value: Any) -> Any:
    if isinstance(value, dict):
        if "namespace" in value:
            return SimpleNamespace(**{name: _unplain(part) for name, part in value["namespace"].items()})
        return {key: _unplain(part) for key, part in value["dict"].items()}
    return [_unplain(part) for part in value] if isinstance(value, list) else value
