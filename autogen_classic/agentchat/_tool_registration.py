"""The tools of an agent: which ones its model knows, and which ones it can run."""

from __future__ import annotations

import functools
import inspect
import logging
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from .._core.callables import check_signature, docstring_of, is_asynchronous, name_of
from .._core.events import FunctionUsed, emit, is_heard
from .._core.party import Party, described, is_agent
from ..errors import MissingItemError, with_note
from .utils import check_function_map

if TYPE_CHECKING:
    from ..tools.tool import Tool

__all__ = (
    "add_function",
    "add_functions",
    "can_execute_function",
    "register_for_execution",
    "register_for_llm",
    "register_function",
    "register_function_map",
    "remove_tool",
    "taking_json_values",
    "tools_of",
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
    agent: Party,
    *,
    name: str | None,
    description: str | None,
    api_style: Literal["function", "tool"],
    silent_override: bool = False,
) -> Callable[[F], F]:
    """See `ConversableAgent.register_for_llm`."""

    def decorate(function: F) -> F:
        _check_that_it_is_a_function(function)
        tool = _as_tool(function, name, description)
        if not (tool.description or _is_tool(function)):
            raise with_note(
                ValueError("Function description is required, none found."),
                f"Pass description=... when you register {tool.name!r}, or give it a docstring.",
            )
        schema = tool.shown_schema
        if api_style not in ("tool", "function"):
            raise ValueError(f"Unsupported API style: {api_style}. It must be 'tool' or 'function'.")
        update = getattr(agent, f"update_{api_style}_signature")
        quietly = {"silent_override": True} if silent_override else {}  # an override may not know it
        update(schema if api_style == "tool" else schema["function"], is_remove=False, **quietly)
        agent._classic_tools[tool.name] = tool
        return cast(F, tool)

    return decorate


def register_for_execution(
    agent: Party,
    name: str | None = None,
    description: str | None = None,
    *,
    serialize: bool = True,
    silent_override: bool = False,
) -> Callable[[F], F]:
    """See `ConversableAgent.register_for_execution`."""

    if callable(name):  # beginners forget the parentheses
        warnings.warn(  # type: ignore[unreachable]
            f"register_for_execution was used without parentheses, so {getattr(name, '__name__', name)} is not "
            "registered. Write @agent.register_for_execution().",
            stacklevel=3,
        )

    def decorate(function: F) -> F:
        _check_that_it_is_a_function(function)
        tool = _as_tool(function, name, description)
        runnable = taking_json_values(tool, user=agent, serialize=serialize)
        if silent_override:
            agent.register_function({tool.name: runnable}, silent_override=True)
        else:
            agent.register_function({tool.name: runnable})  # what programs override has one parameter
        return cast(F, tool)

    return decorate


def _is_tool(function: object) -> bool:
    from ..tools.tool import Tool

    return isinstance(function, Tool)


def _as_tool(function: Callable[..., Any], name: str | None, description: str | None) -> Tool:
    """The tool that a decorator returns: the given one, unless it is to have another name or description."""
    from ..tools.tool import Tool

    if not isinstance(function, Tool):
        function = _with_name_and_description(function, name, description)
        own_name: str = function._name  # type: ignore[attr-defined]
        described: str = function._description or docstring_of(function)  # type: ignore[attr-defined]
        return Tool.of_registered(function, name=own_name, description=described)
    _check_texts(function.name, name, description)
    if name in (None, function.name) and description in (None, function.description):
        return function
    return Tool(name=name, description=description, func_or_tool=function)


def _check_that_it_is_a_function(function: object) -> None:
    if not callable(function):
        raise AttributeError(f"A tool must be a function, but it is {function!r} ({type(function).__name__}).")
    check_signature(function)


def _check_that_it_is_an_agent(agent: object, part: str) -> None:
    if not is_agent(agent, "register_for_llm"):
        raise AttributeError(f"The {part} of a tool must be an agent, but it is {described(agent)}.")


def _with_name_and_description(function: F, name: str | None, description: str | None) -> F:
    """Store on a function the name and description it was registered with, for the next decorator."""
    own_name = name_of(function)
    name = name or getattr(function, "_name", None) or own_name
    description = description or getattr(function, "_description", None)
    _check_texts(own_name, name, description)
    try:
        function._name, function._description = name, description  # type: ignore[attr-defined]
    except (AttributeError, TypeError):  # bound methods and built-in types take no attributes
        wrapper = _wrapper_of(function, function)
        wrapper._name, wrapper._description = name, description
        function = wrapper
    return function


def _check_texts(own_name: str, name: object, description: object) -> None:
    for part, text in (("name", name), ("description", description)):
        if not isinstance(text, (str, type(None))):
            raise ValueError(f"The {part} of the tool {own_name!r} must be a text, but it is {text!r}.")


