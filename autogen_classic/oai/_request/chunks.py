"""How AutoGen 0.2 adds a chunk of a stream to what has come so far, for programs that do so themselves.

Each function returns, or adds, how many parts were new; 0.2 counts them as tokens.
"""

from __future__ import annotations

from typing import Any

__all__ = ("add_field", "add_function_call", "add_tool_call")


def add_field(chunk: object, gathered: dict[str, Any], field: str) -> int:
    """Add one field of a chunk: texts grow, anything else is replaced.

    Args:
        chunk: a part of a delta.
        gathered: what has come so far; it is edited in place.
        field: the name of the field.

    Returns:
        1 if the chunk has the field, else 0.
    """
    new = getattr(chunk, field, None)
    if new is None:
        return 0
    before = gathered.get(field)
    gathered[field] = before + new if isinstance(new, str) and isinstance(before, str) else new
    return 1


def add_function_call(chunk: object, gathered: dict[str, Any] | None, tokens: int) -> tuple[dict[str, Any], int]:
    """Add the parts of a function call.

    Args:
        chunk: with ``name`` and ``arguments``, of which each may be None.
        gathered: the call so far, which is edited in place; None begins a new one.
        tokens: how many parts have been counted so far.

    Returns:
        The call, and the new count.

    Raises:
        RuntimeError: neither the chunk nor the call so far holds anything.
    """
    call = {} if gathered is None else gathered
    tokens += add_field(chunk, call, "name") + add_field(chunk, call, "arguments")
    if not call:
        raise RuntimeError("Function call is not found, this should not happen.")
    return call, tokens


def add_tool_call(chunk: object, gathered: dict[str, Any] | None, tokens: int) -> tuple[dict[str, Any], int]:
    """Add the parts of a tool call.

    Args:
        chunk: with ``index``, ``id``, ``type`` and ``function``, of which each may be None.
        gathered: the call so far, which is edited in place; None begins a new one.
        tokens: how many parts have been counted so far.

    Returns:
        The call, and the new count.

    Raises:
        RuntimeError: neither the chunk nor the call so far holds anything.
    """
    call = {} if gathered is None else gathered
    tokens += sum(add_field(chunk, call, field) for field in ("index", "id", "type"))
    function = getattr(chunk, "function", None)
    if function is not None:
        call["function"], tokens = add_function_call(function, call.get("function"), tokens)
    if not call:
        raise RuntimeError("Tool call is not found, this should not happen.")
    return call, tokens
