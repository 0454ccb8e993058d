"""Attributes added to the answers of an SDK: where pydantic itself puts them, only sooner."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from autogen_classic._core.content import add_part

ANSWER = {"id": "1", "created": 0, "model": "m", "object": "chat.completion", "choices": []}


@pytest.mark.parametrize("name", ["cost", "model", "pass_filter", "server_says"])
def test_an_attribute_is_added_to_an_answer_as_pydantic_adds_it(name: str) -> None:
    ours, theirs = (ChatCompletion.model_validate({**ANSWER, "server_says": 1}) for _ in range(2))
    for value in ("1", "2"):
        add_part(ours, name, value)
        setattr(theirs, name, value)
        assert getattr(ours, name) == value
    assert ours == theirs
    assert ours.model_fields_set == theirs.model_fields_set
    assert ours.model_extra == theirs.model_extra
    for settings in ({}, {"exclude_unset": True}):
        assert ours.model_dump(**settings) == theirs.model_dump(**settings)
    assert ours.model_copy(deep=True) == theirs


def test_an_attribute_is_added_to_whatever_takes_attributes() -> None:
    class Priced(BaseModel):
        cost: float = 0.0

    class Counted(BaseModel, extra="allow"):
        @property
        def cost(self) -> Any:
            return self.total

        @cost.setter
        def cost(self, value: Any) -> None:
            self.total = value

    for answer in (SimpleNamespace(), Priced(), Counted()):
        add_part(answer, "cost", 0.5)
        assert answer.cost == 0.5
