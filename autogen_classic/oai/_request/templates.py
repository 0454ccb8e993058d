"""Prompts and messages as templates, filled from a context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

from ..._json.walk import with_leaves

__all__ = ("encodable", "fill_prompt_or_messages", "instantiate")

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def instantiate(template: Any, context: Mapping[str, Any] | None = None, allow_format_str_template: Any = False) -> Any:
    """Fill a template.

    Args:
        template: a text, a callable that takes the context, or anything else, which is returned as it is.
        context: values by name. Without any, the template is returned as it is.
        allow_format_str_template: whether ``{name}`` in a text is replaced by the value of that name.

    Returns:
        The filled template.

    Raises:
        KeyError: the text names something that the context does not have.
    """
    if not context:
        return template
    if isinstance(template, str):
        return template.format(**context) if allow_format_str_template else template
    return template(context) if callable(template) else template


def fill_prompt_or_messages(params: dict[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the templates of a request, in a copy.

    Args:
        params: the parameters of a request.
        extras: may hold ``context`` and ``allow_format_str_template``.

    Returns:
        The parameters to send.

    Raises:
        ValueError: not exactly one of prompt and messages is given, or a message is not a dict.
    """
    prompt, messages = params.get("prompt"), params.get("messages")
    if (prompt is None) == (messages is None):
        raise ValueError("A request needs either 'prompt' or 'messages', and not both.")
    context = extras.get("context")
    if not context:
        return params
    formatted = extras.get("allow_format_str_template", False)
    if prompt is not None:
        return {**params, "prompt": instantiate(prompt, context, formatted)}
    return {**params, "messages": [_fill_message(message, context, formatted) for message in messages or ()]}


def _fill_message(message: Any, context: Mapping[str, Any], formatted: Any) -> Any:
    if not isinstance(message, Mapping) or not message.get("content"):
        return message
    return {**message, "content": instantiate(message["content"], context, formatted)}


def encodable(value: Any) -> Any:
    """Replace in all texts what UTF-8 cannot hold: halves of characters that models and tools leave behind.

    Args:
        value: the parameters of a request, or a part of them.

    Returns:
        The same value if there is nothing to replace, otherwise a copy.
    """
    return with_leaves(value, _without_half_characters) if _has_half_characters(value) else value


def _has_half_characters(value: object) -> bool:
    if isinstance(value, list):
        try:
            text = "".join(chain.from_iterable(map(dict.values, value)))
            return not text.isascii() and _HALF_CHARACTER.search(text) is not None
        except TypeError:  # these messages hold more than texts
            pass
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    for part in parts:
        if type(part) is str or isinstance(part, str):  # the first test is quick, and nearly always true
            if not part.isascii() and _HALF_CHARACTER.search(part):
                return True
        elif isinstance(part, (dict, list)) and _has_half_characters(part):
            return True
    return False


def _without_half_characters(part: object) -> object:
    return _HALF_CHARACTER.sub("\ufffd", part) if isinstance(part, str) else part
