"""The wire format of OpenAI's Responses API: messages become items, and tools are written flat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from ..._core.content import text_of
from ..._secrets import shown_without_keys
from .built_in_calls import answered_call, built_in_call, calls_to_answer, filled_call, output_item, without_arguments
from .images import ImagePart
from .translation import Text, ToolAnswer, ToolCall, Turn, call_of, tools_of, turns_of, with_plain_ids

__all__ = ("built_in_tools_of", "calls_of", "choice_of", "format_of", "input_of", "kept_of", "tools_for")


def format_of(response_format: Any) -> dict[str, Any] | None:
    """Write a ``response_format`` of chat completions, which wraps a schema one level deeper.

    Args:
        response_format: the form of an answer.

    Returns:
        The ``format`` of the text; None for plain text.
    """
    if not response_format or response_format.get("type") == "text":
        return None
    if response_format.get("type") != "json_schema":
        return dict(response_format)
    return {"type": "json_schema", **response_format["json_schema"]}


def tools_for(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the tools of a request: functions, and those that the provider runs itself.

    Args:
        params: a request in the form of chat completions. A tool whose type is not ``"function"`` stays as it is; so
            does a dict in ``built_in_tools``, where a name stands for ``{"type": name}``.
    """
    given = params.get("tools") or ()
    strict = {tool["function"]["name"] for tool in given if (tool.get("function") or {}).get("strict")}
    functions = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
            "strict": tool.name in strict,  # left to itself, the API would take every schema for a strict one
        }
        for tool in tools_of(params)
    ]
    others = [dict(tool) for tool in given if tool.get("type", "function") != "function"]
    return [*functions, *others, *built_in_tools_of(params)]


