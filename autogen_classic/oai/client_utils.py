"""What several providers need: checking parameters, and hiding tools that have been used."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

__all__ = (
    "FormatterProtocol",
    "merge_config_with_tools",
    "should_hide_tools",
    "validate_parameter",
    "without_hidden_tools",
)


@runtime_checkable
class FormatterProtocol(Protocol):
    """A structured answer that writes itself for the agents that read it."""

    def format(self) -> str:
        """Return the text."""
        ...


def merge_config_with_tools(config: Mapping[str, Any], client_config: Mapping[str, Any]) -> dict[str, Any]:
    """Put two parts of a request together.

    Args:
        config: the one.
        client_config: the other; its settings win, and its ``tools`` come after those of the first.

    Returns:
        A new dict.
    """
    merged = {**config, **client_config}
    tools = [*(config.get("tools") or ()), *(client_config.get("tools") or ())]
    return {**merged, "tools": tools} if tools else merged


def validate_parameter(
    params: dict[str, Any],
    param_name: str,
    allowed_types: type | tuple[type, ...],
    allow_None: bool,
    default_value: Any,
    numerical_bound: tuple[float | None, float | None] | None,
    allowed_values: list[Any] | None,
) -> Any:
    """Take a parameter from a configuration, or its default if the value cannot be used.

    Args:
        params: the configuration.
        param_name: the parameter.
        allowed_types: the type, or the types, that it may have.
        allow_None: whether None is a value.
        default_value: what a missing or unusable parameter becomes.
        numerical_bound: the lowest and the highest number allowed; None leaves a side open.
        allowed_values: the values to choose from, or None.

    Returns:
        The value to use. An unusable one is reported by a warning.

    Raises:
        TypeError: ``allowed_values`` is neither a list nor None.
    """
    if allowed_values is not None and not isinstance(allowed_values, list):
        raise TypeError(f"allowed_values must be a list or None, not {type(allowed_values).__name__}.")
    value = params.get(param_name, default_value)
    if value is None and (allow_None or default_value is None):
        return None
    problem = _problem_with(value, allowed_types, allow_None, numerical_bound, allowed_values)
    if problem is None:
        return value
    warnings.warn(f"Config error - {param_name} {problem}, defaulting to {default_value}.", UserWarning, stacklevel=2)
    return default_value


def _problem_with(
    value: Any,
    allowed_types: type | tuple[type, ...],
    allow_none: bool,
    bound: tuple[float | None, float | None] | None,
    choices: list[Any] | None,
) -> str | None:
    """Say what is wrong with a value, as the end of a sentence; None if it is fine."""
    if value is None:
        return "cannot be None"
    fits = isinstance(value, allowed_types)
    if not fits:
        types = allowed_types if isinstance(allowed_types, tuple) else (allowed_types,)
        names = ", ".join(kind.__name__ for kind in types)
        return f"must be of type {f'({names})' if len(types) > 1 else names}{' or None' if allow_none else ''}"
    if bound is not None:
        low, high = bound
        if (low is not None and value < low) or (high is not None and value > high):
            limits = [f">= {low}"] if low is not None else []
            limits += [f"<= {high}"] if high is not None else []
            return f"has numerical bounds, {' and '.join(limits)}{', or can be None' if allow_none else ''}"
    if choices is not None and value not in choices:
        return f"must be one of these values [{choices}]"
    return None


def should_hide_tools(messages: list[dict[str, Any]], tools: list[dict[str, Any]], hide_tools_param: str) -> bool:
    """Tell whether the tools should be left out of a request, because the chat has used them.

    Some models call a tool over and over as long as it is offered.

    Args:
        messages: the messages of the request, in the OpenAI form.
        tools: the tools of the request, in the OpenAI form.
        hide_tools_param: ``"never"``, ``"if_any_run"``, or ``"if_all_run"``.

    Returns:
        True when the tools should be hidden.

    Raises:
        TypeError: hide_tools_param is not one of the three.
    """
    if not tools or hide_tools_param == "never":
        return False
    if hide_tools_param not in ("if_any_run", "if_all_run"):
        raise TypeError(
            f"hide_tools_param is not a valid value ['if_all_run','if_any_run','never'], got '{hide_tools_param}'"
        )
    offered = {tool["function"]["name"] for tool in tools if tool.get("function")}
    answered = {
        message.get("tool_call_id")
        for message in messages
        if message.get("role") == "tool" or "tool_call_id" in message
    }
    used = {
        call["function"]["name"]
        for message in messages
        for call in message.get("tool_calls") or ()
        if call.get("function") and call.get("id") in answered
    }
    run = offered & used
    return bool(run) if hide_tools_param == "if_any_run" else bool(offered) and run == offered


def without_hidden_tools(params: dict[str, Any]) -> dict[str, Any]:
    """Leave the tools out of a request if its ``hide_tools`` says so.

    Args:
        params: a request in the OpenAI form, which is not changed.

    Returns:
        The request without ``hide_tools``, which no API knows; the same dict if it does not have it.
    """
    if "hide_tools" not in params:
        return params
    kept = {key: params[key] for key in params if key != "hide_tools"}
    if should_hide_tools(params.get("messages") or [], params.get("tools") or [], params["hide_tools"] or "never"):
        for key in ("tools", "tool_choice", "parallel_tool_calls"):
            kept.pop(key, None)
    return kept
