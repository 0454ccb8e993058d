"""Functions whose annotations are all texts; their schemas stand in recorded.json."""

# Old programs write types in every form, so these are left as they are.
# ruff: noqa: B006, UP006, UP035, UP045

from __future__ import annotations

from typing import Annotated, List, Literal, Optional

from pydantic import BaseModel


class Point(BaseModel):
    x: int
    y: Optional[int] = None


def future_plain(a: int, b: str = "x") -> str: ...
def future_annotated(a: Annotated[int, "the a"], p: Annotated[Point, "pt"], o: Optional[Point] = None) -> str: ...
def future_mixed(a: int | None = None, b: Literal["q", "r"] = "q", c: List[Point] = []) -> Point: ...


SHAPES = [future_plain, future_annotated, future_mixed]
