"""What programs give to the contrib rooms, checked once for all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..._secrets import shown_without_keys

__all__ = ("check_history", "check_kind", "check_methods", "checked_filter", "checked_number", "limit")


def check_kind(name: str, given: object, what: str, *kinds: type) -> None:
    """Refuse a value of a wrong type, before anything is asked and paid for.

    Args:
        name: the parameter or setting.
        given: what the program gave for it; None stands for the default.
        what: what it must be, such as ``"a dict"``.
        *kinds: the types that will do.

    Raises:
        TypeError: it has another one.
    """
    if given is not None and not isinstance(given, kinds):
        raise TypeError(f"{name} must be {what}, but it is {shown_without_keys(given)}.")


def check_methods(name: str, given: object, *methods: str) -> None:
    """Refuse what cannot do what it is given for.

    Args:
        name: what it should be, such as ``"transform"``.
        given: an object of any class that has the methods.
        *methods: the methods.

    Raises:
        TypeError: it lacks one of them, or is a class of which an object is to be made first.
    """
    missing = [method for method in methods if not callable(getattr(given, method, None))]
    if missing:
        raise TypeError(
            f"{shown_without_keys(given)} cannot be the {name}, because it has no method {' or '.join(missing)}."
        )
    if isinstance(given, type):
        raise TypeError(
            f"{given.__name__} is a class. Give an object of it as the {name}, as in {given.__name__}(), with its "
            "arguments if it takes any."
        )


def check_history(messages: object) -> None:
    """Refuse what is not a history, before it is read as one.

    Args:
        messages: what a program gave for it.

    Raises:
        TypeError: it is not a list of messages as dicts.
    """
    is_history = isinstance(messages, (list, tuple)) and all(isinstance(message, Mapping) for message in messages)
    if not is_history:
        raise TypeError(
            'A history is a list of messages, such as [{"role": "user", "content": "Hello."}], but this is '
            f"{messages!r:.80}."
        )


def checked_filter(filter_dict: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Look at a filter of messages when it is given.

    Args:
        filter_dict: what a program gave for it.

    Returns:
        The same.

    Raises:
        TypeError: it is not a dict.
    """
    check_kind("filter_dict", filter_dict, 'a dict such as {"role": ["system"]}', Mapping)
    return filter_dict


def limit(name: str, given: object, least: int) -> int | None:
    """Check a number that limits something.

    Args:
        name: the parameter.
        given: what the program gave for it.
        least: the smallest number that makes sense.

    Returns:
        A whole number, a fraction being cut off; None for None.

    Raises:
        TypeError: it is not a number.
        ValueError: it is smaller than ``least``, or not finite.
    """
    if given is None:
        return None
    number = checked_number(name, given)
    if not math.isfinite(number) or number < least:
        raise ValueError(f"{name} must be None or at least {least}, but it is {given}.")
    return int(number)


def checked_number(name: str, given: object) -> float:
    """Look at a number when it is given.

    Args:
        name: the parameter.
        given: what the program gave for it.

    Returns:
        The same.

    Raises:
        TypeError: it is not a number.
    """
    if not isinstance(given, (int, float)) or isinstance(given, bool):
        raise TypeError(
            f"{name} must be a number or None, but it is {shown_without_keys(given)} ({type(given).__name__})."
        )
    return given
