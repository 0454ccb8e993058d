"""The names of speakers, as the API of OpenAI takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ("fitting_names",)

_REFUSED = re.compile(r"[\s<|\\/>]+")
_LONGEST = 64


def fitting_names(names: Iterable[str | None]) -> dict[str, str]:
    r"""Make names fit that the API would refuse: those with blanks or ``< > | \ /``, empty ones, and long ones.

    Args:
        names: the names that stand in one request. Different ones stay different.

    Returns:
        The new names by the old ones. Names that fit are left out.
    """
    different = dict.fromkeys(name for name in names if name is not None)
    taken = set(filter(_fits, different))
    fitting: dict[str, str] = {}
    if len(taken) == len(different):
        return fitting
    for name in different:
        if not _fits(name):
            fitting[name] = _fitting(name, taken)
            taken.add(fitting[name])
    return fitting


@lru_cache(maxsize=1000)  # the same few names stand in request after request
def _fits(name: str) -> bool:
    return 0 < len(name) <= _LONGEST and _REFUSED.search(name) is None


def _fitting(name: str, taken: set[str]) -> str:
    plain = _REFUSED.sub("_", name) or "_"
    new, number = plain[:_LONGEST], 1
    while new in taken:
        number += 1
        ending = f"_{number}"
        new = plain[: _LONGEST - len(ending)] + ending
    return new
