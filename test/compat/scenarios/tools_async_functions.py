"""Asynchronous tools in both kinds of chat, and synchronous ones in an asynchronous chat."""

import asyncio

from autogen import ConversableAgent
from scenario import chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    async def slow(x: int) -> str:
        await asyncio.sleep(0)
        return f"slow {x}"

    def quick(x: int) -> str:
        return f"quick {x}"

    helper = ConversableAgent(
        "helper",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("slow", {"x": 1}), ("quick", {"x": 2})), tool_calls(("slow", {"x": 3})), "done", name="helper"
        ),
    )
    user = ConversableAgent(
        "user", llm_config=False, human_input_mode="NEVER", function_map={"slow": slow, "quick": quick}
    )
    chat(user, helper, message="go", max_turns=3)
    record(user)
