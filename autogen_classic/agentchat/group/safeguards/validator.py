"""Refuse a safeguard policy that cannot work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ._rules import ACTIONS, Policy, entries_of, read_policy

__all__ = ("SafeguardValidator",)


class SafeguardValidator:
    """Checks a policy before any message is checked by it."""

    def __init__(self, policy: Policy) -> None:
        """Take a policy.

        Args:
            policy: a dict, or the path of a JSON file.
        """
        self.policy = read_policy(policy)

    def validate_policy_structure(self) -> None:
        """Check what each rule has.

        Raises:
            ValueError: a rule lacks something, or holds something that it should not.
        """
        for _, place, entry in entries_of(self.policy):
            for key in ("message_source", "message_destination"):
                if not isinstance(entry.get(key), str):
                    raise ValueError(f"{place} {key} must be a string, but it is {entry.get(key)!r}.")
            action = entry.get("action") or entry.get("violation_response")
            if action not in ACTIONS:
                raise ValueError(f"{place} invalid action: {action}. Must be 'block', 'mask', or 'warning'")
            _check_method(place, entry)

    def validate_agent_names(self, agent_names: list[str]) -> None:
        """Check that the rules name agents that exist.

        Args:
            agent_names: the names of the agents.

        Raises:
            ValueError: a rule names another agent.
        """
        for kind, place, entry in entries_of(self.policy):
            ends = {"source": entry["message_source"], "destination": entry["message_destination"]}
            other = {"llm": "llm", "user": "user"}.get(kind)
            unknown = {end: name for end, name in ends.items() if name not in ("*", other, *agent_names)}
            if kind == "tool" and len(unknown) < 2:
                continue  # one of the two is a tool
            for end, name in unknown.items():
                raise ValueError(
                    f"Policy validation failed: {place} references unknown {end} agent: '{name}'. "
                    f"Available agents: {agent_names}"
                )

    def validate_tool_names(self, agent_tool_mapping: dict[str, list[str]], agent_names: list[str]) -> None:
        """Check that the rules about tools name tools that exist.

        Args:
            agent_tool_mapping: the names of tools, by the names of the agents that have them.
            agent_names: the names of the agents.

        Raises:
            ValueError: a rule names another tool.
        """
        tools = sorted({name for names in agent_tool_mapping.values() for name in names})
        for kind, place, entry in entries_of(self.policy):
            ends = (entry["message_source"], entry["message_destination"])
            strangers = [name for name in ends if name not in ("*", *agent_names, *tools)]
            if kind == "tool" and strangers:
                raise ValueError(
                    f"Policy validation failed: {place} references unknown tool: '{strangers[0]}'. "
                    f"Available tools: {tools}"
                )

    def validate_policy_complete(self, agent_names: list[str], agent_tool_mapping: dict[str, list[str]]) -> None:
        """Check everything; see the other methods."""
        self.validate_policy_structure()
        self.validate_agent_names(agent_names)
        self.validate_tool_names(agent_tool_mapping, agent_names)


def _check_method(place: str, entry: Mapping[str, Any]) -> None:
    method = entry.get("check_method")
    if method == "regex":
        pattern = entry.get("pattern")
        if not isinstance(pattern, str):
            raise ValueError(f"{place} pattern must be a string, but it is {pattern!r}.")
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{place} invalid regex pattern '{pattern}': {error}") from error
    elif method == "llm":
        if not (entry.get("custom_prompt") or entry.get("disallow_item")):
            raise ValueError(f"{place} with check_method 'llm' must have custom_prompt or disallow_item")
    else:
        raise ValueError(f"{place} invalid check_method: {method}. Must be 'llm' or 'regex'")
