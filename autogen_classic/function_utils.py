"""From the signature of a function to the JSON schema that a model is shown, and from JSON back to arguments."""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import logging
import sys
import types
from collections.abc import Callable, Collection
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError, to_jsonable_python

from ._pydantic import model_dump_json, type2schema

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
    """The parameters of a function as JSON schema.

    Where several properties, or a type within itself, refer to a schema, it stands in ``$defs``.
    """

    model_config = ConfigDict(extra="allow")

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
    """Resolve an annotation that is or contains a text, such as ``Annotated["Currency", "the price"]``.

    Python 3.10 does not see the texts within built-in types (``list["Currency"]``); there, write ``List["Currency"]``.

    Args:
        annotation: an annotation, or a text that stands for one.
        globalns: the names that a text may use.

    Returns:
        The type. If a text names something unknown (perhaps imported for type checkers only), a text becomes a
        ``ForwardRef`` and anything else stays as it is.

    Raises:
        SyntaxError: the text is not an expression.
    """
    if annotation is None:
        return None
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    try:
        return get_type_hints(holder, globalns, include_extras=True)["it"]
    except NameError:
        return ForwardRef(annotation) if isinstance(annotation, str) else annotation


def get_typed_signature(call: Callable[..., Any]) -> inspect.Signature:
    """Get the signature of a function with its annotations resolved.

    Args:
        call: the function.

    Returns:
        The signature without the return annotation.
    """
    known_names = _names_around(call)
    return inspect.Signature(
        [
            parameter.replace(annotation=get_typed_annotation(parameter.annotation, known_names))
            for parameter in _signature(call).parameters.values()
        ]
    )


def get_typed_return_annotation(call: Callable[..., Any]) -> Any:
    """Get the type that a function says it returns.

    Args:
        call: the function.

    Returns:
        The type; None if there is no annotation, or if it is None.
    """
    annotation = _signature(call).return_annotation
    return None if annotation is inspect.Signature.empty else get_typed_annotation(annotation, _names_around(call))


