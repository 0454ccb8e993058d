"""What several transforms ask about messages, and how they keep results in a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ...._core.content import texts_of
from ...._core.messages import Message
from ....cache.abstract_cache_base import AbstractCache
from ....token_count_utils import count_token

__all__ = (
    "cache_content_get",
    "cache_content_set",
    "cache_key",
    "count_text_tokens",
    "is_content_right_type",
    "is_content_text_empty",
    "is_tool_call_valid",
    "min_tokens_reached",
    "should_transform_message",
)

Filter: TypeAlias = Mapping[str, Any] | None


def cache_key(content: object, *args: object) -> str:
    """Make a key for a cache.

    Args:
        content: the content of a message, a text or a list of parts.
        *args: whatever else decides about the result, such as settings.

    Returns:
        A text. It is the same for arguments whose texts are the same.
    """
    return str(content) + "".join(str(argument) for argument in args)


def cache_content_get(cache: AbstractCache | None, key: str) -> tuple[Any, ...] | None:
    """Look a result up.

    Args:
        cache: a cache, or None.
        key: the key, as `cache_key` makes it.

    Returns:
        The content and the further values that were kept with it; None if there are none.
    """
    kept = cache.get(key) if cache is not None else None
    return None if kept is None else tuple(kept)


def cache_content_set(cache: AbstractCache | None, key: str, content: object, *extra_values: object) -> None:
    """Keep a result.

    Args:
        cache: a cache; None keeps nothing.
        key: the key, as `cache_key` makes it.
        content: the content of a message.
        *extra_values: what is kept with it.
    """
    if cache is not None:
        cache.set(key, (content, *extra_values))


def min_tokens_reached(messages: Sequence[Message], min_tokens: int | None) -> bool:
    """Tell whether messages are long enough to be worth a transform.

    Args:
        messages: the messages, of which the texts count.
        min_tokens: how many tokens they must have; None or 0 for any number.

    Returns:
        True if their texts have at least so many tokens.
    """
    return not min_tokens or sum(count_text_tokens(message.get("content")) for message in messages) >= min_tokens


def count_text_tokens(content: object) -> int:
    """Count the tokens of the texts in a content.

    Args:
        content: a text, or a list of parts; anything else has no tokens.
    """
    return sum(count_token(text) for text in _texts(content))


def is_content_right_type(content: object) -> bool:
    """Tell whether a content is one that transforms work on: a text, or a list of parts."""
    return isinstance(content, (str, list))


def is_content_text_empty(content: object) -> bool:
    """Tell whether a content has no text: an empty one, None, or a list of pictures."""
    return not any(_texts(content))


def should_transform_message(message: Message, filter_dict: Filter, exclude: bool) -> bool:
    """Tell whether a filter lets a transform work on a message.

    Args:
        message: the message.
        filter_dict: for some keys of messages, such as role or name, the value that fits, or a list of them. None or
            an empty dict filters nothing.
        exclude: True leaves alone every message of which at least one key fits; False works only on those of which
            all keys fit.
    """
    return all(_fits(message.get(key), wanted) != exclude for key, wanted in (filter_dict or {}).items())


def _fits(value: object, wanted: object) -> bool:
    return value in wanted if isinstance(wanted, (list, tuple, set, frozenset)) else value == wanted


def is_tool_call_valid(messages: Sequence[Message]) -> bool:
    """Tell whether messages do not begin with the answer to a call that is missing."""
    return not messages or messages[0].get("role") != "tool"


def _texts(content: object) -> list[str]:
    """The texts in a content, in their order; an empty list for anything that transforms do not work on."""
    return texts_of(content) if is_content_right_type(content) else []
