"""Parameters of tools that the program fills in: a model neither sees them nor can set them."""

from __future__ import annotations

import functools
import inspect
import sys
from abc import ABC
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, TypeVar, Union, get_args, get_origin

from .._core.callables import is_asynchronous, name_of
from ..function_utils import get_typed_signature
from ._arguments import Arguments, converter

if TYPE_CHECKING:
    from .._core.messages import Message
    from .._core.party import Agent, Party

__all__ = (
    "BaseContext",
    "ChatContext",
    "Depends",
    "Field",
    "fill_parameters_of_type",
    "get_context_params",
    "has_injected_parameters",
    "inject_params",
    "on",
    "remove_params",
)

T = TypeVar("T")


class BaseContext(ABC):  # noqa: B024 - as in AG2, nothing has to be overridden
    """What a program knows and a model does not: derive from it, and give an instance to `Depends`."""


class ChatContext(BaseContext):
    """The chat in which a tool runs. A parameter of this type is filled in wherever an agent runs the tool."""

    def __init__(self, agent: Party) -> None:
        """Look at an agent's chats.

        Args:
            agent: the agent that runs the tool.
        """
        self._agent = agent

    @property
    def chat_messages(self) -> dict[Agent, list[Message]]:
        """The conversations of the agent that runs the tool, by partner."""
        return self._agent.chat_messages

    @property
    def last_message(self) -> Message | None:
        """The message that calls the tool; without one, the last of the latest conversation, or None."""
        latest = [messages[-1] for messages in self._agent.chat_messages.values() if messages]
        calling = [message for message in latest if message.get("tool_calls") or message.get("function_call")]
        return next(reversed(calling or latest), None)


class Field:
    """The description of a parameter, for ``Annotated[int, Field("how many")]``."""

    def __init__(self, description: str) -> None:
        """Describe a parameter.

        Args:
            description: what it is, for the model.
        """
        self._description = description

    @property
    def description(self) -> str:
        """What the parameter is."""
        return self._description


def on(x: T) -> Callable[[], T]:
    """Make a function that returns a value.

    Args:
        x: the value.

    Returns:
        A function without parameters.
    """

    def value() -> T:
        return x

    return value


def Depends(x: T | Callable[..., T]) -> T:
    """Say where a parameter of a tool comes from, as its default or within ``Annotated``.

    Args:
        x: the value, such as an instance of a `BaseContext`; or a function that makes it for each call. Parameters
            of such a function that have the names of the tool's parameters get what these get; it may depend on
            further ones, and what stands behind its ``yield`` runs after the tool.

    Returns:
        A mark that the package ``fast_depends`` reads; for type checkers, the value.
    """
    from fast_depends import Depends as depends_on

    mark: T = depends_on(x if callable(x) and not isinstance(x, BaseContext) else on(x))
    return mark


_FILLED: dict[type, Callable[[Party], object]] = {ChatContext: ChatContext}


def fill_parameters_of_type(annotation: type[T], make: Callable[[Party], T]) -> None:
    """Have every tool's parameters of a type filled in.

    Args:
        annotation: the type, which no model can give.
        make: from the agent that runs the tool to what it gets.
    """
    _FILLED[annotation] = make


def get_context_params(func: Callable[..., Any], subclass: type[BaseContext] | type[ChatContext]) -> list[str]:
    """Find the parameters that are contexts.

    Args:
        func: a function.
        subclass: `BaseContext`, or a class derived from it.

    Returns:
        The names of the parameters annotated with this class or one derived from it, in their order.
    """
    return [
        name
        for name, parameter in get_typed_signature(func).parameters.items()
        if _type_within(parameter.annotation, subclass) is not None
    ]


def remove_params(func: Callable[..., Any], sig: inspect.Signature, params: Iterable[str]) -> None:
    """Hide parameters of a function from those who ask for its signature.

    Args:
        func: the function; it is changed.
        sig: its signature.
        params: the names to hide.
    """
    hidden = set(params)
    kept = [parameter for name, parameter in sig.parameters.items() if name not in hidden]
    func.__signature__ = sig.replace(parameters=kept)  # type: ignore[attr-defined]


def has_injected_parameters(function: Callable[..., Any]) -> bool:
    """Tell whether a program fills in parameters of a function.

    Args:
        function: the function.
    """
    return bool(_injected(get_typed_signature(function)))


