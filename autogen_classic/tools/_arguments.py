"""Arguments that fit the annotations of a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ConfigDict, validate_call
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

__all__ = ("Arguments", "converter")

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
"""Arguments by position and by name."""


def converter(name: str, signature: inspect.Signature) -> Callable[[tuple[Any, ...], Mapping[str, Any]], Arguments]:
    """Make a function that checks and converts arguments by the annotations of a signature.

    Args:
        name: what errors call the function that the arguments are for.
        signature: its signature, with annotations resolved.

    Returns:
        A function from arguments to arguments: "3" becomes 3, a dict a model; names that the signature does not have
        are left out. It raises ``pydantic.ValidationError``.

    Raises:
        TypeError: pydantic cannot check one of the types.
    """

    def collect(*args: Any, **kwargs: Any) -> Arguments:
        bound = signature.bind(*args, **kwargs)
        return bound.args, bound.kwargs

    parameters = signature.parameters.values()
    collect.__name__ = collect.__qualname__ = name
    collect.__signature__ = signature  # type: ignore[attr-defined]
    collect.__annotations__ = {one.name: one.annotation for one in parameters if one.annotation is not one.empty}
    try:
        check = validate_call(config=ConfigDict(arbitrary_types_allowed=True))(collect)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        reason = str(error).splitlines()[0]
        raise TypeError(f"The arguments of the function {name!r} cannot be checked. ({reason})") from error
    takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters)

    def convert(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Arguments:
        known = {key: value for key, value in kwargs.items() if takes_all or key in signature.parameters}
        return check(*args, **known)

    return convert
