"""register_for_llm and register_for_execution: annotations, defaults, pydantic, both api styles; schemas and
answers.
"""

from typing import Annotated, Literal

from autogen import AssistantAgent, UserProxyAgent
from pydantic import BaseModel, Field
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


class Point(BaseModel):
    x: Annotated[float, Field(description="across")]
    y: float = 2.0


def main(mode):
    helper = AssistantAgent(
        "helper",
        llm_config=llm_config(
            tool_calls(
                ("add", {"a": 1, "b": 2}), ("move", {"point": {"x": 1.5}, "by": 2}), ("weather", {"city": "Rome"})
            ),
            "All done. TERMINATE",
            name="helper",
        ),
    )
    user = UserProxyAgent(
        "user",
        human_input_mode="NEVER",
        code_execution_config=False,
        is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
    )

    @user.register_for_execution()
    @helper.register_for_llm(description="Add two numbers.")
    def add(a: Annotated[int, "the first"], b: Annotated[int, "the second"] = 5) -> int:
        return a + b

    @user.register_for_execution()
    @helper.register_for_llm(name="move", description="Move a point.")
    def move_a_point(point: Annotated[Point, "where it is"], by: Annotated[float | None, "how far"] = None) -> Point:
        return Point(x=point.x + (by or 0), y=point.y)

    @user.register_for_execution()
    @helper.register_for_llm(description="Tell the weather.")
    def weather(
        city: str,
        unit: Annotated[Literal["C", "F"], "unit"] = "C",
        tags: list[str] = [],
        more: dict[str, int] = {},
    ) -> dict:
        return {"city": city, "degrees": 20, "unit": unit}

    note("tools", helper.llm_config["tools"])
    note("function map", sorted(user.function_map))
    note("can execute", [user.can_execute_function("add"), user.can_execute_function(["add", "other"])])
    chat(user, helper, message="go")
    record(user, helper)
