"""Two agents, both with a model: one sets a sum, the other one calls a tool for it. A very small model can do that."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from autogen_classic import ConversableAgent, config_list_from_json, register_function


class Sum(BaseModel):
    """What the teacher's model has to say, in JSON; `format` writes what the pupil reads."""

    first: int = Field(ge=101, le=999)
    second: int = Field(ge=101, le=999)

    def format(self) -> str:
        return f"What is {self.first} plus {self.second}?"


config_list = config_list_from_json("OAI_CONFIG_LIST")
additions: list[tuple[int, int]] = []


def add(a: Annotated[int, "the first number"], b: Annotated[int, "the second number"]) -> int:
    additions.append((a, b))
    return a + b


def a_sum(sender: ConversableAgent, recipient: ConversableAgent, context: dict[str, object]) -> str:
    """The teacher's first message is written by its model, too."""
    return str(sender.generate_reply(messages=[{"role": "user", "content": "Think of two numbers with three digits."}]))


teacher = ConversableAgent(
    "teacher",
    system_message="You are a teacher.",
    llm_config={"config_list": config_list, "response_format": Sum, "cache_seed": None},
    is_termination_msg=lambda message: bool(additions) and not message.get("tool_calls"),
    human_input_mode="NEVER",
)
pupil = ConversableAgent(
    "pupil",
    system_message="You are a helpful assistant.",
    llm_config={"config_list": config_list, "cache_seed": None},
    human_input_mode="NEVER",
)
register_function(add, caller=pupil, executor=teacher, description="Add two whole numbers.")

result = teacher.initiate_chat(pupil, message=a_sum, max_turns=4)
print("Cost:", result.cost["usage_including_cached_inference"])
