"""Tools for models that were never taught to call any: they are explained in words, and a grammar does the rest.

The model may write nothing but JSON of the forms ``{"tool": NAME, "arguments": {...}}`` and ``{"answer": TEXT}``, and
the arguments fit the tool's schema. So even a very small model calls tools that exist, with arguments of the right
types; whether it is the right tool is another matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._messages.schemas import schema_of, wants_any_object
from .._messages.translation import Tool, ToolCall, Turn, tools_of

__all__ = ("Offer", "answer_schema", "answer_so_far", "bounded", "calls_in", "explain", "offer_of", "repeats")

# A small model may write on and on where nothing ends a text, a list or a number.
_LONGEST_TEXT = 600
_LONGEST_LIST = 10
_LARGEST_NUMBER = 10**12
_MOST_CALLS = 4

_ANSWER_BEGINS = re.compile(r'\s*\{\s*"answer"\s*:\s*"')


@dataclass(frozen=True)
class Offer:
    """The tools of a request, and what the model may do with them.

    Attributes:
        tools: the tools that it may call.
        must_call: whether it has to call one.
        several: whether it may call several at once.
    """

    tools: list[Tool]
    must_call: bool
    several: bool

    def schema(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Write the JSON schema of what the model may say.

        Args:
            answer: the JSON schema of an answer that calls no tool.
        """
        definitions: dict[str, Any] = {}
        calls = [_call_schema(tool, number, definitions) for number, tool in enumerate(self.tools)]
        if self.several:
            forms: list[Any] = [{"type": "array", "items": {"anyOf": calls}, "minItems": 1, "maxItems": _MOST_CALLS}]
        else:
            forms = calls
        if not self.must_call:
            forms.append(_closed({"answer": _with_own_definitions(answer, "answer", definitions)}))
        return {"anyOf": forms, "$defs": definitions}


def offer_of(params: Mapping[str, Any]) -> Offer | None:
    """Read the tools of a request, and its ``tool_choice`` and ``parallel_tool_calls``.

    Args:
        params: a request in the OpenAI form.

    Returns:
        The offer; None if there are no tools, or none may be called.
    """
    tools = tools_of(params)
    choice = params.get("tool_choice") or params.get("function_call") or "auto"
    if isinstance(choice, Mapping):
        name = (choice.get("function") or choice).get("name")
        tools = [tool for tool in tools if tool.name == name] or tools
    if not tools or choice == "none":
        return None
    return Offer(tools, choice != "auto", params.get("parallel_tool_calls") is True)


def explain(offer: Offer) -> str:
    """Write the instruction that tells a model about its tools.

    Args:
        offer: the tools.
    """
    tools = "\n".join(f"- {_signature(tool)}" for tool in offer.tools)
    call = '{"tool": "NAME", "arguments": {...}}'
    form = f"a JSON list of calls such as [{call}]" if offer.several else f"JSON such as {call}"
    if offer.must_call:
        return f"You can use these tools:\n{tools}\n\nUse a tool: answer with {form}"
    return (
        f"You can use these tools:\n{tools}\n\nIf a tool can help, use it: answer with {form}\n"
        'Only if no tool can help, answer in words: {"answer": "..."}'
    )


def _signature(tool: Tool) -> str:
    properties = tool.parameters.get("properties") or {}
    arguments = ", ".join(f"{name}: {_type_of(schema)}" for name, schema in properties.items())
    notes = [f"{name}: {schema['description']}" for name, schema in properties.items() if _has_description(schema)]
    text = f"{tool.name}({arguments}): {tool.description}".strip().rstrip(":")
    return f"{text} ({'; '.join(notes)})" if notes else text


def _has_description(schema: Any) -> bool:
    return isinstance(schema, Mapping) and bool(schema.get("description"))


