"""Teams and libraries of agents as JSON: written, and read in the forms that older versions wrote."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ...._secrets import without_keys
from ....errors import TeamFileError

__all__ = ("Profile", "Team", "as_list", "default_path", "read_library", "read_team", "write_team", "write_teams")

Profile: TypeAlias = "dict[str, Any]"
"""An agent: ``name``, ``system_message``, ``description``, ``model`` and ``tags`` (lists)."""

Team: TypeAlias = "dict[str, Any]"
"""``building_task``, ``agent_configs``, ``coding``, ``default_llm_config`` and ``code_execution_config``."""


def default_path(building_task: str) -> str:
    """The file in which a team is saved unless another is named."""
    return f"./save_config_{hashlib.md5(building_task.encode('utf-8'), usedforsecurity=False).hexdigest()}.json"


def write_team(team: Team, path: str) -> None:
    """Save a team without its keys; the models come from the configuration file again.

    Raises:
        TeamFileError: JSON cannot hold a part of it, such as an executor.
    """
    _write(_without_secrets(team), path)


def write_teams(teams: Mapping[str, Team], path: str) -> None:
    """Save several teams by their names; see `write_team`."""
    _write({name: _without_secrets(team) for name, team in teams.items()}, path)


def _without_secrets(team: Team) -> Team:
    saved = {**team, "default_llm_config": without_keys(team["default_llm_config"])}
    saved["default_llm_config"].pop("config_list", None)
    return saved


def _write(saved: Mapping[str, Any], path: str) -> None:
    try:
        text = json.dumps(saved, indent=4)
    except (TypeError, ValueError) as error:
        raise TeamFileError(
            f"The team cannot be saved, because its default_llm_config or its code_execution_config holds what JSON "
            f"cannot ({error}). Save it without that, and give it again when you load the team."
        ) from error
    Path(path).write_text(text, encoding="utf-8")


def read_team(path: str | None, text: str | Mapping[str, Any] | None) -> Team:
    """Read a team.

    Args:
        path: a file.
        text: its contents instead, or the object that they are.

    Raises:
        FileNotFoundError: there is no such file.
        TeamFileError: neither is given, or what they hold is not a team.
    """
    if text is None and path is None:
        raise TeamFileError("There is no team to load. Give the path of a saved one, or its contents as config_json.")
    source = "config_json" if text is not None else str(path)
    team = _parsed(Path(str(path)).read_text(encoding="utf-8-sig") if text is None else text, source)
    if not isinstance(team, Mapping):
        raise TeamFileError(f"{source} does not hold a team, but {type(team).__name__}.")
    _check(team, ("agent_configs",), source)
    return {
        "building_task": "",
        "coding": False,
        "default_llm_config": {},
        "code_execution_config": None,
        **team,
        "agent_configs": _profiles(team["agent_configs"], source),
    }


def read_library(given: object) -> list[Profile]:
    """Read a library of agents.

    Args:
        given: the path of a JSON file, its contents, or the list that they are.

    Raises:
        FileNotFoundError: there is no such file.
        TeamFileError: what is given is not a list of agents.
    """
    source = "The library"
    if isinstance(given, (str, os.PathLike)) and not str(given).lstrip().startswith("["):
        source = f"The library {given}"
        given = Path(given).read_text(encoding="utf-8-sig")
    profiles = _profiles(_parsed(given, source), source)
    if not profiles:
        raise TeamFileError(f"{source} holds no agents.")
    return profiles


def _parsed(given: object, source: str) -> object:
    if not isinstance(given, (str, bytes)):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError) as error:
        raise TeamFileError(f"{source} is not JSON: {error}.") from error


def _profiles(given: object, source: str) -> list[Profile]:
    """The agents, with the parts that older versions did not write."""
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        raise TeamFileError(f"{source} must hold a list of agents, each of them an object.")
    profiles = []
    for number, one in enumerate(given, 1):
        _check(one, ("name", "system_message"), f"Agent {number} of {source}")
        profile = {"description": None, **one}
        profiles.append({**profile, "model": as_list(one.get("model")), "tags": as_list(one.get("tags"))})
    return profiles


def as_list(given: object) -> list[str]:
    """One name or a list of names as a list; older versions wrote one name."""
    if not given:
        return []
    return [given] if isinstance(given, str) else list(given)  # type: ignore[call-overload]


def _check(thing: Mapping[str, Any], keys: tuple[str, ...], source: str) -> None:
    missing = [key for key in keys if key not in thing]
    if missing:
        raise TeamFileError(f"{source} lacks {', '.join(missing)}.")
