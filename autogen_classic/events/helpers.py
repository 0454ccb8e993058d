"""Old names for classes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ("deprecated", "deprecated_by")

logger = logging.getLogger("autogen.events")

ClassT = TypeVar("ClassT")


def deprecated_by(
    new_class: type[ClassT],
    param_mapping: Mapping[str, str] | None = None,
    default_params: Mapping[str, Any] | None = None,
) -> Callable[[type[Any]], Callable[..., ClassT]]:
    """Let an old class warn, and make an object of a new one: a decorator.

    Args:
        new_class: the class that stands in its place.
        param_mapping: the new names of parameters by their old ones.
        default_params: what parameters are when they are not given.

    Returns:
        A decorator, which makes a function of the old class.
    """

    def decorate(old_class: type[Any]) -> Callable[..., ClassT]:
        make = deprecated(old_class.__name__, new_class, param_mapping, default_params)
        return functools.wraps(old_class, updated=())(make)

    return decorate


def deprecated(
    old_name: str,
    new_class: type[ClassT],
    param_mapping: Mapping[str, str] | None = None,
    default_params: Mapping[str, Any] | None = None,
) -> Callable[..., ClassT]:
    """Make a function that stands for a class of an old name: it warns, and makes an object of a new class.

    Args:
        old_name: the old name.
        new_class: the class that stands in its place.
        param_mapping: the new names of parameters by their old ones.
        default_params: what parameters are when they are not given.

    Returns:
        The function.
    """
    new_names = dict(param_mapping or {})

    def make(*args: Any, **kwargs: Any) -> ClassT:
        logger.warning(
            "%s is deprecated by %s. Import that from %s instead.", old_name, new_class.__name__, new_class.__module__
        )
        renamed = {new_names.get(name, name): value for name, value in kwargs.items()}
        return new_class(*args, **{**(default_params or {}), **renamed})

    make.__name__ = make.__qualname__ = old_name
    return make