def _type_of(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return "any"
    if "enum" in schema:
        return " or ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    kind = schema.get("type", "any")
    return " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind)


def answer_schema(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the JSON schema to which the answer is held; None for plain text.

    Args:
        params: a request whose ``response_format`` has the form of OpenAI's API.
    """
    schema = schema_of(params)
    if schema is None:
        return {"type": "object"} if wants_any_object(params) else None
    limited: dict[str, Any] = bounded(schema)
    return limited


def bounded(schema: Any) -> Any:
    """Put a limit on the texts, lists and numbers of a schema that lack one, and close its objects.

    Args:
        schema: a JSON schema, which is not changed. What fits the new one fits this one as well.
    """
    if isinstance(schema, list):
        return [bounded(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    new: dict[str, Any] = {
        key: {name: bounded(part) for name, part in value.items()}
        if key in ("properties", "$defs", "definitions")
        else bounded(value)
        if key in ("items", "anyOf", "oneOf", "allOf", "prefixItems", "additionalProperties")
        else value
        for key, value in schema.items()
    }
    kind = new.get("type")
    if kind == "string" and not {"enum", "const", "pattern", "format"} & new.keys():
        new.setdefault("maxLength", max(_LONGEST_TEXT, new.get("minLength", 0)))
    elif kind == "array":
        new.setdefault("maxItems", max(_LONGEST_LIST, new.get("minItems", 0)))
    elif kind == "integer" and not {"enum", "const"} & new.keys():
        if not {"minimum", "exclusiveMinimum"} & new.keys():
            new["minimum"] = min(-_LARGEST_NUMBER, new.get("maximum", 0))
        if not {"maximum", "exclusiveMaximum"} & new.keys():
            new["maximum"] = max(_LARGEST_NUMBER, new.get("minimum", 0))
    elif "properties" in new and "anyOf" not in new and "allOf" not in new:
        new.setdefault("additionalProperties", False)
    return new


def _call_schema(tool: Tool, number: int, definitions: dict[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {}, **tool.parameters}
    arguments = _with_own_definitions(bounded(parameters), f"tool{number}", definitions)
    return _closed({"tool": {"const": tool.name}, "arguments": arguments})


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _with_own_definitions(schema: Mapping[str, Any], owner: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """Move the definitions of a schema to those of the whole, under unique names."""

    def moved(part: Any) -> Any:
        if isinstance(part, list):
            return [moved(item) for item in part]
        if not isinstance(part, Mapping):
            return part
        reference = part.get("$ref")
        if isinstance(reference, str):
            return {**part, "$ref": f"#/$defs/{owner}-{reference.rpartition('/')[2]}"}
        return {key: moved(value) for key, value in part.items()}

    for holder in ("$defs", "definitions"):
        for name, definition in (schema.get(holder) or {}).items():
            definitions[f"{owner}-{name}"] = moved(definition)
    return {key: moved(schema[key]) for key in schema if key not in ("$defs", "definitions")}


def calls_in(said: Any, seed: str) -> list[ToolCall]:
    """Read the calls from what a model said.

    Args:
        said: the JSON value.
        seed: what the ids are made from: the same answer to the same request has the same ids.
    """
    calls = said if isinstance(said, list) else [said]
    return [
        ToolCall(f"call_{seed[:20]}_{number}", call["tool"], call["arguments"])
        for number, call in enumerate(calls)
        if isinstance(call, Mapping) and "tool" in call
    ]


def answer_so_far(text: str) -> str | None:
    """Read the answer in words from JSON that may not be complete yet.

    Args:
        text: what the model has written.

    Returns:
        The answer so far; None if the model calls a tool, or if that is not yet known.
    """
    begin = _ANSWER_BEGINS.match(text)
    if begin is None:
        return None
    try:
        said, _ = json.JSONDecoder(strict=False).raw_decode(text[begin.end() - 1 :])
        return str(said)
    except ValueError:
        pass
    unfinished = re.sub(r"\\(u[0-9a-fA-F]{0,3})?$", "", text[begin.end() :])
    try:
        return str(json.loads(f'"{unfinished}"', strict=False))
    except ValueError:
        return ""


def repeats(calls: Sequence[ToolCall], turns: Sequence[Turn]) -> bool:
    """Tell whether every call has already been answered since somebody last spoke.

    Args:
        calls: what the model wants to call.
        turns: the conversation so far.
    """
    made = set()
    for turn in reversed(turns):
        if turn.role not in ("assistant", "tool"):
            break
        made |= {(call.name, _key(call)) for call in turn.calls}
    return bool(calls) and all((call.name, _key(call)) in made for call in calls)


def _key(call: ToolCall) -> str:
    return json.dumps(call.arguments, sort_keys=True, default=str)
