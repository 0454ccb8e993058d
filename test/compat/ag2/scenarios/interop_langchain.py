"""Tools of LangChain that an assistant calls: what its model is shown of them, results, errors and wrong arguments."""

from typing import Literal

from autogen import AssistantAgent, UserProxyAgent
from autogen.interop import Interoperability
from langchain_core.tools import BaseTool, StructuredTool, tool
from pydantic import BaseModel, Field
from scenario import chat, llm_config, note, raises, record, tool_calls

MODES = ("sync", "async")
NEEDS = ("langchain_core",)


class Size(BaseModel):
    """A size."""

    width: int = Field(description="in metres")
    height: int = Field(2, description="in metres, too")


@tool
def find_birds(place: str, most: int = 2) -> str:
    """Find birds at a place."""
    return f"{most} herons at {place}"


@tool("area_of", args_schema=Size)
def area(width: int, height: int) -> int:
    """Compute an area."""
    if width < 0:
        raise ValueError("A width is positive.")
    return width * height


def colour_of(bird: Literal["heron", "stork"], parts: list[str]) -> dict:
    """Tell the colours of parts of a bird."""
    return dict.fromkeys(parts, "grey" if bird == "heron" else "white")


class Counter(BaseTool):
    name: str = "count_letters"
    description: str = "Count letters."

    def _run(self, word: str) -> int:
        return len(word)


def main(mode):
    colours = StructuredTool.from_function(colour_of, name="colours", description="COLOURS")
    tools = [
        Interoperability.convert_tool(tool=one, type="langchain") for one in (find_birds, area, colours, Counter())
    ]
    note("tools", [[one.name, one.description, one.function_schema] for one in tools])
    with raises("further arguments", ValueError):
        Interoperability().convert_tool(tool=area, type="langchain", deps=1)
    with raises("not a tool of LangChain", ValueError):
        Interoperability().convert_tool(tool=colour_of, type="langchain")

    def given(**arguments):
        return {"tool_input": arguments}

    model = llm_config(
        tool_calls(("find_birds", given(place="the lake")), ("area_of", given(width=3))),
        tool_calls(("colours", given(bird="heron", parts=["wing"])), ("count_letters", given(word="heron"))),
        tool_calls(("area_of", given(width=-1))),
        tool_calls(("find_birds", {"place": "the lake"}), ("area_of", given(width="wide"))),
        "It is done. TERMINATE",
        name="model",
    )
    assistant = AssistantAgent("assistant", system_message="You know birds.", llm_config=model)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    for one in tools:
        one.register_for_llm(assistant)
        one.register_for_execution(user)
    chat(user, assistant, message="Tell me all.", max_turns=5)
    record(user)
