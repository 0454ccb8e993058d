"""Import a directory: every old entry becomes an entry of this library, or is refused on its own."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..._json.text import as_json
from ...errors import NotJSONError
from ...oai._request.answer_cache import FORMAT, cache_key, decode, summary_of
from .._store import Cache, Entry
from .helper import Helper, RefusedError
from .old_directory import OldEntry, old_entries

__all__ = ("Outcome", "import_directory")

_ENTRIES_AT_A_TIME = 200


class Outcome(NamedTuple):
    """What an import did.

    Args:
        imported: how many entries are new.
        present: how many were there before.
        refused: for each other entry, the beginning of its key and why it was refused.
    """

    imported: int
    present: int
    refused: list[tuple[str, str]]


def import_directory(old: Path, new: Path, own_texts: Mapping[str, str] | None = None) -> Outcome:
    """Bring the answers of AutoGen 0.2 in one directory into a cache of this library.

    Args:
        old: the directory of one seed, such as ``.cache/41``. It is not changed, unless it is also the new one.
        new: the directory of a cache of this library; it may be the same one.
        own_texts: for the SHA-256 of each text that 0.2 itself put into requests, such as the system message of an
            assistant, the text that this library uses instead.

    Returns:
        What was done.

    Raises:
        OldCacheError: the old cache cannot be read.
        CacheUnusableError: the new cache cannot be written.
    """
    found: list[Entry] = []
    refused: list[tuple[str, str]] = []
    imported = seen = 0
    with Cache(new) as cache, Helper() as helper:
        for row in old_entries(old):
            try:
                found.append(_translate(row, helper, own_texts or {}))
                seen += 1
            except RefusedError as reason:
                refused.append((_beginning_of(row.key), str(reason)))
            if len(found) == _ENTRIES_AT_A_TIME:
                imported += cache.add_missing(found)
                found.clear()
        imported += cache.add_missing(found)
    return Outcome(imported, seen - imported, refused)


def _translate(row: OldEntry, helper: Helper, own_texts: Mapping[str, str]) -> Entry:
    params = _with_own_texts(_request_of(row.key), own_texts)
    answer = helper.read(row.pickle())
    try:
        entry = {"format": FORMAT, "type": answer["type"], "fields": answer["fields"]}
        decode(entry)
        entry["request"] = summary_of(params)
        text = as_json(entry)
        key = cache_key(params)
    except (NotJSONError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(f"it is not a completion ({type(error).__name__})") from None
    stored = row.stored if isinstance(row.stored, (int, float)) and math.isfinite(row.stored) else 0.0
    return Entry(key, text, float(stored))


def _request_of(key: object) -> dict[str, Any]:
    """The parameters of the request: 0.2 wrote them into the key, as JSON."""
    try:
        params = json.loads(key) if isinstance(key, str) else None
    except (ValueError, RecursionError):
        params = None
    if not isinstance(params, dict) or not ("messages" in params or "prompt" in params):
        raise RefusedError("its key is not a request of AutoGen 0.2")
    return params


def _with_own_texts(params: dict[str, Any], own_texts: Mapping[str, str]) -> dict[str, Any]:
    messages = params.get("messages")
    if not isinstance(messages, list):
        return params
    return {**params, "messages": [_with_own_text(message, own_texts) for message in messages]}


def _with_own_text(message: Any, own_texts: Mapping[str, str]) -> Any:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, str):
        return message
    own = own_texts.get(hashlib.sha256(content.encode("utf-8", "replace")).hexdigest())
    return message if own is None else {**message, "content": own}


def _beginning_of(key: object) -> str:
    return key[:80] if isinstance(key, str) else f"a key of type {type(key).__name__}"
