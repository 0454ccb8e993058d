"""The tools of an agent: which ones its model knows, and which ones it can run."""

from __future__ import annotations

import functools
import inspect
import logging
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar, cast

from .._core.events import FunctionUsed, emit, is_heard
from .._core.party import Party, described, is_agent
from ..errors import with_note

__all__ = (
    "can_execute_function",
    "register_for_execution",
    "register_for_llm",
    "register_function",
    "register_function_map",
    "taking_json_values",
    "update_signature",
)

F = TypeVar("F", bound=Callable[..., Any])

logger = logging.getLogger("autogen.agentchat.conversable_agent")


def register_function(
    f: Callable[..., Any], *, caller: Party, executor: Party, name: str | None = None, description: str
) -> None:
    """Let one agent's model call a function, and another agent run it.

    Args:
        f: the function, with annotated parameters; it may be asynchronous.
        caller: the agent whose model may call it.
        executor: the agent who runs it.
        name: its name for the model; None takes the function's.
        description: what it does.

    Raises:
        ValueError: for a name that providers refuse.
        AttributeError: for a caller or executor that is not an agent, or a tool that is not a function.
        TypeError: for a parameter without an annotation.
    """
    _check_that_it_is_an_agent(caller, "caller")
    _check_that_it_is_an_agent(executor, "executor")
    registered = register_for_llm(caller, name=name, description=description, api_style="tool")(f)
    register_for_execution(executor, name=name)(registered)


def register_for_llm(
    agent: Party, *, name: str | None, description: str | None, api_style: Literal["function", "tool"]
) -> Callable[[F], F]:
    """See `ConversableAgent.register_for_llm`."""

    def decorate(function: F) -> F:
        from ..function_utils import get_function_schema

        _check_that_it_is_a_function(function)
        function = _with_name_and_description(function, name, description)
        known_as: str = function._name  # type: ignore[attr-defined]
        known_for = function._description  # type: ignore[attr-defined]
        if known_for is None:
            raise with_note(
                ValueError("Function description is required, none found."),
                f"Pass description=... when you register {known_as!r}.",
            )
        schema = get_function_schema(function, name=known_as, description=known_for)
        if api_style == "tool":
            update_signature(agent, "tool", schema, is_remove=False)
        elif api_style == "function":
            update_signature(agent, "function", schema["function"], is_remove=False)
        else:
            raise ValueError(f"Unsupported API style: {api_style}. It must be 'tool' or 'function'.")
        return function

    return decorate


def register_for_execution(agent: Party, name: str | None = None) -> Callable[[F], F]:
    """See `ConversableAgent.register_for_execution`."""

    if callable(name):  # beginners forget the parentheses
        warnings.warn(  # type: ignore[unreachable]
            f"register_for_execution was used without parentheses, so {getattr(name, '__name__', name)} is not "
            "registered. Write @agent.register_for_execution().",
            stacklevel=3,
        )

    def decorate(function: F) -> F:
        _check_that_it_is_a_function(function)
        function = _with_name_and_description(function, name, None)
        runnable = taking_json_values(function, user=agent)
        agent.register_function({function._name: runnable})  # type: ignore[attr-defined]
        return function

    return decorate


def _check_that_it_is_a_function(function: object) -> None:
    if not callable(function):
        raise AttributeError(f"A tool must be a function, but it is {function!r} ({type(function).__name__}).")
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        raise TypeError(
            f"The parameters of {getattr(function, '__name__', function)} cannot be found out, because it is built "
            "into Python. Write a function with annotated parameters that calls it."
        ) from None


def _check_that_it_is_an_agent(agent: object, part: str) -> None:
    if not is_agent(agent, "register_for_llm"):
        raise AttributeError(f"The {part} of a tool must be an agent, but it is {described(agent)}.")


def _with_name_and_description(function: F, name: str | None, description: str | None) -> F:
    """Store on a function the name and description it was registered with, for the next decorator."""
    unwrapped = function.func if isinstance(function, functools.partial) else function
    own_name = getattr(unwrapped, "__name__", type(unwrapped).__name__)
    name = name or getattr(function, "_name", None) or own_name
    description = description or getattr(function, "_description", None)
    for part, text in (("name", name), ("description", description)):
        if not isinstance(text, (str, type(None))):
            raise ValueError(f"The {part} of the tool {own_name!r} must be a text, but it is {text!r}.")
    try:
        function._name, function._description = name, description  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # bound methods and built-in types take no attributes
        wrapper = _wrapper_of(function, function)
        wrapper._name, wrapper._description = name, description
        function = wrapper
    return function


