"""What the generations of Claude accept, whoever runs them. The name of a model tells its generation."""

from __future__ import annotations

import re
from typing import Any

from .._warn import warn_once
from ._provider_client import logger

__all__ = ("accepted_sampling", "default_max_tokens", "knows_schemas", "may_be_forced", "version_of")

# claude-3-5-sonnet-20240620, claude-opus-4-7, us.anthropic.claude-sonnet-4-5-20250929-v1:0, claude-2.1, claude-opus-5
_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d{1,2})(?!\d)(?:[-.](\d{1,2})(?!\d))?")
_UNNUMBERED = {"claude-mythos-preview": (4, 7)}

_FIRST_WITH_ONE_SAMPLER = (4, 1)  # either temperature or top_p
_FIRST_WITH_SCHEMAS = (4, 5)
_FIRST_WITHOUT_SAMPLING = (4, 7)  # neither temperature, top_p nor top_k; these think before they answer
_SAMPLING = ("temperature", "top_p", "top_k")

_TOKENS = 4096  # what the smallest of the old models can give, and the default of AutoGen 0.2
_TOKENS_WITH_THOUGHTS = 16_384  # thoughts count as tokens of the answer


def version_of(model: str) -> tuple[int, int] | None:
    """Read the version of a Claude from its name.

    Args:
        model: a name as Anthropic, Bedrock or Vertex AI writes it.

    Returns:
        Such as ``(4, 5)``; None for another model.
    """
    found = _VERSION.search(model)
    if found is None:
        return next((_UNNUMBERED[name] for name in _UNNUMBERED if name in model), None)
    return int(found[1]), int(found[2] or 0)


def knows_schemas(model: str) -> bool:
    """Tell whether a Claude enforces JSON schemas.

    Args:
        model: its name.
    """
    return (version_of(model) or (0, 0)) >= _FIRST_WITH_SCHEMAS


def may_be_forced(model: str) -> bool:
    """Tell whether a Claude can be made to call a tool. One that thinks before it answers refuses that.

    Args:
        model: its name.
    """
    return (version_of(model) or (0, 0)) < _FIRST_WITHOUT_SAMPLING


def default_max_tokens(model: str) -> int:
    """Return how many tokens an answer may have by default; the API wants to be told.

    Args:
        model: its name.
    """
    return _TOKENS_WITH_THOUGHTS if (version_of(model) or (0, 0)) >= _FIRST_WITHOUT_SAMPLING else _TOKENS


def accepted_sampling(model: str, sampling: dict[str, Any]) -> dict[str, Any]:
    """Leave out the settings that a Claude refuses, with one warning.

    Args:
        model: its name. Other models get everything.
        sampling: any of temperature, top_p and top_k.

    Returns:
        What can be sent.
    """
    version = version_of(model) or (0, 0)
    if sampling and version >= _FIRST_WITHOUT_SAMPLING:
        warn_once(logger, f"{model} refuses {', '.join(_SAMPLING)}; {', '.join(sampling)} is not sent to it.")
        return {}
    if version >= _FIRST_WITH_ONE_SAMPLER and "temperature" in sampling and "top_p" in sampling:
        warn_once(logger, f"{model} takes either temperature or top_p; top_p is not sent to it.")
        return {key: sampling[key] for key in sampling if key != "top_p"}
    return sampling
