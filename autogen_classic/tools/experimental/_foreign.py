"""What comes from outside, such as the results of a search: a model reads it cut to size and marked.

A program gets the whole of it. For a model it stands between two marks, because a page may hold sentences that look
like orders.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel

from ..._core.foreign_texts import LONGEST_TEXT, cut, marked
from ..._json.walk import with_leaves
from ...function_utils import serialize_to_str

__all__ = ("ForeignDict", "ForeignModel", "ForeignResults", "ForeignText")

ResultT = TypeVar("ResultT")

LONGEST_VALUE = 10_000


class ForeignText(str):
    """A text that strangers wrote, such as that of a page."""

    __slots__ = ()

    def _classic_for_model(self) -> str:
        return marked(str(self))


class ForeignModel(BaseModel):
    """A result with fields, whose texts strangers wrote."""

    def _classic_for_model(self) -> str:
        return marked(serialize_to_str(_shortened(self)))


class ForeignDict(dict[str, object]):
    """A result as a dict that JSON can hold, whose texts strangers wrote."""

    def _classic_for_model(self) -> str:
        return marked(serialize_to_str(_shortened(dict(self))))


class ForeignResults(list[ResultT]):
    """Results whose texts strangers wrote: texts, models, or dicts that JSON can hold.

    Attributes:
        answer: what the service itself says to the question, or None.
    """

    def __init__(self, results: Iterable[ResultT] = (), answer: str | None = None) -> None:
        super().__init__(results)
        self.answer = answer

    def _classic_for_model(self) -> str:
        """As many results as fit, each of their texts with at most 10,000 characters; the answer stands above them."""
        shown: list[str] = []
        room = LONGEST_TEXT
        for result in self:
            written = serialize_to_str([_shortened(result)])[1:-1]
            room -= len(written)
            if room < 0 and shown:
                break
            shown.append(written)
        left = len(self) - len(shown)
        parts = [
            f"Answer: {cut(self.answer, LONGEST_VALUE)}" if self.answer else "",
            f"[{', '.join(shown)}]" if shown else "",
            f"({left} more results are left out.)" if left else "",
        ]
        return marked("\n".join(part for part in parts if part))


def _shortened(value: object) -> object:
    """A value with its long texts cut, also those of models in its dicts and lists."""
    return with_leaves(value, _shortened_leaf)


def _shortened_leaf(part: object) -> object:
    if isinstance(part, BaseModel):
        return _shortened(part.model_dump(mode="json"))
    return cut(part, LONGEST_VALUE) if isinstance(part, str) else part
