"""The tools that agents know during a run only, or that the reader of its events runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from .._core.party import Runner, ToolOrFunction
from ._tool_registration import taking_json_values

__all__ = ("check_tools", "lend_tools", "tell_of_tool", "with_tools")

Tools: TypeAlias = Sequence[ToolOrFunction] | ToolOrFunction | None


def check_tools(tools: Tools) -> None:
    """Refuse what a model cannot call, before a run begins.

    Args:
        tools: tools, functions, or one of these; None for none.

    Raises:
        TypeError: something else is among them.
    """
    for tool in _as_list(tools):
        if not (callable(tool) or hasattr(tool, "register_for_llm")):
            raise TypeError(f"tools of a run must be tools or functions, but one of them is {tool!r}.")


@contextmanager
def with_tools(agents: Sequence[Runner], tools: Tools) -> Iterator[None]:
    """Let agents know tools for the length of a ``with`` block: their models may call them, and each agent runs them.

    Args:
        agents: the agents.
        tools: tools, functions, or one of these; None for none.
    """
    if tools is None:
        yield
        return
    known_before = [_known_tools(agent) for agent in agents]
    known = {one.name: one for agent in agents for one in agent.tools}
    try:
        for agent in agents:
            for tool in _as_list(tools):
                _register(agent, tool, is_known=known.get(_name_of(tool)) == tool)
        yield
    finally:
        for agent, (signatures, functions) in zip(agents, known_before, strict=True):
            _forget_others(agent, signatures, functions)


def lend_tools(agent: Runner, user: Runner) -> None:
    """Let the user of a run run what the model of its partner calls; they share the variables that tools read.

    Args:
        agent: the partner. What it can run itself goes as it is; the reader of the events runs the tools for that.
        user: the user.
    """
    of_reader = [_name_of(tool) for tool in agent._classic_ui_tools]
    tools = [tool for tool in agent.tools if tool.name not in of_reader]
    if tools:
        user.context_variables = agent.context_variables
    functions = {tool.name: taking_json_values(tool, user=user) for tool in tools}
    user.register_function({**functions, **agent.function_map}, silent_override=True)


def tell_of_tool(agent: Runner, tool: ToolOrFunction) -> None:
    """Tell an agent's model about a tool.

    Args:
        agent: the agent.
        tool: a tool or a function.
    """
    if hasattr(tool, "register_for_llm"):
        tool.register_for_llm(agent)
    else:
        agent.register_for_llm(description=tool.__doc__ or tool.__name__)(tool)


def _as_list(tools: Tools) -> list[ToolOrFunction]:
    if tools is None:
        return []
    return list(tools) if isinstance(tools, (list, tuple)) else [tools]


def _register(agent: Runner, tool: ToolOrFunction, is_known: bool) -> None:
    if agent.llm_config and not (is_known and tool in agent.tools):
        tell_of_tool(agent, tool)
    if is_known:  # nothing else is overridden, so nobody is warned
        agent.register_for_execution(silent_override=True)(tool)
    elif hasattr(tool, "register_for_execution"):
        tool.register_for_execution(agent)
    else:
        agent.register_for_execution()(tool)


def _name_of(tool: object) -> str | None:
    return getattr(tool, "name", None) or getattr(tool, "__name__", None)


def _known_tools(agent: Runner) -> tuple[dict[str, dict[str, Any]], dict[str, Callable[..., Any]]]:
    """What the model of an agent knows, and what the agent can run, by their names."""
    signatures = (agent.llm_config or {}).get("tools") or []
    return {signature["function"]["name"]: signature for signature in signatures}, dict(agent.function_map)


def _forget_others(
    agent: Runner, signatures: dict[str, dict[str, Any]], functions: dict[str, Callable[..., Any]]
) -> None:
    """Bring the tools of an agent back to what they were."""
    signatures_now, functions_now = _known_tools(agent)
    for name, signature in signatures_now.items():
        if name not in signatures:
            agent.update_tool_signature(name, is_remove=True)
        elif signature != signatures[name]:
            agent.update_tool_signature(signatures[name], is_remove=False)
    for name, function in functions_now.items():
        if functions.get(name) is not function:
            agent.register_function({name: functions.get(name)}, silent_override=True)
