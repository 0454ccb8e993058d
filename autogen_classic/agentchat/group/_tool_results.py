"""What the tools of a group return."""

from __future__ import annotations

import json

from pydantic import BaseModel

from ..._core.tape import RecordedResult
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

__all__ = ("reply_result_of", "text_of")

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
        returned: what it returned; in a replay, what a recording kept of that.
    """
    if not isinstance(returned, RecordedResult):
        return returned if isinstance(returned, ReplyResult) else None
    details = returned.details
    target = details.get("target")
    return ReplyResult(
        message=str(returned),
        target=target and _TARGETS[target["type"]](**{key: value for key, value in target.items() if key != "type"}),
        context_variables=details.get("context_variables"),
    )


def text_of(returned: object) -> str:
    """What the model reads of any other result.

    Args:
        returned: what a tool returned: models, dicts, lists, tuples and truth values become JSON, anything else a text.
    """
    if isinstance(returned, BaseModel):
        return returned.model_dump_json()
    if isinstance(returned, (bool, dict, list, tuple)):
        return json.dumps(returned, ensure_ascii=False, default=_jsonable)
    return str(returned)


def _jsonable(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