def _signature(call: Callable[..., Any]) -> inspect.Signature:
    if sys.version_info >= (3, 14):  # annotations are evaluated on demand, and may name what does not exist
        import annotationlib

        return inspect.signature(call, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(call)


def _names_around(call: Callable[..., Any]) -> dict[str, Any]:
    """The names that the annotations of a function may use: those of its module, and those it closes over."""
    function: Any = inspect.unwrap(call)
    function = function.func if isinstance(function, functools.partial) else function
    if not hasattr(function, "__globals__"):
        function = getattr(function, "__call__", function)  # noqa: B004 - of an object that can be called
    function = getattr(function, "__func__", function)
    names = dict(getattr(function, "__globals__", {}))
    if not inspect.isfunction(function):
        return names
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # not assigned yet: a function that is being decorated calls itself
            names[name] = cell.cell_contents
    return names


def get_param_annotations(typed_signature: inspect.Signature) -> dict[str, Any]:
    """Get the annotations of the parameters that have one.

    Args:
        typed_signature: from `get_typed_signature`.

    Returns:
        The annotations by parameter name. A pydantic ``Field(...)`` that stands as a default belongs to them.
    """
    return {
        name: Annotated[parameter.annotation, parameter.default]
        if isinstance(parameter.default, FieldInfo)
        else parameter.annotation
        for name, parameter in typed_signature.parameters.items()
        if parameter.annotation is not inspect.Signature.empty
    }


def get_required_params(typed_signature: inspect.Signature) -> list[str]:
    """Get the names of the parameters without a default.

    Args:
        typed_signature: from `get_typed_signature`.

    Returns:
        The names in the order of the signature; ``*args`` and ``**kwargs`` count as parameters, as in v0.2.
    """
    return [
        name
        for name, parameter in typed_signature.parameters.items()
        if _default_of(parameter) is inspect.Signature.empty
    ]


def get_default_values(typed_signature: inspect.Signature) -> dict[str, Any]:
    """Get the defaults of the parameters that have one.

    Args:
        typed_signature: from `get_typed_signature`.

    Returns:
        The defaults by parameter name; of a pydantic ``Field(default="here")``, what it holds.
    """
    return {
        name: default
        for name, parameter in typed_signature.parameters.items()
        if (default := _default_of(parameter)) is not inspect.Signature.empty
    }


def _default_of(parameter: inspect.Parameter) -> object:
    """The default of a parameter; ``inspect.Signature.empty`` if it does not have one."""
    if not isinstance(parameter.default, FieldInfo):
        return parameter.default
    if parameter.default.is_required():
        return inspect.Signature.empty
    return parameter.default.get_default(call_default_factory=True)


def get_missing_annotations(typed_signature: inspect.Signature, required: list[str]) -> tuple[set[str], set[str]]:
    """Find the parameters without an annotation.

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
    """Make the JSON schema of one parameter.

    Args:
        k: its name.
        v: its annotation. ``Annotated[type, "what it is"]`` or a pydantic ``Field(description=...)`` describes it;
            without either, its name does.
        default_values: the defaults of the function.

    Returns:
        The schema with its description, its default, and the ``$defs`` that it refers to.

    Raises:
        ValueError: an ``Annotated`` holds neither a text nor a Field.
        TypeError: the type has no JSON schema, or its name is unknown.
    """
    return _schema_of(k, v, default_values, type2schema)


def _schema_of(
    k: str, v: Any, default_values: dict[str, Any], schema_of_type: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    description = _description(k, v)
    try:
        schema = schema_of_type(v)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        raise TypeError(
            f"The type of parameter {k!r} cannot be shown to a model: {v!r}. Use a type that JSON can express, defined "
            f"where the function can see it. ({str(error).splitlines()[0]})"
        ) from error
    if k in default_values:
        default = default_values[k]
        schema["default"] = default.model_dump() if isinstance(default, BaseModel) else default
    schema["description"] = description
    return schema


def _description(name: str, annotation: object) -> str:
    """What an annotation says about a parameter; its name if it says nothing."""
    if get_origin(annotation) is not Annotated:
        return name
    extras = get_args(annotation)[1:]
    for extra in extras:
        if isinstance(extra, str):
            return extra
        if isinstance(described := getattr(extra, "description", None), str) and described:
            return described
    if any(isinstance(extra, FieldInfo) for extra in extras):
        return name
    raise ValueError(
        f"Invalid description {extras[0]} for parameter {name}, should be a string: Annotated[type, 'what it is']."
    )


def get_parameters(
    required: list[str], param_annotations: dict[str, Any], default_values: dict[str, Any]
) -> Parameters:
    """Make the JSON schema of the parameters of a function.

    Args:
        required: the names of the parameters without a default.
        param_annotations: the annotations by name.
        default_values: the defaults by name.

    Returns:
        A schema of an object with a property for each annotated parameter. What the properties refer to stands in
        ``$defs`` of the object, because ``#/$defs/...`` starts there.
    """
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for name, annotation in param_annotations.items():
        schema = get_parameter_json_schema(name, annotation, default_values)
        own = schema.pop("$defs", {})
        if any(definitions.get(model, definition) != definition for model, definition in own.items()):
            # another type has the name: these are named after their parameter too
            schema = _schema_of(name, annotation, default_values, functools.partial(_type2schema_within, name))
            own = {f"{name}.{model}": definition for model, definition in schema.pop("$defs").items()}
        properties[name] = schema
        definitions |= own
    named = {"$defs": definitions} if definitions else {}
    return Parameters.model_validate({"properties": properties, "required": required, **named})


def _type2schema_within(parameter: str, annotation: Any) -> dict[str, Any]:
    """The schema of a type, which refers to definitions by the name of a parameter and their own."""
    return TypeAdapter(annotation).json_schema(ref_template=f"#/$defs/{parameter}.{{model}}")


def get_function_schema(f: Callable[..., Any], *, name: str | None = None, description: str) -> dict[str, Any]:
    """Make the JSON schema of a function as a tool.

    Args:
        f: a function whose parameters are annotated. Those with a default need not be, but then the model is not
            told about them.
        name: its name for the model; None takes the function's.
        description: what it does.

    Returns:
        The schema that ``tools`` of the chat completions interface takes.

    Raises:
        TypeError: a parameter has neither an annotation nor a default, or a type without a JSON schema.
        ValueError: the description of a parameter is not a text, or JSON cannot hold its default (such as infinity).
    """
    signature = get_typed_signature(f)
    required = get_required_params(signature)
    function_name = name or str(getattr(f, "__name__", type(f).__name__))
    missing, unannotated = get_missing_annotations(signature, required)
    if missing:
        raise TypeError(
            f"All parameters of the function '{function_name}' without default values must be annotated. The "
            f"annotations are missing for the following parameters: "
            f"{', '.join(repr(parameter) for parameter in sorted(missing))}{_advice_for_a_method(f, missing)}"
        )
    if _signature(f).return_annotation is inspect.Signature.empty:
        logger.warning(
            "The return type of the function '%s' is not annotated. It need not be, but the function should return a "
            "text, a pydantic model, or something that JSON can hold.",
            function_name,
        )
    if unannotated:
        logger.warning(
            "The model is not told of these parameters of the function '%s', because they are not annotated: %s.",
            function_name,
            ", ".join(repr(parameter) for parameter in sorted(unannotated)),
        )
    annotations, defaults = get_param_annotations(signature), get_default_values(signature)
    function = Function(
        description=description, name=function_name, parameters=get_parameters(required, annotations, defaults)
    )
    try:
        tool: dict[str, Any] = _as_json(ToolFunction(function=function).model_dump())
    except ValueError as error:
        for parameter, annotation in annotations.items():
            schema = get_parameter_json_schema(parameter, annotation, defaults)
            if not _fits_json(schema):
                culprit = "a value in its type" if _fits_json(schema.get("default")) else "its default"
                raise ValueError(
                    f"Parameter {parameter!r} of the function {function_name!r} cannot be shown to a model, because "
                    f"JSON cannot hold {culprit}: {schema}. Take another value, such as None. ({error})"
                ) from error
        raise
    return tool


def _advice_for_a_method(f: Callable[..., Any], missing: Collection[str]) -> str:
    """What to do about a method that was taken from a class, not from an object."""
    owner, _, method = str(getattr(f, "__qualname__", "")).rpartition(".")
    if "self" not in missing or not owner or owner.endswith("<locals>"):
        return ""
    class_name = owner.rpartition(".")[2]
    return f". It is a method of the class {class_name}: give the method of an object, {class_name}().{method}."


def _as_json(value: Any) -> Any:
    """Turn values such as enum members and dates into JSON.

    Raises:
        ValueError: JSON cannot hold one of them.
    """
    as_json = to_jsonable_python(value)
    json.dumps(as_json, allow_nan=False)
    return as_json


def _fits_json(value: object) -> bool:
    try:
        _as_json(value)
    except ValueError:
        return False
    return True


# --- The arguments --------------------------------------------------------------------------------------------


def get_load_param_if_needed_function(t: Any) -> Callable[[Any, Any], Any] | None:
    """Find out how an argument from JSON becomes what a parameter expects.

    A pydantic model, plain or ``Annotated``, is built from its dict. Models within other types (``list[Model]``,
    ``Model | None``) stay dicts, because functions written for AutoGen v0.2 expect dicts there.

    Args:
        t: the annotation of the parameter.

    Returns:
        A function of (argument, annotation) that returns the model, or None if the argument stays as it is.
    """
    expected = _without_extras(t)
    is_class = isinstance(expected, type) and get_origin(expected) is None  # to Python 3.10, list[int] is a type
    return _load_model if is_class and issubclass(expected, BaseModel) else None


def _load_model(argument: Any, annotation: Any) -> Any:
    return _without_extras(annotation).model_validate(argument)


def _without_extras(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def load_basemodels_if_needed(func: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that dicts become the pydantic models that its annotations ask for.

    A parameter with a pydantic ``Field(default=...)`` as its default gets what the field holds.

    Args:
        func: the function; it may be asynchronous.

    Returns:
        The function itself if no parameter is a model or has a field, otherwise a wrapper with the same name,
        docstring and signature.
    """
    signature = get_typed_signature(func)
    loaders = {
        name: (load, parameter)
        for name, parameter in signature.parameters.items()
        if (load := get_load_param_if_needed_function(parameter.annotation)) is not None
    }
    fields = {
        name: parameter for name, parameter in signature.parameters.items() if isinstance(parameter.default, FieldInfo)
    }
    if not loaders and not fields:
        return func
    positional = [
        parameter.name for parameter in signature.parameters.values() if parameter.kind in _FILLED_BY_POSITION
    ]

    def loaded(name: str, argument: object) -> object:
        if name not in loaders:
            return argument
        load, parameter = loaders[name]
        return argument if argument is parameter.default else load(argument, parameter.annotation)

    def load_all(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        first = [loaded(name, argument) for name, argument in zip(positional, args, strict=False)]
        named = {name: loaded(name, argument) for name, argument in kwargs.items()}
        for name in fields.keys() - named.keys() - set(positional[: len(first)]):
            named[name] = _default_of(fields[name])
            if named[name] is inspect.Signature.empty:
                raise TypeError(f"{getattr(func, '__name__', 'The tool')}() misses its argument {name!r}.")
        return [*first, *args[len(first) :]], named

    if inspect.iscoroutinefunction(func):

        @functools.wraps(func)
        async def a_load_parameters(*args: Any, **kwargs: Any) -> Any:
            args_with_models, kwargs_with_models = load_all(args, kwargs)
            return await func(*args_with_models, **kwargs_with_models)

        return a_load_parameters

    @functools.wraps(func)
    def load_parameters(*args: Any, **kwargs: Any) -> Any:
        args_with_models, kwargs_with_models = load_all(args, kwargs)
        return func(*args_with_models, **kwargs_with_models)

    return load_parameters


_FILLED_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def serialize_to_str(x: object) -> str:
    """Turn what a tool returns into the text that a model reads.

    Args:
        x: a text (stays as it is), a pydantic model, or anything else that JSON can hold, with models, dataclasses,
            dates, enum members and sets inside. Results from outside know themselves how a model is to read them.

    Returns:
        The text, or JSON.

    Raises:
        TypeError: JSON cannot hold it.
    """
    for_model = getattr(type(x), "_classic_for_model", None)
    if for_model is not None:
        return str(for_model(x))
    if isinstance(x, str):
        return x
    if isinstance(x, BaseModel):
        return model_dump_json(x)
    return json.dumps(x, ensure_ascii=False, default=_jsonable)


def _jsonable(x: object) -> object:
    try:
        return to_jsonable_python(x)
    except PydanticSerializationError as error:
        raise TypeError(
            f"Object of type {type(x).__name__} is not JSON serializable. A tool returns a text, a pydantic model, "
            "or something that JSON can hold."
        ) from error
