"""What is asked of any callable: its name, its docstring, and whether it has to be awaited."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__ = ("check_signature", "docstring_of", "is_asynchronous", "name_of")


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function; of a partial one, what it calls; of another object, its class.

    Args:
        function: any callable.
    """
    called = _called(function)
    return str(getattr(called, "__name__", type(called).__name__))


def docstring_of(function: Callable[..., Any]) -> str:
    """The docstring of a function; of a partial one, that of what it calls; "" without one.

    Args:
        function: any callable.
    """
    called = _called(function)
    return (called.__doc__ or "") if inspect.isroutine(called) else ""


def _called(function: Callable[..., Any]) -> Callable[..., Any]:
    return function.func if isinstance(function, functools.partial) else function


def is_asynchronous(function: Callable[..., Any]) -> bool:
    """Tell whether what a call returns has to be awaited.

    Args:
        function: a function, or an object that can be called.
    """
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - its own method is asked for
    )


def check_signature(function: Callable[..., Any]) -> None:
    """Refuse a function that does not tell its parameters.

    Args:
        function: any callable.

    Raises:
        TypeError: it is built into Python.
    """
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        raise TypeError(
            f"The parameters of {getattr(function, '__name__', function)} cannot be found out, because it is built "
            "into Python. Write a function with annotated parameters that calls it."
        ) from None