def built_in_tools_of(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the ``built_in_tools`` of a configuration, each tool once.

    Args:
        settings: the configuration. ``"apply_patch_async"`` is AG2's name for an ``apply_patch`` that does not block,
            as all tools here do not in an asynchronous chat.

    Raises:
        TypeError: they are not a list of names and dicts.
        ValueError: a dict does not say of which type its tool is.
    """
    given = settings.get("built_in_tools") or ()
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(f'built_in_tools should be a list, such as ["shell"], but it is {shown_without_keys(given)}.')
    written = [_built_in_tool(tool) for tool in given]
    return [tool for place, tool in enumerate(written) if tool not in written[:place]]


def _built_in_tool(tool: object) -> dict[str, Any]:
    if not isinstance(tool, (str, Mapping)):
        raise TypeError(
            f'built_in_tools should hold names, such as "shell", and dicts, but one is {shown_without_keys(tool)}.'
        )
    settings = {"type": tool} if isinstance(tool, str) else dict(tool)
    if not isinstance(settings.get("type"), str):
        raise ValueError(
            f'A tool in built_in_tools needs a type, such as {{"type": "shell"}}, but it is {shown_without_keys(tool)}.'
        )
    return {**settings, "type": settings["type"].removesuffix("_async")}


def choice_of(params: Mapping[str, Any]) -> Any:
    """Write ``tool_choice``, or the older ``function_call``; None if the request has neither.

    Args:
        params: a request in the form of chat completions.
    """
    choice = params.get("function_call") or params.get("tool_choice")
    if not isinstance(choice, Mapping):
        return choice
    function = choice.get("function", choice if "type" not in choice else None)
    return {"type": "function", "name": function["name"]} if function else dict(choice)


def input_of(
    messages: Iterable[Mapping[str, Any]], origin: str, stored: bool, continued: bool = False
) -> list[dict[str, Any]]:
    """Write messages as items.

    Args:
        messages: messages in the form of chat completions.
        origin: the model that is asked. The items that it wants back are where they were in its answer.
        stored: whether the server may have kept its answers. If it has not, it knows thoughts only by what they
            carry in ``encrypted_content``.
        continued: whether the server puts what it has kept before these messages. Then answers of tools that come first
            belong to calls that it knows.
    """
    messages = list(messages)
    first = list(takewhile(_is_answer, messages)) if continued else []
    answers = [ToolAnswer(answer["tool_call_id"], "", text_of(answer.get("content")) or "") for answer in first]
    items = [_output(answer, answered_call(answer.call_id, answer.text)) for answer in answers]
    messages = messages[len(first) :]
    built_in: dict[str, tuple[str, ToolCall]] = {}
    for turn in with_plain_ids(turns_of(messages, origin)):
        if turn.role == "tool":
            items += [_output(part, built_in.get(part.call_id)) for part in turn.parts if isinstance(part, ToolAnswer)]
        elif turn.role == "assistant":
            said = _said(turn, stored)
            kinds = {item["call_id"]: item["type"] for item in said if built_in_call(item) is not None}
            built_in = {call.id: (kinds[call.id], call) for call in turn.calls if call.id in kinds}
            items += said
        else:
            items.append({"role": turn.role, "content": _content_of(turn)})
    return items


def _is_answer(message: Mapping[str, Any]) -> bool:
    return message.get("role") == "tool" and bool(message.get("tool_call_id"))


def _output(answer: ToolAnswer, call: tuple[str, ToolCall] | None = None) -> dict[str, Any]:
    """The answer to a call; one of a built-in tool is given with the type of its item."""
    if call is not None:
        return output_item(*call, answer.text)
    return {"type": "function_call_output", "call_id": answer.call_id, "output": answer.text}


def _call(call: ToolCall) -> dict[str, Any]:
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": arguments}


def _content_of(turn: Turn) -> Any:
    """A text, if there is nothing but text; otherwise a list of texts and pictures. Only users show pictures."""
    if turn.role != "user" or not any(isinstance(part, ImagePart) for part in turn.parts):
        return turn.text
    return [
        {"type": "input_text", "text": part.text}
        if isinstance(part, Text)
        else {"type": "input_image", "image_url": part.address, "detail": "auto"}
        for part in turn.parts
        if isinstance(part, (Text, ImagePart))
    ]


def _said(turn: Turn, stored: bool) -> list[dict[str, Any]]:
    """What the assistant said; what was kept of it goes back if the message has not been changed since."""
    if _fits(turn, stored):
        calls = iter(turn.calls)
        said_in_calls = calls_to_answer(turn.kept)
        return [_filled(item, turn.text, calls if item in said_in_calls else None) for item in turn.kept]
    said = [{"role": "assistant", "content": turn.text}] if turn.text else []
    return said + [_call(call) for call in turn.calls]


def _fits(turn: Turn, stored: bool) -> bool:
    kinds = [item.get("type") for item in turn.kept]
    readable = stored or all(item.get("encrypted_content") for item in turn.kept if item.get("type") == "reasoning")
    same = kinds.count("message") == bool(turn.text) and len(calls_to_answer(turn.kept)) == len(turn.calls)
    return bool(kinds) and readable and same


def _filled(item: dict[str, Any], text: str, calls: Iterator[ToolCall] | None) -> dict[str, Any]:
    """An item, unchanged; texts and calls are in the message itself."""
    if item["type"] == "message":
        return {**item, "content": [{"type": "output_text", "text": text, "annotations": []}]}
    if calls is None:
        return item
    call = next(calls)
    return {**item, **_call(call)} if item["type"] == "function_call" else filled_call(item, call)


def calls_of(output: Iterable[Mapping[str, Any]]) -> list[ToolCall]:
    """Read the calls of an answer that are to be answered here, those of built-in tools among them.

    Args:
        output: the items of an answer.
    """
    return [built_in_call(item) or call_of(item, {"id": item.get("call_id")}) for item in calls_to_answer(output)]


def kept_of(output: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Choose what has to be kept of an answer besides its text and its calls, which are in the message itself.

    Args:
        output: the items of an answer.

    Returns:
        The items without texts and calls; none if the answer has nothing else.
    """
    said = (item for item in output if not _says_nothing(item))
    items = [{name: value for name, value in item.items() if value is not None} for item in said]
    if all(item.get("type") in ("message", "function_call") for item in items):
        return []
    said_in_calls = calls_to_answer(items)
    return [without_arguments(_emptied(item)) if item in said_in_calls else _emptied(item) for item in items]


def _says_nothing(item: Mapping[str, Any]) -> bool:
    """Whether an item is a message without a word, as stands beside some calls; a message here has no place for it."""
    parts = item.get("content") or ()
    return item.get("type") == "message" and not any(part.get("text") or part.get("refusal") for part in parts)


def _emptied(item: dict[str, Any]) -> dict[str, Any]:
    if item.get("type") == "message":
        cited = [{"annotations": part["annotations"]} for part in item.get("content") or () if part.get("annotations")]
        return {**item, "content": cited}
    if item.get("type") == "function_call":
        return {name: item[name] for name in item if name not in ("name", "arguments")}
    return item