def taking_json_values(function: F, user: Party | None = None) -> F:
    """Wrap a function so that it takes what JSON gives, and returns a text.

    Args:
        function: any callable. What it returns is awaited if that is possible, whatever the callable looks like.
        user: the agent that runs it, for those who listen; None tells nobody.

    Returns:
        A function, a coroutine function for one, which keeps ``function`` as its attribute ``_origin``.
    """
    from ..function_utils import load_basemodels_if_needed, serialize_to_str

    with_models = load_basemodels_if_needed(function)

    def text_of(returned: object, arguments: dict[str, Any]) -> str:
        if user is not None and is_heard(FunctionUsed):
            emit(FunctionUsed(user, function, arguments, returned))
        return serialize_to_str(returned)

    async def awaited_text_of(outcome: Awaitable[object], arguments: dict[str, Any]) -> str:
        return text_of(await outcome, arguments)

    runnable: Any
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None)):  # noqa: B004

        @functools.wraps(function)
        async def runnable(*args: Any, **kwargs: Any) -> str:
            return await awaited_text_of(with_models(*args, **kwargs), kwargs)

    else:

        @functools.wraps(function)
        def runnable(*args: Any, **kwargs: Any) -> str | Awaitable[str]:
            outcome = with_models(*args, **kwargs)
            return awaited_text_of(outcome, kwargs) if inspect.isawaitable(outcome) else text_of(outcome, kwargs)

    runnable._origin = function
    return cast(F, runnable)


def _wrapper_of(function: Any, call: Callable[..., Any]) -> Any:
    """A plain function, which can carry attributes, around any callable."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def a_wrapper(*args: Any, **kwargs: Any) -> Any:
            return await call(*args, **kwargs)

        return a_wrapper

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    return wrapper


def register_function_map(agent: Party, function_map: dict[str, Any]) -> None:
    """See `ConversableAgent.register_function`."""
    if not isinstance(function_map, Mapping):
        raise AttributeError(
            f'The functions of {agent.name} must be given by name, as {{"name": function}}, not as {function_map!r}.'
        )
    for name in function_map:
        agent._assert_valid_name(name)  # all before the first is registered, so that a bad name changes nothing
    for name, function in function_map.items():
        if function is None:
            if agent._function_map.pop(name, None) is None:
                warnings.warn(f"The function {name!r} to remove is not registered with {agent.name}.", stacklevel=3)
            continue
        if name in agent._function_map:
            warnings.warn(f"Function '{name}' is being overridden.", UserWarning, stacklevel=3)
        agent._function_map[name] = function


def can_execute_function(agent: Party, name: list[str] | str) -> bool:
    """See `ConversableAgent.can_execute_function`."""
    names = [name] if isinstance(name, str) else name
    return all(name in agent._function_map for name in names)


def update_signature(
    agent: Party, kind: Literal["function", "tool"], signature: str | dict[str, Any], *, is_remove: bool
) -> None:
    """See `ConversableAgent.update_tool_signature` and `ConversableAgent.update_function_signature`."""
    _check_that_there_is_a_model(agent, kind)
    name_of = _NAME_OF[kind]
    if is_remove:
        name = name_of(signature) if isinstance(signature, dict) else signature
        _remove(agent, f"{kind}s", name, kind, name_of)
    else:
        if not isinstance(signature, dict):
            raise ValueError(
                f"The {kind} signature must be of the type dict. Received {kind} signature type {type(signature)}"
            )
        _add(agent, f"{kind}s", signature, name_of)
    agent._classic_rebuild_client()


def _check_that_there_is_a_model(agent: Party, kind: str) -> None:
    if not agent.llm_config:
        message = f"To update a {kind} signature, agent must have an llm_config"
        logger.error(message)
        raise AssertionError(f"{message}, but {agent.name} has none.")


def _function_name(signature: dict[str, Any]) -> str | None:
    return signature.get("name")


def _tool_name(signature: dict[str, Any]) -> str | None:
    """The name of the function in a tool; None for tools of other kinds, such as a provider's own web search."""
    return (signature.get("function") or {}).get("name")


_NAME_OF: Mapping[str, Callable[[dict[str, Any]], str | None]] = {"function": _function_name, "tool": _tool_name}


def _add(agent: Party, key: str, signature: dict[str, Any], name_of: Callable[[dict[str, Any]], str | None]) -> None:
    """Put a signature at the end of the agent's own list, in place of one with the same name."""
    name = name_of(signature)
    if name is None:
        raise KeyError(f"The signature of a tool for {agent.name} has no name: {signature!r}.")
    agent._assert_valid_name(name)
    known = list(agent.llm_config.get(key) or [])
    if any(name_of(other) == name for other in known):
        warnings.warn(f"Function '{name}' is being overridden.", UserWarning, stacklevel=4)
    agent.llm_config[key] = [other for other in known if name_of(other) != name] + [signature]


def _remove(
    agent: Party, key: str, name: str | None, kind: str, name_of: Callable[[dict[str, Any]], str | None]
) -> None:
    """Take a signature off the agent's own list; if that leaves the list empty, the list goes too."""
    if key not in agent.llm_config:
        message = f"The agent config doesn't have {kind} {name}."
        logger.error(message)
        raise AssertionError(message)
    known = agent.llm_config[key] or []
    kept = [other for other in known if name_of(other) != name]
    if len(kept) == len(known):
        warnings.warn(f"{agent.name} has no {kind} {name!r} to remove.", UserWarning, stacklevel=4)
    if kept:
        agent.llm_config[key] = kept
    else:
        del agent.llm_config[key]