def taking_json_values(function: F, user: Party | None = None, *, serialize: bool = True) -> F:
    """Wrap a function so that it takes what JSON gives, and returns a text.

    Args:
        function: any callable, also a `Tool`. What it returns is awaited if that is possible, whatever the callable
            looks like.
        user: the agent that runs it, for those who listen and for parameters that tell about it; None tells nobody.
        serialize: False returns what the function does.

    Returns:
        A function, a coroutine function for one, which keeps the function itself as its attribute ``_origin``.
    """
    from ..function_utils import load_basemodels_if_needed, serialize_to_str
    from ..tools.tool import Tool

    origin: Callable[..., Any]
    if isinstance(function, Tool):
        origin, run = function.__wrapped__, function.run_by(user)
    else:
        origin, run = function, load_basemodels_if_needed(function)

    def outcome_of(returned: object, arguments: dict[str, Any]) -> object:
        if user is not None and is_heard(FunctionUsed):
            emit(FunctionUsed(user, origin, arguments, returned))
        says_more = user is not None and hasattr(type(returned), "_classic_taken_over_by")  # than a text
        return serialize_to_str(returned) if serialize and not says_more else returned

    async def awaited(outcome: Awaitable[object], arguments: dict[str, Any]) -> object:
        return outcome_of(await outcome, arguments)

    runnable: Any
    if is_asynchronous(origin):

        @functools.wraps(function)
        async def runnable(*args: Any, **kwargs: Any) -> object:
            return await awaited(run(*args, **kwargs), kwargs)

    else:

        @functools.wraps(function)
        def runnable(*args: Any, **kwargs: Any) -> object:
            outcome = run(*args, **kwargs)
            return awaited(outcome, kwargs) if inspect.isawaitable(outcome) else outcome_of(outcome, kwargs)

    runnable._origin = origin
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


def register_function_map(agent: Party, function_map: dict[str, Any], *, silent_override: bool = False) -> None:
    """See `ConversableAgent.register_function`."""
    check_function_map(agent, function_map)  # all before the first is registered, so that a bad one changes nothing
    for name, function in function_map.items():
        if function is None:
            if agent._function_map.pop(name, None) is None:
                warnings.warn(f"The function {name!r} to remove is not registered with {agent.name}.", stacklevel=3)
            continue
        if name in agent._function_map and not silent_override:
            warnings.warn(f"Function '{name}' is being overridden.", UserWarning, stacklevel=3)
        agent._function_map[name] = function


def add_functions(agent: Party, functions: object) -> None:
    """Tell an agent's model about the functions that its constructor was given.

    Args:
        agent: the agent.
        functions: a function, a `Tool`, or a list of them.

    Raises:
        TypeError: ``functions`` is none of these.
        AssertionError: there are functions, but no model.
    """
    if callable(functions):
        functions = [functions]
    if not isinstance(functions, (list, tuple)):
        raise TypeError(f"Functions must be a callable or a list of callables, but they are {functions!r}.")
    for function in functions:
        if not callable(function):
            raise TypeError(f"All elements in the functions list must be callable, but one of them is {function!r}.")
    for function in functions:
        add_function(agent, function)


def add_function(
    agent: Party, function: Callable[..., Any], name: str | None = None, description: str | None = None
) -> None:
    """Tell an agent's model about one more function; one of an older program may take context variables as a dict.

    Args:
        agent: the agent.
        function: the function, or a `Tool`.
        name: its name for the model; None for its own.
        description: what it does; None for its own, or the docstring.
    """
    from ..tools.tool import Tool
    from .group._dict_variables import taking_dict_of_variables

    tool = function
    if not isinstance(tool, Tool) or name or description:
        function = function if isinstance(function, Tool) else taking_dict_of_variables(function)
        tool = Tool(name=name, description=description, func_or_tool=function)
    tool.register_for_llm(agent)


def tools_of(agent: Party) -> list[Tool]:
    """See `ConversableAgent.tools`."""
    known = {_NAME_OF[kind](one) for kind in _NAME_OF for one in (agent.llm_config or {}).get(f"{kind}s") or ()}
    return [tool for name, tool in agent._classic_tools.items() if name in known]


def remove_tool(agent: Party, tool: Tool) -> None:
    """See `ConversableAgent.remove_tool_for_llm`."""
    if not _is_tool(tool):
        by_name = "By its name, a tool is removed with update_tool_signature(name, is_remove=True)"
        raise TypeError(f"remove_tool_for_llm takes a tool, but was given {tool!r}. {by_name}.")
    known = [one.name for one in tools_of(agent)]
    if known and tool.name not in known:
        raise ValueError(f"Tool {tool.name!r} not found among the tools of {agent.name}: {str(known)[1:-1]}.")
    update_signature(agent, "tool", tool.name, is_remove=True)
    agent._classic_tools.pop(tool.name, None)


def can_execute_function(agent: Party, name: list[str] | str) -> bool:
    """See `ConversableAgent.can_execute_function`."""
    return all(one in agent._function_map for one in ([name] if isinstance(name, str) else name))


def update_signature(
    agent: Party,
    kind: Literal["function", "tool"],
    signature: str | dict[str, Any],
    *,
    is_remove: bool,
    silent_override: bool = False,
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
        _add(agent, f"{kind}s", signature, name_of, silent_override)
    agent._classic_rebuild_client()


def _check_that_there_is_a_model(agent: Party, kind: str) -> None:
    if not agent.llm_config:
        message = f"To update a {kind} signature, agent must have an llm_config"
        logger.error(message)
        raise AssertionError(f"{message}, but {agent.name} has none. Give it one when it is made.")


def _function_name(signature: dict[str, Any]) -> str | None:
    return signature.get("name")


def _tool_name(signature: dict[str, Any]) -> str | None:
    """The name of the function in a tool; None for tools of other kinds, such as a provider's own web search."""
    return (signature.get("function") or {}).get("name")


_NAME_OF: Mapping[str, Callable[[dict[str, Any]], str | None]] = {"function": _function_name, "tool": _tool_name}


def _add(
    agent: Party,
    key: str,
    signature: dict[str, Any],
    name_of: Callable[[dict[str, Any]], str | None],
    silent_override: bool,
) -> None:
    """Put a signature at the end of the agent's own list, in place of one with the same name."""
    name = name_of(signature)
    if name is None:
        raise MissingItemError(f"The signature of a tool for {agent.name} has no name: {signature!r}.")
    agent._assert_valid_name(name)
    known = list(agent.llm_config.get(key) or [])
    if not silent_override and any(name_of(other) == name for other in known):
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
