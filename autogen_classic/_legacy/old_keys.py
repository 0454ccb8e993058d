"""Keys of model configurations as AutoGen 0.1 and the openai package before 1.0 had them, read as their successors."""

from __future__ import annotations

import logging
from typing import Any

from .._warn import warn_once

__all__ = ("with_todays_keys",)

logger = logging.getLogger("autogen.oai.client")

_SUCCESSORS = {"api_base": "base_url", "request_timeout": "timeout"}
_NAMES_OF_A_DEPLOYMENT = ("engine", "deployment_id")
_RETRIES = ("max_retry_period", "retry_timeout", "retry_wait_time")
_API_TYPES = {"open_ai": "openai", "azure_ad": "azure"}
_OLD_KEYS = frozenset({*_SUCCESSORS, *_NAMES_OF_A_DEPLOYMENT, *_RETRIES, "use_cache"})


def with_todays_keys(config: dict[str, Any]) -> dict[str, Any]:
    """Translate the keys of a configuration that went away, each with one warning that names its successor.

    Args:
        config: a configuration, or the settings of a request. Those of a program's own client stay as they
            are: such a client may have keys of the same names.

    Returns:
        The same dict if it has none of these, or else a new one. If a key and its successor are both there, the
        successor counts. A deployment (``engine``, ``deployment_id``) is the exception: it counts rather than
        ``model``, as it did with openai before 1.0.
    """
    if config.get("model_client_cls") is not None or config.get("model_client") is not None:
        return config
    api_type = str(config.get("api_type", "")).lower()
    if api_type not in _API_TYPES and _OLD_KEYS.isdisjoint(config):
        return config
    today = config.copy()
    _translate_old_keys(today)
    if api_type in _API_TYPES:
        warn_once(logger, f'The api_type "{api_type}" of openai before 1.0 is read as "{_API_TYPES[api_type]}".')
        today["api_type"] = _API_TYPES[api_type]
        if api_type == "azure_ad" and "api_key" in today:
            today.setdefault("azure_ad_token", today.pop("api_key"))
    return today


def _translate_old_keys(today: dict[str, Any]) -> None:
    for old, new in _SUCCESSORS.items():
        if old in today:
            _warn(old, f'it is read as "{new}"')
            today.setdefault(new, today.pop(old))
    for old in _NAMES_OF_A_DEPLOYMENT:
        if old in today:
            _warn(old, 'it is read as "model"')
            name = today.pop(old)
            if name:
                today["model"] = name
    for old in _RETRIES:
        if today.pop(old, None) is not None:
            _warn(old, 'it has no effect; set "max_retries"')
    if "use_cache" in today:
        _warn("use_cache", 'set "cache_seed", to None for no cache')
        if not today.pop("use_cache"):
            today["cache_seed"] = None


def _warn(old: str, instead: str) -> None:
    warn_once(logger, f'The key "{old}" in a configuration went away with openai 1.0: {instead}.')
