"""A run with a tool that both agents know, and a call of it that fails."""

from autogen import ConversableAgent
from autogen.tools import tool
from scenario import llm_config, note, run, tool_calls

MODES = ("sync", "async")


def main(mode):
    @tool(description="Divide.")
    def divide(a: int, b: int) -> float:
        return a / b

    replies = (tool_calls(("divide", {"a": 6, "b": 2})), tool_calls(("divide", {"a": 1, "b": 0})), "TERMINATE")
    bot = ConversableAgent("bot", llm_config=llm_config(*replies, name="bot"))
    run(bot, message="6 / 2?", tools=[divide], max_turns=4)
    note("left over", [bot.llm_config.get("tools") or [], list(bot.function_map)])
