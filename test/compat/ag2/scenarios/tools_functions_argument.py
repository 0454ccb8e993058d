"""functions= of an agent: functions and tools, their schemas, and arguments that are converted."""

from typing import Annotated, Literal

from autogen import ConversableAgent
from autogen.tools import tool
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


def plain(text: str):
    return text


def count(number: Annotated[int, "how many"], unit: Literal["a", "b"] = "a", limit: float | None = None) -> str:
    """Count something."""
    return f"{number + 1} {unit} {limit}"


@tool(name="halve", description="Halve it.")
def half(number: float) -> float:
    return number / 2


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("count", {"number": "3", "limit": "2.5"}, "call_1")),
            tool_calls(("halve", {"number": 3, "more": 1}, "call_2"), ("plain", {"text": "hi"}, "call_3")),
            "Done.",
            name="helper",
        ),
        functions=[plain, count, half],
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    note("map", helper.function_map)
    note("names", [tool.name for tool in helper.tools])
    for one in helper.tools:
        one.register_for_execution(user)
    chat(user, helper, message="go", max_turns=3)
    record(user, helper)
