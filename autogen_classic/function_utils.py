"""From the signature of a function to the JSON schema that a model is shown, and from JSON back to arguments."""

from __future__ import annotations

import functools
import inspect
import json
import logging
import types
from collections.abc import Callable
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Field, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from ._pydantic import type2schema

__all__ = (
    "Function",
    "Parameters",
    "ToolFunction",
    "get_default_values",
    "get_function_schema",
    "get_load_param_if_needed_function",
    "get_missing_annotations",
    "get_param_annotations",
    "get_parameter_json_schema",
    "get_parameters",
    "get_required_params",
    "get_typed_annotation",
    "get_typed_return_annotation",
    "get_typed_signature",
    "load_basemodels_if_needed",
    "serialize_to_str",
)

T = TypeVar("T")

logger = logging.getLogger("autogen.function_utils")


class Parameters(BaseModel):
    """The parameters of a function as JSON schema."""

    type: Literal["object"] = "object"
    properties: dict[str, Any]
    required: list[str]


class Function(BaseModel):
    """A function as a model is shown it."""

    description: Annotated[str, Field(description="Description of the function")]
    name: Annotated[str, Field(description="Name of the function")]
    parameters: Annotated[Parameters, Field(description="Parameters of the function")]


class ToolFunction(BaseModel):
    """A function as a tool."""

    type: Literal["function"] = "function"
    function: Annotated[Function, Field(description="Function under tool")]


# --- The signature --------------------------------------------------------------------------------------------


def get_typed_annotation(annotation: Any, globalns: dict[str, Any]) -> Any:
    """Resolve an annotation that is written as a text.

    Args:
        annotation: an annotation, or a text that stands for one.
        globalns: the names that the text may use.

    Returns:
        The type.

    Raises:
        NameError: for a text that names something unknown.
    """
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return eval(annotation, globalns)  # the text stands in the program's own source
    return annotation


def get_typed_signature(call: Callable[..., Any]) -> inspect.Signature:
    """The signature of a function with all its annotations resolved.

    Args:
        call: the function.
    """
    signature = inspect.signature(call)
    globalns = _names_around(call)
    parameters = [
        parameter.replace(annotation=get_typed_annotation(parameter.annotation, globalns))
        for parameter in signature.parameters.values()
    ]
    return inspect.Signature(parameters)


def get_typed_return_annotation(call: Callable[..., Any]) -> Any:
    """The type that a function returns, or None where it is not annotated.

    Args:
        call: the function.
    """
    annotation = inspect.signature(call).return_annotation
    if annotation is inspect.Signature.empty:
        return None
    return get_typed_annotation(annotation, _names_around(call))


def _names_around(call: Callable[..., Any]) -> dict[str, Any]:
    """The names that the annotations of a function may use: those of its module, and those it closes over."""
    function: Any = inspect.unwrap(getattr(call, "__func__", call))
    function = getattr(function, "func", function)  # functools.partial
    closure = inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
    return {**getattr(function, "__globals__", {}), **closure}


def get_param_annotations(typed_signature: inspect.Signature) -> dict[str, Any]:
    """The annotations of the parameters that have one.

    Args:
        typed_signature: from `get_typed_signature`.
    """
    return {
        name: parameter.annotation
        for name, parameter in typed_signature.parameters.items()
        if parameter.annotation is not inspect.Signature.empty
    }


def get_required_params(typed_signature: inspect.Signature) -> list[str]:
    """The names of the parameters without a default.

    Args:
        typed_signature: from `get_typed_signature`.
    """
    return [
        name
        for name, parameter in typed_signature.parameters.items()
        if parameter.default is inspect.Signature.empty
    ]


def get_default_values(typed_signature: inspect.Signature) -> dict[str, Any]:
    """The defaults of the parameters that have one.

    Args:
        typed_signature: from `get_typed_signature`.
    """
    return {
        name: parameter.default
        for name, parameter in typed_signature.parameters.items()
        if parameter.default is not inspect.Signature.empty
    }


def get_missing_annotations(typed_signature: inspect.Signature, required: list[str]) -> tuple[set[str], set[str]]:
    """The parameters without annotation.

    Args:
        typed_signature: from `get_typed_signature`.
        required: the names of the parameters without a default.

    Returns:
        Those without a default, and those with one.
    """
    missing = {
        name
        for name, parameter in typed_signature.parameters.items()
        if parameter.annotation is inspect.Signature.empty
    }
    return missing & set(required), missing - set(required)


# --- The schema -----------------------------------------------------------------------------------------------


