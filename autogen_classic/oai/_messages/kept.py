"""What a model wants back besides its own words: thoughts, their signatures, what tools of the provider did.

It is kept in the message, under the key ``extra_content``, and goes back only to the model that said it:
others do not understand it, or refuse the request because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ("EXTRA_CONTENT", "REASONING_CONTENT", "extra_content", "kept_items", "origin_of")

EXTRA_CONTENT = "extra_content"
REASONING_CONTENT = "reasoning_content"


def origin_of(model: object, address: str) -> str:
    """Name a model and where it is asked, leaving out what may be secret in the address.

    Args:
        model: the model that a request names.
        address: a base URL, or the name of a provider.
    """
    parts = urlsplit(address)
    return f"{model} at {parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def extra_content(origin: str, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Write what a message keeps.

    Args:
        origin: the model that said it, as `origin_of` names it.
        items: what it wants back, as JSON of its provider.

    Returns:
        The value of ``extra_content``.
    """
    return {"origin": origin, "items": [dict(item) for item in items]}


def kept_items(message: Mapping[str, Any], origin: str | None) -> tuple[dict[str, Any], ...]:
    """Read what a message keeps for a model.

    Args:
        message: a message in the OpenAI form.
        origin: the model that is asked; None for one that wants nothing back.

    Returns:
        The items; none if another model said the message.
    """
    kept = message.get(EXTRA_CONTENT) if origin is not None else None
    if not isinstance(kept, Mapping) or kept.get("origin") != origin or not isinstance(kept.get("items"), list):
        return ()
    return tuple(item for item in kept["items"] if isinstance(item, dict))
