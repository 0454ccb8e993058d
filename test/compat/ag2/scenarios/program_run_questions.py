"""Runs that ask: without a message, with a person at each turn, and a group that asks its user."""

from autogen import ConversableAgent
from scenario import llm_config, record, run, tool_calls

MODES = ("sync", "async")


def main(mode):
    def add(a: int, b: int = 1) -> int:
        """Add."""
        return a + b

    bot = ConversableAgent(
        "bot",
        llm_config=llm_config(tool_calls(("add", {"a": 1})), "It is 2.", "TERMINATE", name="bot"),
        functions=[add],
    )
    run(bot, "1 + 1?", "", "thanks", "exit", user_input=True, max_turns=6)
    record(bot)
    helper = ConversableAgent(
        "helper", llm_config=llm_config("What?", "Fine.", name="helper"), human_input_mode="NEVER"
    )
    other = ConversableAgent(
        "other", llm_config=llm_config("Say more.", "Bye.", name="other"), human_input_mode="NEVER"
    )
    run(helper, recipient=other, message="Hello.", max_turns=2, summary_method="last_msg")
    record(helper, other)
