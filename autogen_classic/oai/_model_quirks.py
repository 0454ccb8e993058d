"""What OpenAI's models, or some of them, refuse, and how to put it to them instead.

A request that worked with an older model should work with a newer one: only the name of the model changes. What is
known of the models stands in a table; what a server refuses by name is learnt, and not said to that model again. Each
change is reported by one warning. A model that takes what the program says gets exactly that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from .._warn import warn_once
from ..errors import ModelToolNotSupportedError
from ._messages.validity import valid_messages
from .client_utils import without_hidden_tools

__all__ = ("fitted", "learn_from", "reasons")

logger = logging.getLogger("autogen.oai.client")

_MAX_TOKENS = "max_tokens"
_SYSTEM_ROLE = "the role system"

# The documentation of the API says so: https://platform.openai.com/docs/guides/reasoning (2025). The chat models
# among gpt-5 do not reason.
_REASONS = re.compile(r"(o[134]|gpt-5\d?)(?!\w|[-.\w]*chat)")
_FIRST_TO_REASON = re.compile(r"o1-(mini|preview)")  # neither a system message nor tools
_TABLE = ((_REASONS, _MAX_TOKENS), (_FIRST_TO_REASON, _SYSTEM_ROLE))

# Settings without which a request still asks the same. Others are worth the error.
_DISPENSABLE = frozenset(("temperature", "top_p", "presence_penalty", "frequency_penalty", "parallel_tool_calls"))
_CODES = frozenset(("unsupported_parameter", "unsupported_value"))

_learnt: dict[tuple[str, str], set[str]] = {}


def fitted(params: dict[str, Any], place: str) -> dict[str, Any]:
    """Put a request the way its model wants it.

    Args:
        params: the request.
        place: the address of the model.

    Returns:
        The same dict if nothing has to be changed, otherwise a changed copy.

    Raises:
        ModelToolNotSupportedError: the request offers tools to a model that does not take any.
    """
    params = without_hidden_tools(params)
    model = params.get("model")
    if not isinstance(model, str):
        return params
    if params.get("tools") and _FIRST_TO_REASON.match(model):
        raise ModelToolNotSupportedError(model)
    if params.get("messages"):
        messages = valid_messages(params["messages"], model, place)
        params = params if messages is params["messages"] else {**params, "messages": messages}
    refused = {quirk for pattern, quirk in _TABLE if pattern.match(model)} | _learnt.get((place, model), set())
    for quirk in sorted(refused):
        if quirk == _SYSTEM_ROLE:
            params = _without_system_role(params)
        elif quirk == _MAX_TOKENS:
            params = _with_max_completion_tokens(params)
        elif quirk in params:
            _warn(model, quirk, "it is left out")
            params = {name: params[name] for name in params if name != quirk}
    return params


def reasons(model: object) -> bool:
    """Tell whether a model of OpenAI is known to think before it answers.

    Args:
        model: its name.
    """
    return isinstance(model, str) and _REASONS.match(model) is not None


def learn_from(error: BaseException, params: Mapping[str, Any], place: str) -> bool:
    """Learn what a model refuses.

    Args:
        error: what the SDK raised.
        params: the request that was sent.
        place: the address of the model.

    Returns:
        Whether it is worth asking again: `fitted` now knows how to put it differently.
    """
    unsupported = getattr(error, "code", None) in _CODES or "Unsupported parameter" in str(error)
    if getattr(error, "status_code", None) != 400 or not unsupported:
        return False
    name = str(getattr(error, "param", None))
    if name.startswith("messages") and name.endswith("role") and "'system'" in str(error):
        quirk, said = _SYSTEM_ROLE, _speaks_as_system(params)
    else:
        quirk, said = name, name in params and (name in _DISPENSABLE or name == _MAX_TOKENS)
    if said:
        _learnt.setdefault((place, str(params.get("model"))), set()).add(quirk)
    return said


def _with_max_completion_tokens(params: dict[str, Any]) -> dict[str, Any]:
    if _MAX_TOKENS not in params:
        return params
    _warn(params["model"], _MAX_TOKENS, "it is sent as max_completion_tokens")
    changed = {name: params[name] for name in params if name != _MAX_TOKENS}
    changed.setdefault("max_completion_tokens", params[_MAX_TOKENS])
    return changed


def _without_system_role(params: dict[str, Any]) -> dict[str, Any]:
    if not _speaks_as_system(params):
        return params
    _warn(params["model"], _SYSTEM_ROLE, "the user says its messages")
    messages = [{**said, "role": "user"} if _is_system(said) else said for said in params["messages"]]
    return {**params, "messages": messages}


def _speaks_as_system(params: Mapping[str, Any]) -> bool:
    return any(_is_system(message) for message in params.get("messages") or ())


def _is_system(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "system"


def _warn(model: str, quirk: str, remedy: str) -> None:
    warn_once(logger, f"Model {model} does not take {quirk}; {remedy}.")
