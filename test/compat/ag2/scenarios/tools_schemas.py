"""What models are told of the parameters of tools: types, descriptions, defaults, models, and a schema of one's own."""

from enum import Enum
from typing import Annotated, Any, Literal

from autogen.tools import Tool
from pydantic import BaseModel, Field
from scenario import note


class Colour(str, Enum):
    red = "red"
    blue = "blue"


class Item(BaseModel):
    name: Annotated[str, Field(description="its name")]
    count: int = 1


def simple(a: int, b: float, c: str, d: bool) -> str:
    """Simple."""
    return ""


def described(a: Annotated[int, "the a"], b: Annotated[str | None, "the b"] = None) -> str:
    """Described."""
    return ""


def containers(a: list[int], b: dict[str, float], c: int | str, d: Literal["x", "y"] = "x") -> str:
    """Containers."""
    return ""


def model(item: Item, colour: Colour = Colour.red) -> str:
    """Model."""
    return ""


def anything(a: Any, b: Annotated[dict, "a mapping"]) -> None:
    """Anything."""


def nothing() -> None:
    """Nothing."""


def main(mode):
    for function in (simple, described, containers, model, anything, nothing):
        note(function.__name__, Tool(func_or_tool=function).tool_schema)
    own = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}
    tool = Tool(name="own", description="With a schema.", func_or_tool=simple, parameters_json_schema=own)
    note("own", tool.tool_schema)
    note("function schema", tool.function_schema)
    note("realtime", Tool(func_or_tool=described).realtime_tool_schema)
