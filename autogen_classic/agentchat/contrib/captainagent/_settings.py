"""The settings of a CaptainAgent: what the program gives, over what stands by default, checked at once."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from ...groupchat import GroupChat
from .._builder.files import Profile, read_library
from .._settings import check_kind
from .agent_builder import AgentBuilder
from .tool_retriever import ToolBuilder, ToolRoot, check_reach

__all__ = ("nested_settings",)

_BUILDER = "autobuild_init_config"
_BUILD = "autobuild_build_config"
_TOOLS = "autobuild_tool_config"
_GROUP = "group_chat_config"
_LIBRARY = "library_path_or_json"


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
        TypeError: a part is not a dict, or has an argument that nothing takes.
        TeamFileError: the library of agents is not one.
        FileNotFoundError: a library does not exist.
        ValueError: the library of tools holds none, or programs cannot call them where they run.
    """
    check_kind("nested_config", given, "a dict", Mapping)
    given = given or {}
    for part in (_BUILDER, _BUILD, _TOOLS, _GROUP):
        check_kind(f"{part} of nested_config", given.get(part), "a dict", Mapping)
    settings = _merged(defaults, given)
    if "config_file_or_env" not in (given.get(_BUILDER) or {}):
        settings[_BUILDER].setdefault("llm_config", llm_config)
    if settings.get("group_chat_llm_config") is None:
        settings["group_chat_llm_config"] = llm_config
    if agent_lib is not None:
        settings[_BUILD][_LIBRARY] = agent_lib
    if tool_lib is not None:
        settings.setdefault(_TOOLS, {})["tool_root"] = tool_lib
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
    if from_library:
        read_library(build[_LIBRARY])
    tools = settings.get(_TOOLS) or {}
    if tools.get("tool_root") is not None:
        ToolBuilder(tools["tool_root"], tools.get("retriever", "all-mpnet-base-v2"))
        check_reach(tools["tool_root"], build.get("code_execution_config") or {})


def _check_arguments(part: str, arguments: Mapping[str, Any], function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    for name in arguments:
        if name not in parameters:
            meant = get_close_matches(str(name), parameters, 1)
            hint = f" Did you mean {meant[0]!r}?" if meant else ""
            raise TypeError(f"{part} of nested_config has {name!r}, which nothing takes.{hint}")
