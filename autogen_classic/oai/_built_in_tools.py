"""Tools that OpenAI's models know by themselves and that run here, made as a configuration says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._code.workspace.editor import WorkspaceEditor, apply_operation
from .._code.workspace.shell_executor import ShellExecutor
from .._core.callables import blocking, built_in
from ._messages.built_in_calls import APPLY_PATCH, SHELL, ApplyPatchCallOutput, ShellCallOutput, output_of
from ._messages.responses import built_in_tools_of
from ._specs import RESPONSES, spec_of

__all__ = ("tools_that_run_here",)

_FENCES_OF_FILES = ("workspace_dir", "allowed_paths")
_FENCES = {
    SHELL: (
        *_FENCES_OF_FILES,
        "allowed_commands",
        "denied_commands",
        "enable_command_filtering",
        "dangerous_patterns",
    ),
    APPLY_PATCH: _FENCES_OF_FILES,
}
_DEFAULTS = {
    "denied_commands": [],
    "enable_command_filtering": True,
    "dangerous_patterns": ShellExecutor.DEFAULT_DANGEROUS_PATTERNS,
}


def tools_that_run_here(entries: Iterable[Mapping[str, Any]]) -> dict[str, Callable[..., str]]:
    """Make the built-in tools of a list of configurations that run on this machine.

    Args:
        entries: the configurations. ``workspace_dir`` is the folder in which the tools work (without it, the current
            one), ``allowed_paths``, ``allowed_commands``, ``denied_commands``, ``enable_command_filtering`` and
            ``dangerous_patterns`` mean what they mean to a `ShellExecutor`. Patches have the first two.

    Returns:
        The functions by the names of the tools.

    Raises:
        TypeError: a setting has a wrong type, such as a text in the place of a list.
        ValueError: configurations that offer the same tool give it different limits; or a tool has no type, or a
            pattern is not a regular expression.
        OSError: the folder cannot be made.
    """
    fences: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if spec_of(str(entry.get("api_type") or "")) is not RESPONSES:
            continue
        for tool in built_in_tools_of(entry):
            if tool["type"] in _FENCES and _runs_here(tool):
                own = _limits_in(entry, _FENCES[tool["type"]])
                first = fences.setdefault(tool["type"], own)
                different = [name for name in own if own[name] != first[name]]
                if different:
                    raise ValueError(
                        f"Two configurations of one agent give its built-in tool {tool['type']!r} different limits. "
                        f"Give them the same {', '.join(different)}."
                    )
    return {name: _MAKERS[name](settings) for name, settings in fences.items()}


def _limits_in(entry: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The limits of a configuration, with the defaults of those that it leaves out."""
    folder = os.path.abspath(entry.get("workspace_dir") or "")
    given = {name: entry[name] for name in names if entry.get(name) is not None}
    return {**{name: _DEFAULTS.get(name) for name in names}, **given, "workspace_dir": folder}


def _runs_here(tool: Mapping[str, Any]) -> bool:
    """Whether a tool runs on this machine, and not in a container of OpenAI."""
    environment = tool.get("environment") or {}
    return bool(environment.get("type", "local") == "local")


def _shell(settings: Mapping[str, Any]) -> Callable[..., str]:
    executor = ShellExecutor(**settings)

    @built_in
    @blocking
    def shell(commands: list[str], timeout_ms: int | None = None, max_output_length: int | None = None) -> str:
        """Run commands, one after the other."""
        output = [output_of(result, max_output_length) for result in executor.run_commands(commands, timeout_ms)]
        return _answer(ShellCallOutput("", max_output_length=max_output_length, output=output).model_dump())

    return shell


def _apply_patch(settings: Mapping[str, Any]) -> Callable[..., str]:
    editor = WorkspaceEditor(settings["workspace_dir"], settings["allowed_paths"])

    @built_in
    @blocking
    def apply_patch(operation: dict[str, Any]) -> str:
        """Create, change or delete a file."""
        return _answer(ApplyPatchCallOutput("", **apply_operation(editor, operation)).to_dict())

    return apply_patch


def _answer(item: dict[str, Any]) -> str:
    """An item as the text of a tool's answer, which knows its call by other means."""
    return json.dumps({name: item[name] for name in item if name != "call_id"}, ensure_ascii=False)


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Callable[..., str]]] = {SHELL: _shell, APPLY_PATCH: _apply_patch}
