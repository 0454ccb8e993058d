"""What the tools of a group return."""

from __future__ import annotations

import json

from pydantic import BaseModel

from .reply_result import ReplyResult

__all__ = ("reply_result_of", "text_of")


def reply_result_of(returned: object) -> ReplyResult | None:
    """The `ReplyResult` that a tool returned, or None.

    Args:
        returned: what it returned.
    """
    return returned if isinstance(returned, ReplyResult) else None


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