def get_parameter_json_schema(k: str, v: Any, default_values: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of one parameter.

    Args:
        k: its name.
        v: its annotation. ``Annotated[type, "what it is"]`` or a pydantic ``Field(description=...)`` describes it;
            without either, its name does.
        default_values: the defaults of the function.

    Returns:
        The schema with its description and its default.

    Raises:
        ValueError: for an ``Annotated`` whose first extra is neither a text nor a Field.
    """
    schema = type2schema(v)
    if k in default_values:
        schema["default"] = to_jsonable_python(default_values[k])
    schema["description"] = _description(k, v)
    return schema


def _description(name: str, annotation: Any) -> str:
    """What an annotation says of a parameter; its name where it says nothing."""
    if get_origin(annotation) is not Annotated:
        return name
    described = get_args(annotation)[1]
    if isinstance(described, FieldInfo):
        return described.description or name
    if not isinstance(described, str):
        raise ValueError(f"Invalid description {described} for parameter {name}, should be a string.")
    return described


def get_parameters(required: list[str], param_annotations: dict[str, Any], default_values: dict[str, Any]) -> Parameters:
    """The parameters of a function as JSON schema.

    Args:
        required: the names of the parameters without a default.
        param_annotations: the annotations by name.
        default_values: the defaults by name.
    """
    return Parameters(
        properties={
            name: get_parameter_json_schema(name, annotation, default_values)
            for name, annotation in param_annotations.items()
        },
        required=required,
    )


def get_function_schema(f: Callable[..., Any], *, name: str | None = None, description: str) -> dict[str, Any]:
    """The JSON schema of a function as a tool.

    Args:
        f: a function whose parameters are annotated. Those with a default may go without; the model is not told of
            them.
        name: its name for the model; None takes the function's.
        description: what it does.

    Returns:
        The schema that ``tools`` of the chat completions interface takes.

    Raises:
        TypeError: for a parameter that has neither an annotation nor a default.
    """
    signature = get_typed_signature(f)
    required = get_required_params(signature)
    defaults = get_default_values(signature)
    function_name: str = name or getattr(f, "__name__", type(f).__name__)
    if get_typed_return_annotation(f) is None:
        logger.warning(
            "The return type of the function '%s' is not annotated. Although annotating it is optional, the function "
            "should return either a string, a subclass of 'pydantic.BaseModel'.",
            function_name,
        )
    missing, unannotated = get_missing_annotations(signature, required)
    if unannotated:
        logger.warning(
            "The model is not told of these parameters of the function '%s', because they are not annotated: %s.",
            function_name,
            ", ".join(repr(parameter) for parameter in sorted(unannotated)),
        )
    if missing:
        raise TypeError(
            f"All parameters of the function '{function_name}' without default values must be annotated. The "
            f"annotations are missing for the following parameters: "
            f"{', '.join(repr(parameter) for parameter in sorted(missing))}"
        )
    parameters = get_parameters(required, get_param_annotations(signature), defaults)
    function = Function(description=description, name=function_name, parameters=parameters)
    return ToolFunction(function=function).model_dump()


# --- The arguments --------------------------------------------------------------------------------------------


def get_load_param_if_needed_function(t: Any) -> Callable[[Any, Any], Any] | None:
    """How an argument from JSON becomes what a function expects.

    Args:
        t: the annotation of the parameter.

    Returns:
        A function of (argument, type) that builds the pydantic models within, or None where the type has none and
        the argument stays as it is.
    """
    if not _holds_a_model(t):
        return None
    return lambda argument, expected: TypeAdapter(expected).validate_python(argument)


def _holds_a_model(annotation: Any) -> bool:
    if get_origin(annotation) in (Annotated, Union, types.UnionType, list, tuple, dict, set):
        return any(_holds_a_model(part) for part in get_args(annotation))
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def load_basemodels_if_needed(func: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that dicts become the pydantic models that its annotations ask for.

    Args:
        func: the function; it may be asynchronous.

    Returns:
        The function itself where no parameter is a model, else a wrapper with the same name and signature.
    """
    annotations = get_param_annotations(get_typed_signature(func))
    loaders = {
        name: (load, annotation)
        for name, annotation in annotations.items()
        if (load := get_load_param_if_needed_function(annotation)) is not None
    }
    if not loaders:
        return func

    def loaded(args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
        bound = inspect.signature(func).bind(*args, **kwargs)
        for name, (load, annotation) in loaders.items():
            if name in bound.arguments and bound.arguments[name] is not None:
                bound.arguments[name] = load(bound.arguments[name], annotation)
        return bound

    if inspect.iscoroutinefunction(func):

        @functools.wraps(func)
        async def a_load_parameters(*args: Any, **kwargs: Any) -> Any:
            bound = loaded(args, kwargs)
            return await func(*bound.args, **bound.kwargs)

        return a_load_parameters

    @functools.wraps(func)
    def load_parameters(*args: Any, **kwargs: Any) -> Any:
        bound = loaded(args, kwargs)
        return func(*bound.args, **bound.kwargs)

    return load_parameters


def serialize_to_str(x: Any) -> str:
    """What a tool returns, as the text that a model reads.

    Args:
        x: a text (stays as it is), a pydantic model, or anything that JSON can hold.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(x, str):
        return x
    if isinstance(x, BaseModel):
        return x.model_dump_json()
    return json.dumps(x, ensure_ascii=False)
