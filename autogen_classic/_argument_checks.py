"""Arguments of constructors and functions, checked by the annotations before anything is done with them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, ParamSpec, SupportsIndex, TypeVar

from pydantic import BeforeValidator, Field, GetPydanticSchema, TypeAdapter, ValidationError
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

from ._secrets import is_secret_name, shown_without_keys
from .function_utils import get_typed_annotation

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ("Count", "Number", "Port", "Seconds", "Text", "Texts", "WebAddress", "arguments_checked", "check_value")

GivenT = ParamSpec("GivenT")
ResultT = TypeVar("ResultT")


def _without_numpy(given: object) -> object:
    return int(given) if isinstance(given, SupportsIndex) and not isinstance(given, bool) else given


def _without_digits(given: object) -> object:
    return int(given) if isinstance(given, str) and given.strip().isdecimal() else given


Number = Annotated[int, Field(strict=True), BeforeValidator(_without_numpy)]
"""A whole number; also one of NumPy."""
Count = Annotated[Number, Field(ge=1)]
"""A whole number, at least 1."""
Port = Annotated[Number, Field(ge=0, le=65535), BeforeValidator(_without_digits)]
"""Where a server listens; also in digits, as environment variables have it."""
Seconds = Annotated[float, Field(strict=True, gt=0)]
"""A positive number of seconds."""
Text = Annotated[str, Field(min_length=1)]
"""A text that is not empty."""
WebAddress = Annotated[str, Field(pattern="(?i)^https?://[^/]")]
"""A URL of a server."""
Texts = Annotated[Collection[str], GetPydanticSchema(lambda _, handler: handler(list[str]))]
"""Several texts, in a list or another collection; a single one is refused."""

_OUT_OF_RANGE = (
    "greater_than",
    "greater_than_equal",
    "less_than_equal",
    "literal_error",
    "string_pattern_mismatch",
    "string_too_short",
)
_WISHES = {
    "path_type": "be a path",
    "sequence_str": "be a list of texts",
    "string_pattern_mismatch": "begin with http:// or https://",
    "string_too_short": "be a text that is not empty",
}


def arguments_checked(function: Callable[GivenT, ResultT]) -> Callable[GivenT, ResultT]:
    """Let a function refuse arguments that do not fit its annotations, before it begins.

    What fits is passed on as it is, except that digits and numbers of NumPy become numbers of Python. Some values are
    not checked: those whose types pydantic does not know, such as agents; booleans, since anything is true or false;
    and iterators, which a check would use up.

    Args:
        function: a constructor, or a function that is not asynchronous.

    Returns:
        The same, which raises `TypeError` for a value of a wrong type and `ValueError` for one that is out of range;
        both say of which parameter, and what it should be. Values under names that speak of a key are not shown.
    """
    signature = inspect.signature(function)

    @functools.cache  # at the first call, when all names in the annotations are defined
    def checks() -> Mapping[str, TypeAdapter[Any]]:
        names = getattr(function, "__globals__", {})
        found = {name: _adapter_of(one.annotation, names) for name, one in signature.parameters.items()}
        return {name: adapter for name, adapter in found.items() if adapter is not None}

    @functools.wraps(function)
    def checked(*args: GivenT.args, **kwargs: GivenT.kwargs) -> ResultT:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # Python itself says better what is missing
            return function(*args, **kwargs)
        given = bound.arguments
        for name, adapter in checks().items():
            if name in given and not isinstance(given[name], Iterator):
                what = f"{name} of {_name_of(function, args)}"
                given[name] = _checked(what, given[name], adapter, is_secret_name(name))
        return function(*bound.args, **bound.kwargs)

    return checked


def _adapter_of(annotation: object, names: dict[str, Any]) -> TypeAdapter[Any] | None:
    """What checks a parameter; None for one that is not looked at."""
    try:
        kind = get_typed_annotation(annotation, names)
        is_passed_over = kind in (bool, bool | None, inspect.Parameter.empty) or isinstance(kind, ForwardRef)
        return None if is_passed_over else TypeAdapter(kind)
    except (PydanticUndefinedAnnotation, PydanticUserError, TypeError):  # the last for an alias that is a text
        return None


def _name_of(function: Callable[..., object], args: tuple[object, ...]) -> str:
    """What errors call a function: a constructor goes by the name of the class that is made."""
    return type(args[0]).__name__ if function.__name__ == "__init__" else function.__qualname__


def check_value(what: str, given: object, kind: TypeForm[Any]) -> None:
    """Refuse a value that does not fit a type, in the words of `arguments_checked`.

    Args:
        what: which one it is, such as ``"max_steps in agent_kwargs"``.
        given: the value.
        kind: the type.

    Raises:
        TypeError: it is of a wrong type.
        ValueError: it is out of range.
    """
    _checked(what, given, TypeAdapter(kind))


def _checked(what: str, given: object, adapter: TypeAdapter[Any], is_secret: bool = False) -> object:
    """What to pass on of a value that fits: numbers as Python's own, all else as it is."""
    try:
        taken = adapter.validate_python(given)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        # pydantic writes "Input should be a valid string"
        wishes = [_WISHES.get(fault["type"]) or fault["msg"].partition(" should ")[2] for fault in faults]
        kind = ValueError if faults[0]["type"] in _OUT_OF_RANGE else TypeError
        wished = " or ".join(dict.fromkeys(filter(None, wishes)))
        item = next((f"item {step} of " for step in faults[0]["loc"] if isinstance(step, int)), "")
        shown = _shown(faults[0]["input"] if item else given, is_secret)
        raise kind(f"{item}{what} should {wished}, but it is {shown}.") from None
    return taken if isinstance(taken, (int, float)) and not isinstance(given, (int, float)) else given


def _shown(given: object, is_secret: bool) -> str:
    if isinstance(given, (str, int, float, NoneType)) and not (is_secret and given):
        return shown_without_keys(given)
    return f"of type {type(given).__name__}"
