"""What a program may say in a ``retrieve_config``, checked before anything is read or embedded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from ...._secrets import shown_without_keys
from .chunk import VALID_CHUNK_MODES
from .files import check_docs_path
from .prompts import PROMPTS

__all__ = ("check_question", "check_settings", "check_task")

logger = logging.getLogger("autogen.agentchat.contrib.retrieve_user_proxy_agent")

_KNOWN = frozenset(
    (
        "chunk_mode",
        "chunk_token_size",
        "client",
        "collection_name",
        "context_max_tokens",
        "custom_text_types",
        "custom_text_split_function",
        "custom_token_count_function",
        "customized_answer_prefix",
        "customized_prompt",
        "db_config",
        "distance_threshold",
        "docs_path",
        "embedding_function",
        "embedding_model",
        "extra_docs",
        "get_or_create",
        "model",
        "must_break_at_empty_line",
        "new_docs",
        "overwrite",
        "recursive",
        "task",
        "update_context",
        "vector_db",
        # of QdrantRetrieveUserProxyAgent
        "hnsw_config",
        "on_disk",
        "parallel",
        "payload_indexing",
        "qdrant_client_options",
        "quantization_config",
    )
)
_KINDS: tuple[tuple[str, Callable[[object], bool], tuple[str, ...]], ...] = (
    ("a dict", lambda given: isinstance(given, Mapping), ("db_config", "qdrant_client_options")),
    ("a function", callable, ("custom_text_split_function", "custom_token_count_function")),
    ("a number", lambda given: isinstance(given, (int, float)), ("distance_threshold",)),
    (
        "a text",
        lambda given: isinstance(given, str),
        ("collection_name", "customized_answer_prefix", "customized_prompt", "embedding_model", "model"),
    ),
)


def check_settings(config: Mapping[str, Any]) -> None:
    """Refuse what no retrieval can work with; warn about keys that nothing reads.

    Args:
        config: the ``retrieve_config``.

    Raises:
        TypeError: it is not a dict, ``docs_path`` is not one or more paths, or another key has a value of a wrong type.
        ValueError: a number of tokens is below 1.
        AssertionError: ``chunk_mode`` is not known.
    """
    if not isinstance(config, Mapping):
        raise TypeError(f"retrieve_config must be a dict; it is {shown_without_keys(config)}.")
    for key in config.keys() - _KNOWN:
        meant = get_close_matches(str(key), _KNOWN, 1)
        hint = f" Did you mean {meant[0]!r}?" if meant else ""
        logger.warning("retrieve_config has the key %r, which is not known and has no effect.%s", key, hint)
    check_docs_path(config.get("docs_path"))
    for key in ("chunk_token_size", "context_max_tokens"):
        try:
            tokens = float(config.get(key, 1))
        except (TypeError, ValueError):
            raise TypeError(
                f"{key} in the retrieve_config must be a number, but it is {shown_without_keys(config[key])}."
            ) from None
        if tokens < 1:
            raise ValueError(f"{key} is {shown_without_keys(config[key])}; it must be 1 or more tokens.")
    for kind, fits, keys in _KINDS:
        for key in keys:
            if config.get(key) is not None and not fits(config[key]):
                raise TypeError(
                    f"{key} in the retrieve_config must be {kind}, but it is {shown_without_keys(config[key])}."
                )
    mode = config.get("chunk_mode", "multi_lines")
    if mode not in VALID_CHUNK_MODES and config.get("custom_text_split_function") is None:
        raise AssertionError(f"chunk_mode is {mode!r}; it must be one of {sorted(VALID_CHUNK_MODES)}.")


def check_question(problem: object, n_results: object, search_string: object) -> None:
    """Refuse what no database can be asked, before one is asked in its own way.

    Args:
        problem: the question.
        n_results: how many documents are wanted.
        search_string: a text that they must contain.

    Raises:
        TypeError: one of them is of another type.
        ValueError: no documents are wanted.
    """
    for name, given in (("problem", problem), ("search_string", search_string)):
        if not isinstance(given, str):
            raise TypeError(f"{name} must be a text, but it is {shown_without_keys(given)}.")
    if not isinstance(n_results, int):
        raise TypeError(f"n_results must be a whole number, but it is {shown_without_keys(n_results)}.")
    if n_results < 1:
        raise ValueError(f"n_results must be 1 or more, but it is {n_results}.")


def check_task(task: object) -> None:
    """Refuse a task that has no prompt.

    Args:
        task: the name of the task, in letters of any case.

    Raises:
        NotImplementedError: there is no prompt for it.
    """
    if str(task).upper() not in PROMPTS:
        names = ", ".join(repr(name.lower()) for name in PROMPTS)
        raise NotImplementedError(f"task {task} is not implemented. Use one of {names}, or a customized_prompt.")