def inject_params(f: Callable[..., Any], *, agent: Party | None = None, name: str | None = None) -> Callable[..., Any]:
    """Wrap a function so that its arguments are checked, and the parameters that are not the model's filled in.

    Args:
        f: the function; it may be asynchronous.
        agent: who runs it; without one, a parameter such as a `ChatContext` must have a default.
        name: what errors call it, which models read; None takes the name of the function.

    Returns:
        A function without the filled parameters in its signature. Arguments are converted as the annotations say
        ("3" to 3, dicts to models), unknown ones ignored.

    Raises:
        TypeError: a parameter is a `BaseContext`, but nothing says where it comes from; or a type that pydantic
            cannot check.
    """
    signature = get_typed_signature(f)
    injected = _injected(signature)
    _check_that_all_can_be_filled(f, signature, injected)
    visible = inspect.Signature(
        [parameter for name, parameter in signature.parameters.items() if name not in injected],
        return_annotation=inspect.signature(f).return_annotation,
    )
    convert = converter(name or name_of(f), visible)
    target = _filling(f, signature, injected, agent) if injected else f

    def arguments_for_target(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        args, kwargs = convert(args, {name: value for name, value in kwargs.items() if name not in injected})
        if not injected:
            return args, kwargs
        return (), {**dict(zip(visible.parameters, args, strict=False)), **kwargs}

    if is_asynchronous(f):

        @functools.wraps(f)
        async def a_run(*args: Any, **kwargs: Any) -> object:
            args, kwargs = arguments_for_target(args, kwargs)
            return await target(*args, **kwargs)

        run: Callable[..., Any] = a_run
    else:

        @functools.wraps(f)
        def run(*args: Any, **kwargs: Any) -> object:
            args, kwargs = arguments_for_target(args, kwargs)
            return target(*args, **kwargs)

    run.__signature__ = visible  # type: ignore[attr-defined]
    return run


def _injected(signature: inspect.Signature) -> set[str]:
    """The names of the parameters that a program fills in.

    Raises:
        TypeError: an annotation marks one by a name that cannot be found.
    """
    for name, parameter in signature.parameters.items():
        unresolved = parameter.annotation
        if isinstance(unresolved, ForwardRef) and "Depends(" in unresolved.__forward_arg__:
            raise TypeError(
                f"What the parameter {name!r} depends on cannot be found: {unresolved.__forward_arg__}. Define it "
                f"outside of functions, or mark the parameter by its default, {name}=Depends(...)."
            )
    return {
        name
        for name, parameter in signature.parameters.items()
        if _is_dependency(parameter)
        or any(_type_within(parameter.annotation, kind) for kind in (BaseContext, *_FILLED))
    }


def _is_dependency(parameter: inspect.Parameter) -> bool:
    """Whether a parameter is marked by `Depends`; if the package has not been loaded, nobody has marked any."""
    if "fast_depends" not in sys.modules:
        return False
    from fast_depends.dependencies import Dependant

    extras = get_args(parameter.annotation)[1:] if get_origin(parameter.annotation) is Annotated else ()
    return any(isinstance(mark, Dependant) for mark in (parameter.default, *extras))


def _type_within(annotation: object, kind: type) -> type | None:
    """The class derived from a kind that an annotation names, also as ``Annotated[...]`` or ``... | None``."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, kind) else None
    if get_origin(annotation) is Annotated:
        return _type_within(get_args(annotation)[0], kind)
    if get_origin(annotation) in _UNIONS:
        return next((found for part in get_args(annotation) if (found := _type_within(part, kind))), None)
    return None


_UNIONS = (Union, type(int | None))


def _maker_for(parameter: inspect.Parameter) -> Callable[[Party], object] | None:
    """What fills in a parameter by its type alone."""
    return next((make for kind, make in _FILLED.items() if _type_within(parameter.annotation, kind)), None)


def _check_that_all_can_be_filled(f: Callable[..., Any], signature: inspect.Signature, injected: set[str]) -> None:
    for name in injected:
        parameter = signature.parameters[name]
        has_default = parameter.default is not inspect.Parameter.empty
        if not (has_default or _is_dependency(parameter) or _maker_for(parameter)):
            raise TypeError(
                f"The parameter {name!r} of {name_of(f)!r} is a context, but nothing says where it comes from. "
                f"Write {name}: Annotated[..., Depends(value)] or {name}=Depends(value)."
            )


def _filling(
    f: Callable[..., Any], signature: inspect.Signature, injected: set[str], agent: Party | None
) -> Callable[..., Any]:
    """A function of what the model gives, all by name, that has ``fast_depends`` find the rest."""
    from fast_depends import Depends as depends_on
    from fast_depends import inject

    def with_source(parameter: inspect.Parameter) -> inspect.Parameter:
        make = _maker_for(parameter)
        if parameter.name not in injected:  # it has been checked, and its description is no type to look up
            return parameter.replace(annotation=Any)
        if _is_dependency(parameter) or make is None:
            return parameter
        source: Callable[[], object]
        if agent is not None:
            source = functools.partial(make, agent)
        elif parameter.default is parameter.empty:
            source = functools.partial(_refuse_without_agent, name_of(f), parameter.name)
        else:
            return parameter
        return parameter.replace(default=depends_on(source), annotation=Any)

    by_name = [
        with_source(parameter).replace(
            kind=parameter.kind if parameter.kind is parameter.VAR_KEYWORD else parameter.KEYWORD_ONLY
        )
        for parameter in signature.parameters.values()
        if parameter.kind is not parameter.VAR_POSITIONAL
    ]

    def call(**arguments: Any) -> object:
        return f(**arguments)

    async def a_call(**arguments: Any) -> object:
        return await f(**arguments)

    shim: Any = a_call if is_asynchronous(f) else call
    shim.__signature__ = inspect.Signature(by_name)
    try:
        solve: Callable[..., Any] = inject(shim, cast=False)
    except AssertionError as error:
        raise TypeError(
            f"The function {name_of(f)!r} depends on an asynchronous function, so it must be asynchronous too: write "
            f"async def {name_of(f)}. ({error})"
        ) from error
    return solve


def _refuse_without_agent(function: str, parameter: str) -> None:
    raise TypeError(
        f"The parameter {parameter!r} of {function!r} tells about the agent that runs it, but no agent does: register "
        "the tool with one."
    )
