"""Context variables for tools of older programs, which take them as a plain dict."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_origin

from ..._core.callables import is_asynchronous
from ...function_utils import get_typed_signature
from ...tools.dependency_injection import fill_parameters_of_type

if TYPE_CHECKING:
    from ..._core.party import Party

__all__ = ("taking_dict_of_variables",)

_NAME = "context_variables"


class _DictOfVariables(dict[str, Any]):
    """A copy of the context variables."""


def _copy_for_tool(agent: Party) -> _DictOfVariables:
    return _DictOfVariables(agent.context_variables.to_dict())  # type: ignore[attr-defined]


fill_parameters_of_type(_DictOfVariables, _copy_for_tool)


def taking_dict_of_variables(function: Callable[..., Any]) -> Callable[..., Any]:
    """Have the parameter ``context_variables: dict`` of a function filled in, so that no model sees it.

    Args:
        function: the function.

    Returns:
        A function with the same signature, name and documentation, whose parameter is marked; or the same function if
        it has none of that name and type.
    """
    signature = get_typed_signature(function)
    parameter = signature.parameters.get(_NAME)
    if parameter is None or dict not in (parameter.annotation, get_origin(parameter.annotation)):
        return function
    if is_asynchronous(function):

        @functools.wraps(function)
        async def a_call(*args: Any, **kwargs: Any) -> object:
            return await function(*args, **kwargs)

        call: Callable[..., Any] = a_call
    else:

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> object:
            return function(*args, **kwargs)

    parameters = [
        one.replace(annotation=_DictOfVariables) if one.name == _NAME else one for one in signature.parameters.values()
    ]
    call.__signature__ = inspect.signature(function).replace(parameters=parameters)  # type: ignore[attr-defined]
    return call
