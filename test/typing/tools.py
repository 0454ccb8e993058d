"""A function keeps its type when it is registered as a tool."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import assert_type

from autogen_classic import AssistantAgent, UserProxyAgent, register_function

caller = AssistantAgent("caller", llm_config={"config_list": [{"model": "gpt-4o-mini", "api_key": "sk-test"}]})
executor = UserProxyAgent("executor", human_input_mode="NEVER", code_execution_config=False)


@executor.register_for_execution()
@caller.register_for_llm(description="Add two whole numbers.")
def add(a: Annotated[int, "the first number"], b: Annotated[int, "the second number"] = 1) -> int:
    """Add."""
    return a + b


@executor.register_for_execution(name="shout")
@caller.register_for_llm(name="shout", description="Say it loudly.", api_style="function")
async def shout(text: Annotated[str, "what to say"]) -> str:
    """Shout."""
    return text.upper()


assert_type(add(1, 2), int)


async def main() -> None:
    """An asynchronous tool stays one."""
    assert_type(await shout("yes"), str)


def subtract(a: int, b: int) -> int:
    """Subtract."""
    return a - b


register_function(subtract, caller=caller, executor=executor, description="Subtract two whole numbers.")
assert_type(subtract(2, 1), int)
