"""Settings of transforms, checked once for all of them."""

from __future__ import annotations

import math

__all__ = ("limit",)


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
