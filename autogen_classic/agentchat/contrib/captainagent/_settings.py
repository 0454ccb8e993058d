"""The settings of a CaptainAgent: what the program gives, over what stands by default, checked at once."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from ...groupchat import GroupChat
from .._builder.files import Profile, read_library
from .._settings import check_kind, limit
from .agent_builder import AgentBuilder
from .tool_retriever import ToolBuilder, ToolRoot, check_reach

__all__ = ("nested_settings",)

_BUILDER = "autobuild_init_config"
_BUILD = "autobuild_build_config"
_TOOLS = "autobuild_tool_config"
_GROUP = "group_chat_config"
_SPEAKERS = "group_chat_llm_config"
_LIBRARY = "library_path_or_json"
_ROOT = "tool_root"
_OF_TOOLS = (_ROOT, "retriever", "top_k")


def nested_settings(
    defaults: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    llm_config: Mapping[str, Any] | Literal[False],
    agent_lib: str | list[Profile] | None,
    tool_lib: ToolRoot | None,
) -> dict[str, Any]:
    """Put the settings of a captain together.

    Args:
        defaults: what holds unless the program says otherwise.
        given: what the program says, or None.
        llm_config: the captain's model.
        agent_lib: its library of agents, or None.
        tool_lib: its library of tools, or None.

    Returns:
        The settings, of which nothing is shared with the defaults.

    Raises:
        TypeError: a part is of another kind, or has a key that nothing takes.
        TeamFileError: the library of agents is not one.
        FileNotFoundError: a library does not exist.
        ValueError: the library of tools holds none, programs cannot call them where they run, or a number is too small.
    """
    check_kind("nested_config", given, "a dict", Mapping)
    given = given or {}
    _check_names("nested_config", given, (*defaults, _TOOLS))
    for part in (_BUILDER, _BUILD, _TOOLS, _GROUP):
        check_kind(f"{part} of nested_config", given.get(part), "a dict", Mapping)
    if given.get(_SPEAKERS) is not False:
        check_kind(f"{_SPEAKERS} of nested_config", given.get(_SPEAKERS), "an llm_config", Mapping)
    limit("max_turns of nested_config", given.get("max_turns"), 1)
    settings = _merged(defaults, given)
    if "config_file_or_env" not in (given.get(_BUILDER) or {}):
        settings[_BUILDER].setdefault("llm_config", llm_config)
    if settings.get(_SPEAKERS) is None:
        settings[_SPEAKERS] = llm_config
    if agent_lib is not None:
        settings[_BUILD][_LIBRARY] = agent_lib
    if tool_lib is not None:
        settings.setdefault(_TOOLS, {})[_ROOT] = tool_lib
    _check(settings)
    return settings


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values over the defaults; parts that are dicts on both sides are put together in the same way."""
    merged = {key: copy.copy(value) for key, value in defaults.items()}
    for key, value in given.items():
        former = merged.get(key)
        if isinstance(former, Mapping) and isinstance(value, Mapping):
            value = _merged(former, value)
        merged[key] = value
    return merged


def _check(settings: Mapping[str, Any]) -> None:
    """Refuse now what would fail only after a model has been paid."""
    build = settings[_BUILD]
    from_library = build.get(_LIBRARY) is not None
    _check_arguments(_BUILDER, settings[_BUILDER], AgentBuilder.__init__)
    if not from_library:
        _check_arguments(_BUILD, {key: build[key] for key in build if key != _LIBRARY}, AgentBuilder.build)
    _check_arguments(_GROUP, settings[_GROUP], GroupChat.__init__)
    check_kind(f"max_round in {_GROUP} of nested_config", settings[_GROUP].get("max_round"), "a whole number", int)
    if from_library:
        read_library(build[_LIBRARY])
    tools = settings.get(_TOOLS) or {}
    _check_names(f"{_TOOLS} of nested_config", tools, _OF_TOOLS)
    limit(f"top_k in {_TOOLS} of nested_config", tools.get("top_k"), 1)
    if tools.get(_ROOT) is not None:
        ToolBuilder(tools[_ROOT], tools.get("retriever", "all-mpnet-base-v2"))
        check_reach(tools[_ROOT], build.get("code_execution_config") or {})


def _check_arguments(part: str, arguments: Mapping[str, Any], function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        _check_names(f"{part} of nested_config", arguments, [name for name in parameters if name != "self"])


def _check_names(part: str, given: Iterable[object], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            meant = get_close_matches(str(name), known, 1)
            hint = f"Did you mean {meant[0]!r}?" if meant else f"It may hold {', '.join(sorted(known))}."
            raise TypeError(f"{part} has {name!r}, which nothing takes. {hint}")
