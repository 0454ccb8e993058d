"""The rules of a safeguard policy."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...._warn import warn_once
from ..guardrails import Guardrail, LLMGuardrail, RegexGuardrail
from ..targets.transition_target import TerminateTarget

if TYPE_CHECKING:
    from ....llm_config.config import LLMConfig

__all__ = ("ACTIONS", "Kind", "Policy", "Rule", "entries_of", "read_policy", "rules_of")

Kind: TypeAlias = Literal["agent", "tool", "llm", "user"]
Policy: TypeAlias = dict[str, Any] | str | Path
"""A policy as a dict, or the path of a JSON file with it."""

logger = logging.getLogger("autogen.agentchat.group")

ACTIONS = ("block", "mask", "warning")
_PLACES: tuple[tuple[Kind, str, str], ...] = (
    ("agent", "inter_agent_safeguards", "agent_transitions"),
    ("tool", "agent_environment_safeguards", "tool_interaction"),
    ("llm", "agent_environment_safeguards", "llm_interaction"),
    ("user", "agent_environment_safeguards", "user_interaction"),
)


@dataclass(frozen=True)
class Rule:
    """What is done with a message between two that meets a condition.

    Attributes:
        kind: what it is about: messages between agents, tools, models, or people.
        source: who says something; ``*`` for anybody.
        destination: who hears it; ``*`` for anybody.
        check: the condition.
        action: "block", "mask" or "warning".
        message: what is said about it.
    """

    kind: Kind
    source: str
    destination: str
    check: Guardrail
    action: str
    message: str

    def is_about(self, kind: Kind, source: str, destination: str) -> bool:
        """Tell whether the rule is about a message.

        Args:
            kind: what kind of message it is.
            source: who says it.
            destination: who hears it.
        """
        return self.kind == kind and self.source in ("*", source) and self.destination in ("*", destination)

    def finds(self, text: str) -> bool:
        """Tell whether a text meets the condition; an empty one never does.

        Args:
            text: the text.
        """
        return bool(text) and self.check.check(text).activated


def read_policy(policy: Policy) -> dict[str, Any]:
    """Read a policy.

    Args:
        policy: a dict, or the path of a JSON file.

    Raises:
        ValueError: it is not a dict, or the file is not JSON.
        FileNotFoundError: there is no such file.
    """
    if isinstance(policy, (str, Path)):
        try:
            policy = json.loads(Path(policy).read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ValueError(f"The safeguard policy is not JSON: {error}") from error
    if not isinstance(policy, dict):
        raise ValueError(f"Policy must be a dictionary, but it is of type {type(policy).__name__}.")
    _warn_of_strange_keys(policy)
    return policy


def _warn_of_strange_keys(policy: dict[str, Any]) -> None:
    """Warn of keys that a policy does not have: a misspelt section guards nothing."""
    known: dict[str, list[str]] = {}
    for _, section, name in _PLACES:
        known.setdefault(section, []).append(name)
    parts = [("", policy, list(known))]
    parts += [(f"{section}.", policy[section], names) for section, names in known.items() if section in policy]
    for place, part, names in parts:
        for key in part if isinstance(part, Mapping) else ():
            if key not in names:
                warn_once(
                    logger, f"The safeguard policy has {place}{key}, which is ignored. Known: {', '.join(names)}."
                )


def entries_of(policy: dict[str, Any]) -> Iterator[tuple[Kind, str, Mapping[str, Any]]]:
    """The rules of a policy as they are written: what they are about, their place, and the rule.

    Args:
        policy: the policy.

    Raises:
        ValueError: something is not a dict or a list where it should be.
    """
    for kind, section, name in _PLACES:
        part = policy.get(section, {})
        if not isinstance(part, Mapping):
            raise ValueError(f"{section} must be a dictionary, but it is {part!r}.")
        entries = part.get(name, [])
        if not isinstance(entries, list):
            raise ValueError(f"{section}.{name} must be a list, but it is {entries!r}.")
        for number, entry in enumerate(entries):
            if not isinstance(entry, Mapping):
                raise ValueError(f"{name}[{number}] must be a dictionary, but it is {entry!r}.")
            yield kind, f"{name}[{number}]", entry


def rules_of(policy: dict[str, Any], llm_config: LLMConfig | dict[str, Any] | None) -> list[Rule]:
    """The rules of a policy.

    Args:
        policy: the policy, which has been checked.
        llm_config: the model for rules that ask one.

    Raises:
        ValueError: a rule asks a model, and there is none.
    """
    return [_rule(kind, place, entry, llm_config) for kind, place, entry in entries_of(policy)]


def _rule(kind: Kind, place: str, entry: Mapping[str, Any], llm_config: LLMConfig | dict[str, Any] | None) -> Rule:
    source, destination = entry["message_source"], entry["message_destination"]
    action = entry.get("action") or entry.get("violation_response")
    message = entry.get("activation_message") or "Content blocked by a safeguard"
    check: Guardrail
    if entry["check_method"] == "regex":
        check = RegexGuardrail(place, entry["pattern"], TerminateTarget(), message)
    else:
        if not llm_config:
            raise ValueError(
                f"safeguard_llm_config is required for LLM-based guardrail: {source} -> {destination} ({place})"
            )
        condition = entry.get("custom_prompt") or f"It contains any of these: {', '.join(entry['disallow_item'])}"
        check = LLMGuardrail(place, condition, TerminateTarget(), llm_config, message)
    return Rule(kind, source, destination, check, str(action), message)
