"""Schemas without references."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import BaseModel

from autogen_classic.json_utils import resolve_json_references


class Price(BaseModel):
    amount: float


class Item(BaseModel):
    price: Price
    others: list[Price] = []


class Node(BaseModel):
    children: list[Node] = []


def test_references_are_replaced_by_what_they_lead_to() -> None:
    schema = Item.model_json_schema()
    before = copy.deepcopy(schema)
    resolved = resolve_json_references(schema)
    price = schema["$defs"]["Price"]
    assert resolved["properties"]["price"] == price
    assert resolved["properties"]["others"]["items"] == price
    assert schema == before


def test_what_stands_beside_a_reference_is_kept() -> None:
    schema = {"$defs": {"A": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/A", "description": "the a"}}}
    assert resolve_json_references(schema)["properties"]["a"] == {"type": "string", "description": "the a"}


def test_a_type_within_itself_stays_a_reference() -> None:
    resolved = resolve_json_references(Node.model_json_schema())
    children = resolved["$defs"]["Node"]["properties"]["children"]["items"]
    assert children["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}


def test_references_lead_into_lists_and_odd_names() -> None:
    schema = {"a/b~": [{"type": "null"}], "x": {"$ref": "#/a~1b~0/0"}, "$ref": 3}
    assert resolve_json_references(schema) == {"a/b~": [{"type": "null"}], "x": {"type": "null"}, "$ref": 3}


@pytest.mark.parametrize(
    ("schema", "error", "complaint"),
    [
        (3, TypeError, "A JSON schema is a dict, but this is 3"),
        ({"a": {"$ref": "#/$defs/A"}}, ValueError, "'#/\\$defs/A' leads nowhere: there is no '\\$defs'"),
        ({"a": {"$ref": "http://example.com/y"}}, ValueError, "leads out of the schema"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_named(schema: Any, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        resolve_json_references(schema)
