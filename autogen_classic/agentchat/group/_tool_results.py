"""What the tools of a group return."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...function_utils import serialize_to_str
from .reply_result import ReplyResult
from .targets.group_manager_target import GroupManagerTarget
from .targets.transition_target import (
    AgentNameTarget,
    AgentTarget,
    AskUserTarget,
    RandomAgentTarget,
    RevertToUserTarget,
    StayTarget,
    TerminateTarget,
    TransitionTarget,
)

__all__ = (
    "kept_result",
    "kept_target",
    "reply_result_of",
    "restored_result",
    "restored_target",
    "shown_result",
    "text_of",
)

# Those that a tool may name and a recording can keep.
_TARGETS: dict[str, type[TransitionTarget]] = {
    kind.__name__: kind
    for kind in (
        AgentNameTarget,
        AgentTarget,
        AskUserTarget,
        GroupManagerTarget,
        RandomAgentTarget,
        RevertToUserTarget,
        StayTarget,
        TerminateTarget,
    )
}


def reply_result_of(returned: object) -> ReplyResult | None:
    """The `ReplyResult` that a tool returned, or None.

    Args:
        returned: what it returned.
    """
    return returned if isinstance(returned, ReplyResult) else None


def text_of(returned: object) -> str:
    """What the model reads of any other result.

    Args:
        returned: what a tool returned: None is the word, an object that JSON cannot hold its ``str``; else see
            `serialize_to_str`.
    """
    if returned is None:
        return str(None)
    try:
        return serialize_to_str(returned)
    except TypeError:
        return str(returned)


def kept_result(returned: object) -> dict[str, object]:
    """Write the result of a tool for a recording or a journal.

    Args:
        returned: what the tool returned.

    Returns:
        Its text as ``result``; for a `ReplyResult` also a ``handover``, which is None if JSON has no form for it: a
        target with agents, a pattern or a function in it, or variables of other types.
    """
    result = reply_result_of(returned)
    if result is None:
        return {"result": text_of(returned)}
    variables = result.context_variables
    target = None if result.target is None else kept_target(result.target)
    if result.target is not None and target is None:
        return {"result": result.message, "handover": None}
    handover = {
        "target": target,
        "context_variables": None if variables is None else variables.to_dict(),
    }
    return {"result": result.message, "handover": handover if _is_json(handover) else None}


def restored_result(text: str, handover: Mapping[str, Any]) -> ReplyResult:
    """Undo `kept_result` for a `ReplyResult`.

    Args:
        text: the ``result``.
        handover: the ``handover``.
    """
    target = handover["target"]
    return ReplyResult(
        message=text,
        target=None if target is None else restored_target(target),
        context_variables=handover["context_variables"],
    )


def shown_result(text: str, target: str) -> ReplyResult:
    """Make the result of a tool anew from what was printed of it; what it did to variables was not printed.

    Args:
        text: its text.
        target: who goes next, by the name for readers.
    """
    fixed = (AskUserTarget(), GroupManagerTarget(), RevertToUserTarget(), StayTarget(), TerminateTarget())
    named = next((one for one in fixed if one.display_name() == target), None)
    return ReplyResult(message=text, target=named or AgentNameTarget(agent_name=target))


def kept_target(target: TransitionTarget) -> dict[str, object] | None:
    """Write a target for a recording, a journal or a state.

    Args:
        target: the target.

    Returns:
        Its kind and its fields; None if JSON has no form for it.
    """
    if isinstance(target, GroupManagerTarget) and target.selection_message is not None:
        return None
    if _TARGETS.get(type(target).__name__) is not type(target):
        return None
    return {"kind": type(target).__name__, "fields": target.model_dump()}


def restored_target(kept: Mapping[str, Any]) -> TransitionTarget:
    """Undo `kept_target`.

    Args:
        kept: what it returned.
    """
    return _TARGETS[kept["kind"]](**kept["fields"])


def _is_json(value: object) -> bool:
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False
