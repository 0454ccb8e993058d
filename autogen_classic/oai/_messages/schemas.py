"""Structured output in the forms that providers know: an enforced schema, a tool that has to be called, or words.

A provider that enforces schemas knows only part of JSON Schema. `closed_schema` writes a schema in that part if
possible. For all other schemas, and for models that do not enforce any, the answer becomes the call of a tool.
In any case, the answer is checked against the schema as it was given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._request.reading import Answer
from .translation import Tool

__all__ = (
    "ANSWER_BY_TOOL",
    "ANSWER_WITH_OBJECT",
    "answer_as_text",
    "answer_tool",
    "closed_schema",
    "in_words",
    "references",
    "schema_of",
    "told_in_words",
    "wants_any_object",
)

_ANSWER = "final_answer"

ANSWER_BY_TOOL = f"Give your final answer by calling the tool {_ANSWER}."
"""What a model that cannot be made to call a tool is told."""

ANSWER_WITH_OBJECT = "Answer with one JSON object and nothing else."
"""What a model that has no mode for JSON is told."""

_HOLDERS_OF_SCHEMAS = ("properties", "$defs", "definitions")
_KEPT = ("type", "enum", "const", "$ref", "required", "description", "properties", "items", "anyOf", "allOf", "$defs")
_HINTS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
)
_BEYOND_GRAMMARS = ("not", "if", "patternProperties", "prefixItems", "dependentSchemas", "unevaluatedProperties")


def schema_of(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the JSON schema that the answer to a request has to fit, or None.

    Args:
        params: a request whose ``response_format`` has the form of OpenAI's API.
    """
    form = params.get("response_format") or {}
    schema: dict[str, Any] | None = (form.get("json_schema") or {}).get("schema")
    return schema


def wants_any_object(params: Mapping[str, Any]) -> bool:
    """Tell whether the answer to a request may be any JSON object.

    Args:
        params: a request whose ``response_format`` has the form of OpenAI's API.
    """
    form = params.get("response_format") or {}
    return form.get("type") == "json_object" or (form.get("type") == "json_schema" and schema_of(params) is None)


def in_words(schema: Mapping[str, Any] | None) -> str:
    """Describe a schema to a model that is not held to it.

    Args:
        schema: a JSON schema; None if any object will do.
    """
    if schema is None:
        return "Your final answer is one JSON object and nothing else."
    return f"Your final answer is JSON that fits this JSON schema, and nothing else:\n{json.dumps(schema)}"


def told_in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the form of the answer in a system message.

    Args:
        params: a request with a ``response_format`` in the form of OpenAI's API, which is not changed.

    Returns:
        The request without its ``response_format``.
    """
    told = {key: params[key] for key in params if key != "response_format"}
    return {**told, "messages": [{"role": "system", "content": in_words(schema_of(params))}, *params["messages"]]}


def closed_schema(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write a schema with what grammars can enforce: closed objects, lists, choices and plain values.

    Limits of numbers, texts and lists become a hint in the description.

    Args:
        schema: a JSON schema, which is not changed.

    Returns:
        The schema; None if it cannot be written like that, because it has objects with free keys, is recursive, or uses
        conditions.
    """
    try:
        _refuse_recursion(schema)
        return _closed(schema)
    except _NotClosableError:
        return None


class _NotClosableError(Exception):
    """A schema needs more than a grammar can enforce."""


def _closed(schema: object) -> dict[str, Any]:
    """Write a schema, or one inside of another, as `closed_schema` does; _NotClosableError if that is not possible."""
    if not isinstance(schema, Mapping) or not schema or any(key in schema for key in _BEYOND_GRAMMARS):
        raise _NotClosableError
    if isinstance(schema.get("type"), list):
        return {"anyOf": [_closed({**schema, "type": kind}) for kind in schema["type"]]}
    closed = {key: schema[key] for key in _KEPT if key in schema}
    if "oneOf" in schema:
        closed["anyOf"] = schema["oneOf"]
    hints = ", ".join(f"{key}: {schema[key]}" for key in _HINTS if key in schema)
    if hints:
        closed["description"] = f"{schema.get('description', '')} ({hints})".strip()
    for key in _HOLDERS_OF_SCHEMAS:
        if key in schema:
            closed[key] = {name: _closed(part) for name, part in schema[key].items()}
    for key in ("anyOf", "allOf"):
        if key in closed:
            closed[key] = [_closed(part) for part in closed[key]]
    if "items" in closed:
        closed["items"] = _closed(closed["items"])
    if schema.get("type") == "object" or "properties" in schema:
        if not schema.get("properties") or schema.get("additionalProperties"):
            raise _NotClosableError
        closed["additionalProperties"] = False
    return closed


def _refuse_recursion(schema: Mapping[str, Any]) -> None:
    """Raise a _NotClosableError if a definition contains itself, or does not exist."""
    definitions = {**schema.get("definitions", {}), **schema.get("$defs", {})}

    def visit(part: object, above: tuple[str, ...]) -> None:
        for name in references(part):
            if name in above or name not in definitions:
                raise _NotClosableError
            visit(definitions[name], (*above, name))

    visit({key: schema[key] for key in schema if key not in ("$defs", "definitions")}, ())


def references(part: object) -> Iterator[str]:
    """Yield the names of the definitions that a part of a schema refers to.

    Args:
        part: a JSON schema, or anything inside one.
    """
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def answer_tool(schema: Mapping[str, Any]) -> Tool:
    """Make the tool by which a model gives an answer that fits a schema.

    Args:
        schema: a JSON schema. The arguments of a tool are an object, so any other value is wrapped in one.
    """
    parameters = dict(schema)
    if schema.get("type") != "object":
        definitions: dict[str, Any] = {key: schema[key] for key in ("$defs", "definitions") if key in schema}
        value = {key: schema[key] for key in schema if key not in definitions}
        parameters = {"type": "object", "properties": {_ANSWER: value}, "required": [_ANSWER], **definitions}
    return Tool(_ANSWER, "Gives the final answer to the user. Nothing else counts as an answer.", parameters)


def answer_as_text(answer: Answer, schema: Mapping[str, Any]) -> Answer:
    """Make what a model said through the `answer_tool` the text of its answer.

    Args:
        answer: what the model answered, which is changed. Calls of other tools go before the final answer.
        schema: the JSON schema of the answer.
    """
    given = [call for call in answer.calls if call.name == _ANSWER]
    answer.calls = [call for call in answer.calls if call.name != _ANSWER]
    if given and not answer.calls:
        arguments = given[0].arguments
        value = arguments if schema.get("type") == "object" else arguments.get(_ANSWER, arguments)
        answer.text = json.dumps(value, ensure_ascii=False)
        answer.finish_reason = "length" if answer.finish_reason == "length" else "stop"
    return answer
