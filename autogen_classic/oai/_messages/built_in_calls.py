"""Calls of tools that OpenAI's models know by themselves and that run here: ``shell`` and ``apply_patch``.

In a conversation they are tool calls like any other. In a request of the Responses API the call and its answer are
items of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..._code.workspace.shell_executor import CmdResult
from .translation import ToolCall

__all__ = (
    "APPLY_PATCH",
    "SHELL",
    "ApplyPatchCallOutput",
    "ShellCallOutcome",
    "ShellCallOutput",
    "ShellCommandOutput",
    "answered_call",
    "built_in_call",
    "calls_to_answer",
    "filled_call",
    "output_item",
    "output_of",
    "without_arguments",
)

SHELL = "shell"
APPLY_PATCH = "apply_patch"

_ARGUMENTS = {"shell_call": "action", "apply_patch_call": "operation"}
"""The items, and where their arguments stand."""


@dataclass
class ShellCallOutcome:
    """How a command ended.

    Attributes:
        type: ``"exit"``, or ``"timeout"`` if it was killed because its time ran out.
        exit_code: its exit status; None if its time ran out.
    """

    type: str
    exit_code: int | None = None

    def model_dump(self) -> dict[str, Any]:
        """Return it as a dict."""
        return asdict(self)


@dataclass
class ShellCommandOutput:
    """What one command of a call left behind.

    Attributes:
        stdout: its standard output.
        stderr: its standard error.
        outcome: how it ended.
    """

    stdout: str = ""
    stderr: str = ""
    outcome: ShellCallOutcome | None = None

    def model_dump(self) -> dict[str, Any]:
        """Return it as a dict."""
        return asdict(self)


@dataclass
class ShellCallOutput:
    """The answer to a call of the shell.

    Attributes:
        call_id: the id of the call.
        type: the type of the item.
        max_output_length: the longest output that the call asked for, in characters; None for any length.
        output: what each command left behind; None becomes an empty list.
    """

    call_id: str
    type: str = "shell_call_output"
    max_output_length: int | None = None
    output: list[ShellCommandOutput] | None = None

    def __post_init__(self) -> None:
        self.output = list(self.output or ())

    def model_dump(self) -> dict[str, Any]:
        """Return it as a dict."""
        return asdict(self)


@dataclass
class ApplyPatchCallOutput:
    """The answer to a call that changes a file.

    Attributes:
        call_id: the id of the call.
        status: ``"completed"`` or ``"failed"``.
        output: what was done, or what went wrong.
        type: the type of the item.
    """

    call_id: str
    status: str
    output: str
    type: str = "apply_patch_call_output"

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dict."""
        return asdict(self)


def output_of(result: CmdResult, longest: int | None) -> ShellCommandOutput:
    """Write what a command left behind.

    Args:
        result: its result.
        longest: the longest output that the model asked for, in characters; None for any length.
    """
    outcome = ShellCallOutcome("timeout") if result.timed_out else ShellCallOutcome("exit", result.exit_code)
    return ShellCommandOutput(result.stdout[:longest], result.stderr[:longest], outcome)


def calls_to_answer(output: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Choose the calls of an answer that are to be answered here.

    Args:
        output: the items of an answer. Calls that are incomplete are left out, and those that OpenAI has answered
            itself, in a container of its own.
    """
    items = list(output)
    answered = {item.get("call_id") for item in items if str(item.get("type")).endswith("_call_output")}
    return [
        item
        for item in items
        if (item.get("type") == "function_call" or item.get("type") in _ARGUMENTS)
        and item.get("status") != "incomplete"
        and item.get("call_id") not in answered
    ]


def built_in_call(item: Mapping[str, Any]) -> ToolCall | None:
    """Read a call of a built-in tool as the tool call that stands in a conversation.

    Args:
        item: an item of an answer.

    Returns:
        The call; None for an item of another kind.
    """
    kind = str(item.get("type"))
    if kind not in _ARGUMENTS:
        return None
    name = kind.removesuffix("_call")
    given = item.get(_ARGUMENTS[kind]) or {}
    told = {key: value for key, value in given.items() if value is not None}
    return ToolCall(str(item.get("call_id") or f"call_{name}"), name, told if name == SHELL else {"operation": told})


def without_arguments(item: dict[str, Any]) -> dict[str, Any]:
    """A call of a built-in tool without its arguments, which the message has.

    Args:
        item: an item; one of another kind stays as it is.
    """
    place = _ARGUMENTS.get(str(item.get("type")))
    return {name: item[name] for name in item if name != place}


def filled_call(item: dict[str, Any], call: ToolCall) -> dict[str, Any]:
    """A call of a built-in tool with the arguments that the message has.

    Args:
        item: what `without_arguments` has left of it.
        call: the call of the message.
    """
    place = _ARGUMENTS[item["type"]]
    return {**item, "call_id": call.id, place: call.arguments.get(place, call.arguments)}


def output_item(kind: str, call: ToolCall, text: str) -> dict[str, Any]:
    """Write the answer to a call of a built-in tool as an item.

    Args:
        kind: the type of the item that called.
        call: the call.
        text: the answer as it stands in the conversation: JSON if the tool ran; any other text says why it did not.
    """
    answer = _read(text, f"{kind}_output")
    if kind == "apply_patch_call":
        status = "completed" if answer.get("status") == "completed" else "failed"
        return ApplyPatchCallOutput(call.id, status, str(answer.get("output", text))).to_dict()
    item = ShellCallOutput(call.id, max_output_length=call.arguments.get("max_output_length")).model_dump()
    output = answer.get("output")
    if not isinstance(output, list) or not output or not all(map(_is_command_output, output)):
        output = [_not_run(text)]
    return {**item, "output": [_command_output(one) for one in output]}


def answered_call(call_id: str, text: str) -> tuple[str, ToolCall] | None:
    """Find out from an answer alone which call of a built-in tool it belongs to.

    Args:
        call_id: the id of the call.
        text: the answer as it stands in the conversation.

    Returns:
        The type of the item that called, and the call as far as the answer tells it; None for an answer that a built-in
        tool has not given.
    """
    for kind in _ARGUMENTS:
        answer = _read(text, f"{kind}_output")
        if answer:
            longest = answer.get("max_output_length")
            told = {"max_output_length": longest} if isinstance(longest, int) else {}
            return kind, ToolCall(call_id, kind.removesuffix("_call"), told)
    return None


def _is_command_output(told: object) -> bool:
    return isinstance(told, dict) and isinstance(told.get("outcome"), dict)


def _not_run(reason: str) -> dict[str, Any]:
    """What stands for the commands of a call that did not run."""
    return ShellCommandOutput(stderr=reason, outcome=ShellCallOutcome("exit", 1)).model_dump()


def _command_output(told: dict[str, Any]) -> dict[str, Any]:
    """What a command left behind; one that was killed has no exit status, which the API does not take as null."""
    return {**told, "outcome": {name: value for name, value in told["outcome"].items() if value is not None}}


def _read(text: str, kind: str) -> dict[str, Any]:
    """The answer of a tool that ran; an empty dict for any other text."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) and read.get("type") == kind else {}
