"""What programs give to capabilities and transforms, checked once for all of them."""

from __future__ import annotations

import math

__all__ = ("check_methods", "limit")


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
        raise TypeError(f"{given!r} is not a {name}, because it has no method {' or '.join(missing)}.")
    if isinstance(given, type):
        raise TypeError(
            f"{given.__name__} is a class. Give a {name} that is made of it, as in {given.__name__}(), with its "
            "arguments if it takes any."
        )


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
    if not isinstance(given, (int, float)) or isinstance(given, bool):
        raise TypeError(f"{name} must be a number or None, but it is {given!r} ({type(given).__name__}).")
    if not math.isfinite(given) or given < least:
        raise ValueError(f"{name} must be None or at least {least}, but it is {given}.")
    return int(given)
