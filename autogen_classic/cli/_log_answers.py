"""The answers of models, as logs, events and recordings hold them."""

from __future__ import annotations

import ast
import json

from .._pictures.entries import message_text

__all__ = ("answer_written", "message_in", "said_in", "total_in", "whole")

_PRINTED = ("ChatCompletion(", "Completion(")


def answer_written(text: str) -> object:
    """Read an answer.

    Args:
        text: it as JSON, or as Python prints it: ``ChatCompletion(id='1', ...)``.

    Returns:
        Its fields; the text if it is neither.
    """
    try:
        is_printed = text.startswith(_PRINTED)
        return _fields_printed(ast.parse(text, mode="eval").body) if is_printed else json.loads(text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):  # what Python's parser raises
        return text


def _fields_printed(node: ast.expr) -> object:
    if isinstance(node, ast.Call):
        return {field.arg: _fields_printed(field.value) for field in node.keywords}
    return [_fields_printed(item) for item in node.elts] if isinstance(node, ast.List) else ast.literal_eval(node)


def said_in(response: object) -> str:
    """The text of an answer, and the functions that it calls.

    Args:
        response: the answer.
    """
    choice = _choice_in(response)
    if not isinstance(choice, dict):
        return str(response if choice is None else choice)
    return str(choice["text"]) if "text" in choice else message_text(_fields(choice.get("message")))


def message_in(response: object) -> dict[str, object] | None:
    """The message of an answer; None where it has another form.

    Args:
        response: the answer.
    """
    choice = _choice_in(response)
    return whole(_fields(choice.get("message"))) if isinstance(choice, dict) else None


def _choice_in(response: object) -> object:
    response = _fields(response)
    choices = response.get("choices") if isinstance(response, dict) else None
    return _fields(choices[0]) if isinstance(choices, list) and choices else None


def whole(message: object) -> dict[str, object] | None:
    """A message that is more than a text; None for a text.

    Args:
        message: the message.
    """
    return message if isinstance(message, dict) else None


def _fields(shape: object) -> object:
    """The fields of an object that a recording or an event has marked as one."""
    return shape["object"] if isinstance(shape, dict) and list(shape) == ["object"] else shape


def total_in(usage: object) -> int | None:
    """How many tokens were used; None if that is not known.

    Args:
        usage: the usage of an answer.
    """
    if not isinstance(usage, dict):
        return None
    total = usage.get("total_tokens")
    parts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    return total if isinstance(total, int) else sum(part for part in parts if isinstance(part, int)) or None
