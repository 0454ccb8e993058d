"""Arguments that fit the annotations of a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.fields import FieldInfo
from typing_extensions import NotRequired, TypedDict

from ..function_utils import get_default_values, get_param_annotations, get_required_params

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
        are left out, and what ``*args`` and ``**kwargs`` take stays as it is. It raises ``pydantic.ValidationError``
        for a value that does not fit, and `TypeError` for too many arguments by position.

    Raises:
        TypeError: pydantic cannot check one of the types.
    """
    parameters = signature.parameters
    named = [key for key, one in parameters.items() if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    more = next((key for key, one in parameters.items() if one.kind is one.VAR_KEYWORD), None)
    check = _checking(name, signature, named)
    fields = {key: value for key, value in get_default_values(signature).items() if _is_field(parameters[key])}

    def convert(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Arguments:
        given = signature.bind_partial(*args).arguments
        fitting = {**fields, **given, **{key: value for key, value in kwargs.items() if key in named}}
        others = {key: fitting.pop(key) for key in given if key not in named}  # by position
        checked = {**check(fitting), **others}
        if more:
            checked[more] = {key: value for key, value in kwargs.items() if key not in named}
        arguments = {key: checked[key] for key in parameters if key in checked}
        bound = inspect.BoundArguments(signature, arguments)
        return bound.args, bound.kwargs

    return convert


def _is_field(parameter: inspect.Parameter) -> bool:
    return isinstance(parameter.default, FieldInfo)


def _checking(
    name: str, signature: inspect.Signature, named: list[str]
) -> Callable[[dict[str, Any]], Mapping[str, Any]]:
    """What checks the named arguments of a function as if they were the fields of a dict."""
    annotations, required = get_param_annotations(signature), get_required_params(signature)
    types = {key: annotations.get(key, Any) for key in named}
    make: Any = TypedDict  # type checkers accept a call with literal fields only
    fields = make(name, {key: kind if key in required else NotRequired[kind] for key, kind in types.items()})
    fields.__pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)
    try:
        adapter: TypeAdapter[Mapping[str, Any]] = TypeAdapter(fields)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        reason = str(error).splitlines()[0]
        raise TypeError(f"The arguments of the function {name!r} cannot be checked. ({reason})") from error
    return adapter.validate_python
