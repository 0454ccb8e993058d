"""Which schemas a grammar can enforce, and answers that come as the call of a tool."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autogen_classic.oai._messages.schemas import answer_as_text, answer_tool, closed_schema
from autogen_classic.oai._messages.translation import ToolCall
from autogen_classic.oai._request.reading import Answer

TEXT = {"type": "string"}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def closed_record(**properties: Any) -> dict[str, Any]:
    return {**record(**properties), "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "closed"),
    [
        (record(a=TEXT), closed_record(a=TEXT)),
        (record(a=record(b=TEXT)), closed_record(a=closed_record(b=TEXT))),
        ({"type": "array", "items": record(a=TEXT)}, {"type": "array", "items": closed_record(a=TEXT)}),
        ({"oneOf": [TEXT, record(a=TEXT)]}, {"anyOf": [TEXT, closed_record(a=TEXT)]}),
        (record(a={"type": ["string", "null"]}), closed_record(a={"anyOf": [TEXT, {"type": "null"}]})),
        (
            record(a={**TEXT, "description": "A name.", "maxLength": 9, "default": "x"}),
            closed_record(a={**TEXT, "description": "A name. (maxLength: 9)"}),
        ),
        (
            {**record(a={"$ref": "#/$defs/B"}), "$defs": {"B": record(c=TEXT)}},
            {**closed_record(a={"$ref": "#/$defs/B"}), "$defs": {"B": closed_record(c=TEXT)}},
        ),
    ],
    ids=["object", "nested", "list", "choice", "types", "limits", "definitions"],
)
def test_a_schema_is_closed_at_every_depth(schema: dict[str, Any], closed: dict[str, Any]) -> None:
    before = json.dumps(schema)
    assert closed_schema(schema) == closed
    assert json.dumps(schema) == before, "the schema that was given is not changed"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {**record(a=TEXT), "additionalProperties": TEXT},
        record(a={}),
        {"type": "array", "items": True},
        {**record(a={"$ref": "#/$defs/B"}), "$defs": {"B": record(b={"$ref": "#/$defs/B"})}},
        {**record(a=TEXT), "patternProperties": {"^x": TEXT}},
        {"not": TEXT},
    ],
    ids=["any object", "free keys", "any value", "any items", "recursive", "patterns", "negation"],
)
def test_a_schema_beyond_grammars_is_not_closed(schema: dict[str, Any]) -> None:
    assert closed_schema(schema) is None


def test_a_value_that_is_no_object_is_wrapped_for_the_tool_and_unwrapped_again() -> None:
    schema = {"type": "array", "items": {"$ref": "#/$defs/B"}, "$defs": {"B": TEXT}}
    tool = answer_tool(schema)
    assert tool.parameters["properties"] == {tool.name: {"type": "array", "items": {"$ref": "#/$defs/B"}}}
    assert tool.parameters["$defs"] == {"B": TEXT}
    answer = Answer("a-model", calls=[ToolCall("1", tool.name, {tool.name: ["x"]})], finish_reason="tool_calls")
    answer = answer_as_text(answer, schema)
    assert (answer.text, answer.calls, answer.finish_reason) == ('["x"]', [], "stop")


def test_calls_of_other_tools_go_before_the_final_answer() -> None:
    schema = record(a=TEXT)
    calls = [ToolCall("1", "add", {}), ToolCall("2", answer_tool(schema).name, {"a": "x"})]
    answer = answer_as_text(Answer("a-model", calls=calls), schema)
    assert [call.name for call in answer.calls] == ["add"]
    assert not answer.text
